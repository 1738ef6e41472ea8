// Made by scripts/inline.mjs: the worker as one module, and the engine's wasm.
export const workerSource: string;
export const wasmBase64: string;
