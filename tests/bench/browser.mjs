// Octavo and ONNX Runtime Web side by side in one Chromium page: float and int8, runs interleaved,
// one thread, batch 1, medians with the middle half's spread. Ratios count, not times.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { launch, dist, runtimeWeb, serveFolders } from '../browser/support.mjs';
import { faces, flagsOf, models, somePictures } from '../support.mjs';
import { createOctavo } from 'octavo';

const runs = 30;

async function measure([floatUrl, int8Url, data, dims, count]) {
  const [{ createOctavo: start }, ort] = [await import('/dist/index.js'), await import('/ort/ort.wasm.min.mjs')];
  ort.env.wasm.numThreads = 1;
  ort.env.logLevel = 'error';
  const octavo = await start({ worker: false }); // as ONNX Runtime Web runs: on this thread
  const values = Float32Array.from(data);
  const fetched = async (url) => new Uint8Array(await (await fetch(url)).arrayBuffer());
  const subjects = {};
  for (const [kind, url] of [['float', floatUrl], ['int8', int8Url]]) {
    const file = await fetched(url);
    const before = performance.now();
    const model = await octavo.open(file);
    await model.run([{ dtype: 'float32', dims, data: values }]);
    subjects[`octavo ${kind} first`] = performance.now() - before;
    const session = await ort.InferenceSession.create(file);
    subjects[`octavo ${kind}`] = () => model.run([{ dtype: 'float32', dims, data: values }]);
    subjects[`onnxruntime-web ${kind}`] = () => session.run({ [session.inputNames[0]]: new ort.Tensor('float32', values, dims) });
  }
  const times = Object.fromEntries(Object.keys(subjects).map((name) => [name, typeof subjects[name] === 'number' ? [subjects[name]] : []]));
  for (let i = 0; i < count + 3; ++i) {
    for (const [name, run] of Object.entries(subjects)) {
      if (typeof run === 'number') continue;
      const begin = performance.now();
      await run();
      if (i >= 3) times[name].push(performance.now() - begin);
    }
  }
  return times;
}

const quantile = (times, q) => [...times].sort((a, b) => a - b)[Math.floor((times.length - 1) * q)];
const shown = (times) => `${quantile(times, 0.5).toFixed(2)} (${quantile(times, 0.25).toFixed(2)}-${quantile(times, 0.75).toFixed(2)})`;

const browser = await launch();
for (const model of models.filter(({ skip }) => !skip)) {
  const folder = mkdtempSync(join(tmpdir(), 'octavo-bench-'));
  const { status, stderr } = faces.native(['quantize', model.file, '-o', join(folder, 'int8.onnx'), '--images', model.calibration, ...flagsOf(model.recipe)]);
  if (status !== 0) throw new Error(stderr);
  const opened = await (await createOctavo()).open(model.file);
  const input = await opened.inputOf(model.recipe, somePictures(model.images, 1)[0].bytes);
  const site = await serveFolders({ '/dist': dist, '/ort': runtimeWeb, '/int8': folder, '/float': dirname(model.file) });
  const page = await browser.newPage();
  await page.goto(site.address);
  const times = await page.evaluate(measure, [`/float/${model.file.split('/').at(-1)}`, '/int8/int8.onnx', [...input.data], [...input.dims], runs]);
  console.log(`\n${model.name}, ms a run`);
  for (const [name, list] of Object.entries(times)) console.log(`  ${name.padEnd(24)} ${shown(list)}`);
  const ratio = (a, b) => (quantile(times[a], 0.5) / quantile(times[b], 0.5)).toFixed(2);
  console.log(`  octavo float takes ${ratio('octavo float', 'onnxruntime-web float')} of onnxruntime-web's float time; octavo int8 ${ratio('octavo int8', 'octavo float')} of its own float`);
  await page.close();
  site.close();
  rmSync(folder, { recursive: true });
}
await browser.close();
