// Which wasm: with relaxed SIMD where the engine has it. Inside, only what computes exactly is used.

/** (module (func (drop (i32x4.relaxed_dot_i8x16_i7x16_add_s ...)))): refused by engines without. */
const relaxedSimd = new Uint8Array([
  0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0, 10, 20, 1, 18, 0,
  0x41, 0, 0xfd, 15, 0x41, 0, 0xfd, 15, 0x41, 0, 0xfd, 15, 0xfd, 0x93, 2, 0x1a, 11,
]);

export const hasRelaxedSimd = () => WebAssembly.validate(relaxedSimd);
