// ONNX Runtime as a judge of what a file says.
import { readFileSync } from 'node:fs';
import * as ort from 'onnxruntime-node';

/**
 * A session that runs a model of Octavo's tensors. On x86 processors without VNNI, ONNX Runtime's
 * int16 sums would saturate; the setting is what Octavo's findings name as the remedy.
 */
export async function judge(file, options = {}) {
  const session = await ort.InferenceSession.create(file, { logSeverityLevel: 3, extra: { session: { x64quantprecision: '1' } }, ...options });
  return async (inputs) => {
    const feed = Object.fromEntries(inputs.map(({ dtype, data, dims }, i) => [session.inputNames[i], new ort.Tensor(dtype, data, dims)]));
    return (await session.run(feed))[session.outputNames[0]].data;
  };
}

/** How many nodes of a model file have an operator. */
export const operators = (file, type) =>
  readFileSync(file).toString('latin1').split(`\x22${String.fromCharCode(type.length)}${type}`).length - 1; // NodeProto.op_type

/** Of a rough answer beside the exact one, in dB. */
export function sqnr(exact, rough) {
  let signal = 0, noise = 0;
  exact.forEach((value, i) => {
    signal += value * value;
    noise += (value - rough[i]) ** 2;
  });
  return 10 * Math.log10(signal / noise);
}

/** Inputs that are the same everywhere. */
export const waves = (...dims) => ({ dtype: 'float32', dims, data: Float32Array.from({ length: dims.reduce((a, b) => a * b) }, (_, i) => Math.sin(i * 1.7) * Math.cos(i * 0.3)) });
export const tokens = (length) => ({ dtype: 'int64', dims: [1, length], data: BigInt64Array.from({ length }, (_, i) => BigInt((i * 37) % 100)) });
export const ones = (length) => ({ ...tokens(length), data: new BigInt64Array(length).fill(1n) });
