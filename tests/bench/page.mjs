// The browsers' half: loaded by an empty page (hosts.mjs), it holds a model in Octavo, ONNX Runtime
// Web and LiteRT.js, one thread each, and in Octavo's workers with one and two, or the kernels'
// benchmarks.
import { turnOf, typed } from './turns.mjs';

const fetched = async (url) => new Uint8Array(await (await fetch(url)).arrayBuffer());
let turns, profiles;

/** { float, int8, tflite, inputs }, addresses or null -> { isa, turns: [name], once: { what: ms }, skipped: { name: reason } } */
export async function open({ float, int8, tflite, inputs: address }) {
  const inputs = await (await fetch(address)).json();
  const tensors = inputs.map((input) => ({ dtype: input.dtype, dims: input.dims, data: typed(input) }));
  const { createOctavo } = await import('/dist/index.js');
  const best = await createOctavo({ worker: false }); // as the others run: on this thread
  const isa = await best.isa();
  const once = {}, skipped = {};
  [turns, profiles] = [{}, {}];

  const addOctavo = async (name, engine, file) => {
    const begin = performance.now();
    const model = await engine.open(await fetched(file));
    await model.run(tensors);
    once[`${name}: open and first run`] = performance.now() - begin;
    turns[name] = turnOf(() => model.run(tensors));
    profiles[name] = (runs) => model.profile(tensors, runs);
  };
  await addOctavo('octavo float', best, float);
  for (const threads of [1, 2]) {
    const inWorker = await createOctavo({ threads });
    const where = `in a worker, ${threads} ${threads === 1 ? 'thread' : 'threads'}`;
    const found = await inWorker.threads();
    if (found !== threads) {
      skipped[`octavo ${where}`] = `it runs on ${found}`;
      continue;
    }
    await addOctavo(`octavo float ${where}`, inWorker, float);
    if (int8 !== null) await addOctavo(`octavo int8 ${where}`, inWorker, int8);
  }
  await addOnnxRuntime('onnxruntime float', float, inputs, tensors);
  if (int8 !== null) {
    await addOctavo('octavo int8', best, int8);
    if (isa === 'relaxed') await addOctavo('octavo int8, simd128 only', await createOctavo({ worker: false, wasm: new URL('/dist/octavo.wasm', location.href) }), int8);
    await addOnnxRuntime('onnxruntime int8', int8, inputs, tensors);
  }
  if (tflite !== null) await addLiteRt('litert int8', tflite, tensors[0].data).catch((error) => { skipped['litert int8'] = String(error); });
  return { isa, turns: Object.keys(turns), once, skipped };
}

export const turn = (name, runs) => turns[name](runs);
export const profile = (name, runs) => profiles[name]?.(runs) ?? null;

async function addOnnxRuntime(name, file, inputs, tensors) {
  const ort = await import('/ort/ort.wasm.min.mjs');
  ort.env.wasm.numThreads = 1;
  ort.env.logLevel = 'error';
  const session = await ort.InferenceSession.create(await fetched(file));
  const feed = () => Object.fromEntries(inputs.map(({ name: of, dtype, dims }, i) => [of, new ort.Tensor(dtype, tensors[i].data, dims)]));
  turns[name] = turnOf(() => session.run(feed()));
}

async function addLiteRt(name, url, values) {
  const litert = await import('/litert/dist/index.js');
  await litert.loadLiteRt('/litert/wasm/');
  const model = await litert.loadAndCompile(url, { accelerator: 'wasm', cpuOptions: { numThreads: 1 } });
  const { shape, dtype } = model.getInputDetails()[0]; // (N, H, W, C)
  const size = [...shape].reduce((a, b) => a * b, 1);
  const data = dtype === 'float32' ? Float32Array.from({ length: size }, (_, i) => values[i % values.length])
    : (dtype === 'int8' ? Int8Array : Uint8Array).from({ length: size }, (_, i) => (i * 37) % 127);
  turns[name] = turnOf(async () => {
    const tensor = new litert.Tensor(data, [...shape]);
    const results = await model.run(tensor);
    await results[0].data();
    for (const result of results) result.delete();
    tensor.delete();
  });
}

/** [{ name, unit, rates, shares }]: kernel_bench.h. The first time is for the engine to compile. */
export async function kernels(rounds) {
  const bench = await (await import('/kernels/octavo_bench.js')).default();
  bench.measure(3);
  return JSON.parse(bench.measure(rounds));
}
