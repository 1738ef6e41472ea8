// Made by scripts/inline.mjs, after tsc.
export const wasmBase64: string;
