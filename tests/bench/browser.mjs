// Octavo, ONNX Runtime Web and LiteRT.js side by side in one Chromium page: one thread, batch 1. Every
// round gives each of them its turn of a few runs, of which the first warms up and does not count, so
// that all see the same machine. Ratios count, not times.
//   node tests/bench/browser.mjs [--models REGEX] [--rounds N] [--layers N]
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { launch, dist, runtimeWeb, serveFolders } from '../browser/support.mjs';
import { inRoot } from '../support.mjs';
import { layerLines, median, shown, subjects } from './subjects.mjs';

const { values: options } = parseArgs({
  options: { models: { type: 'string', default: '.' }, rounds: { type: 'string', default: '12' }, layers: { type: 'string', default: '0' } },
});
const turn = 4; // runs, the first of which does not count
const limits = { relaxed: 105, simd128: 50, float: 26 }; // GMAC/s that the best kernel of each kind reached in Chromium

async function measure([files, inputs, rounds, runs]) {
  const [{ createOctavo }, ort, litert] = [await import('/dist/index.js'), await import('/ort/ort.wasm.min.mjs'), await import('/litert/dist/index.js')];
  ort.env.wasm.numThreads = 1;
  ort.env.logLevel = 'error';
  const typed = ({ dtype, values }) => (dtype === 'int64' ? BigInt64Array.from(values, BigInt) : Float32Array.from(values));
  const tensors = inputs.map((input) => ({ dtype: input.dtype, dims: input.dims, data: typed(input) }));
  const values = tensors[0].data;
  const fetched = async (url) => new Uint8Array(await (await fetch(url)).arrayBuffer());
  const best = await createOctavo({ worker: false }); // as the others run: on this thread
  const plain = await createOctavo({ worker: false, wasm: new URL('/dist/octavo.wasm', location.href) });
  const turns = {}, once = {}, layers = {};

  const addOctavo = async (name, engine, file) => {
    const before = performance.now();
    const model = await engine.open(file);
    await model.run(tensors);
    once[`${name}: open and first run`] = performance.now() - before;
    turns[name] = () => model.run(tensors);
    layers[name] = () => model.profile(tensors, 2 * rounds);
  };
  const addOrt = async (name, file) => {
    const session = await ort.InferenceSession.create(file);
    const feed = () => Object.fromEntries(inputs.map(({ name: of, dtype, dims }, i) => [of, new ort.Tensor(dtype, tensors[i].data, dims)]));
    turns[name] = () => session.run(feed());
  };
  const addLiteRt = async (name, url) => {
    await litert.loadLiteRt('/litert/wasm/');
    const model = await litert.loadAndCompile(url, { accelerator: 'wasm', cpuOptions: { numThreads: 1 } });
    const { shape, dtype } = model.getInputDetails()[0]; // (N, H, W, C)
    const size = [...shape].reduce((a, b) => a * b, 1);
    const data = dtype === 'float32' ? Float32Array.from({ length: size }, (_, i) => values[i % values.length])
      : (dtype === 'int8' ? Int8Array : Uint8Array).from({ length: size }, (_, i) => (i * 37) % 127);
    turns[name] = async () => {
      const tensor = new litert.Tensor(data, [...shape]);
      const results = await model.run(tensor);
      await results[0].data();
      for (const result of results) result.delete();
      tensor.delete();
    };
  };

  await addOctavo('octavo float', best, await fetched(files.float));
  await addOrt('onnxruntime-web float', await fetched(files.float));
  if (files.int8 !== null) {
    await addOctavo('octavo int8', best, await fetched(files.int8));
    await addOctavo('octavo int8, simd128 only', plain, await fetched(files.int8));
    await addOrt('onnxruntime-web int8', await fetched(files.int8));
  }
  if (files.tflite !== null) await addLiteRt('litert int8', files.tflite).catch((error) => { once[`litert: ${error}`] = 0; });

  const times = Object.fromEntries(Object.keys(turns).map((name) => [name, []]));
  for (let round = 0; round <= rounds; ++round) {
    for (const [name, run] of Object.entries(turns)) {
      for (let i = 0; i < runs; ++i) {
        const begin = performance.now();
        await run();
        if (round > 0 && i > 0) times[name].push(performance.now() - begin);
      }
    }
  }
  const profiles = {};
  for (const [name, profile] of Object.entries(layers)) profiles[name] = await profile();
  return { isa: await best.isa(), times, once, profiles };
}

const folder = mkdtempSync(join(tmpdir(), 'octavo-bench-'));
const browser = await launch();
const found = [];
try {
  for (const { name, float, int8, tflite, inputs } of await subjects(folder, new RegExp(options.models))) {
    const site = await serveFolders({
      '/dist': dist, '/ort': runtimeWeb, '/int8': folder, '/float': dirname(float), '/tflite': tflite === null ? folder : dirname(tflite),
      '/litert': inRoot('node_modules/@litertjs/core'), '/litert-utils': inRoot('node_modules/@litertjs/wasm-utils'),
    }, { isolated: true, imports: { '@litertjs/wasm-utils': '/litert-utils/dist/index.js' } });
    const page = await browser.newPage();
    await page.goto(site.address);
    const files = { float: `/float/${basename(float)}`, int8: int8 && `/int8/${basename(int8)}`, tflite: tflite && `/tflite/${basename(tflite)}` };
    const { isa, times, once, profiles } = await page.evaluate(measure, [files, inputs, Number(options.rounds), turn]);
    await page.close();
    site.close();

    const macs = profiles['octavo float'].steps.reduce((sum, step) => sum + step.macs, 0);
    console.log(`\n${name}, ${(macs / 1e6).toFixed(0)} million multiply-adds, ms a run, kernels ${isa}`);
    for (const [who, list] of Object.entries(times)) {
      const peer = times['onnxruntime-web float'];
      console.log(`  ${who.padEnd(27)} ${shown(list).padEnd(24)} ${(median(peer) / median(list)).toFixed(2)} times as fast as onnxruntime-web float, ${(macs / median(list) / 1e6).toFixed(0)} GMAC/s`);
    }
    if (times['litert int8']) console.log(`  octavo int8 is ${(median(times['litert int8']) / median(times['octavo int8'])).toFixed(2)} times as fast as LiteRT.js int8`);
    for (const [what, ms] of Object.entries(once)) console.log(`  ${what}: ${ms.toFixed(0)} ms`);
    for (const [who, profile] of Object.entries(profiles)) {
      console.log(`  ${who}: peak memory of a run ${(profile.peak_bytes / 1e6).toFixed(1)} MB`);
      const limit = who.includes('float') ? limits.float : who.includes('only') ? limits.simd128 : limits[isa];
      for (const line of layerLines(profile, limit, Number(options.layers))) console.log(line);
    }
    found.push({ name, macs, isa, times, once, profiles });
  }
} finally {
  await browser.close();
  rmSync(folder, { recursive: true });
}
mkdirSync(inRoot('build/bench'), { recursive: true });
const about = { date: new Date().toISOString().slice(0, 10), machine: cpus()[0]?.model, browser: 'Chromium', limits };
writeFileSync(inRoot('build/bench/browser.json'), JSON.stringify({ ...about, models: found }, null, 1));
console.log('\nEverything, layer by layer: build/bench/browser.json');
