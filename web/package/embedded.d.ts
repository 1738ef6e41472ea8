// Made by scripts/inline.mjs: the worker as one module, and the engine's wasm.
export const workerSource: string;
