// A wasm test program under Node sees the environment of its process (OCTAVO_DATA).
Module['preRun'] = () => Object.assign(ENV, process.env);
