// The npm package in Chromium: the default entry with its own worker, the inline one, and no worker.
import assert from 'node:assert/strict';
import { copyFileSync, readFileSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { demo, demoPictures, sha256, temporaryFolder } from '../support.mjs';
import { dist, launch, serveFolders } from './support.mjs';
import { createOctavo } from 'octavo';

let browser, site, isolated;
before(async () => {
  browser = await launch();
  site = await serveFolders({ '/dist': dist, '/demo': demo('') });
  isolated = await serveFolders({ '/dist': dist, '/demo': demo('') }, { isolated: true });
});
after(async () => {
  await browser?.close();
  site?.close();
  isolated?.close();
});

const pictures = () => demoPictures('calibration').slice(0, 13);

const recipe = { preprocess: 'tf', observer: 'moving_average' };

/** File and report, which every number of engines gives. */
async function inNode() {
  const octavo = await createOctavo({ workers: 1 });
  const model = await octavo.open(demo('demo.onnx'));
  const samples = pictures().map(({ bytes }) => ({ name: 'picture.jpg', data: bytes }));
  const int8 = await model.quantize(await model.calibrate(samples, recipe));
  return summary(await int8.save(), await model.compare(int8, samples, recipe));
}

const summary = (file, { float, quantized, ...report }) => ({ file: sha256(file), report: { ...report, float: float.bytes, quantized: quantized.bytes } });

async function inBrowser(entry, options, asUrl, { address }) {
  const page = await browser.newPage();
  await page.goto(address);
  const base64 = (bytes) => Buffer.from(bytes).toString('base64');
  const { saved, report } = await page.evaluate(async ([url, settings, model, files, words]) => {
    const decode = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
    const { createOctavo } = await import(url);
    const octavo = await createOctavo(settings);
    const opened = await octavo.open(model.startsWith('http') ? model : decode(model));
    const samples = files.map((file) => new File([decode(file)], 'picture.jpg'));
    const int8 = await opened.quantize(await opened.calibrate(samples, words));
    const compared = await opened.compare(int8, samples, words);
    const file = await int8.save();
    octavo.dispose();
    return { saved: Array.from(file), report: compared };
  }, [`${address}/dist/${entry}`, options, asUrl ? `${address}/demo/demo.onnx` : base64(readFileSync(demo('demo.onnx'))),
    pictures().map(({ bytes }) => base64(bytes)), recipe]);
  await page.close();
  return summary(Uint8Array.from(saved), report);
}

for (const [name, entry, options, asUrl, where = () => site] of [
  ['in its worker', 'index.js', { workers: 1 }],
  ['in two workers', 'index.js', { workers: 2 }],
  ['in three workers, the model from a URL', 'index.js', { workers: 3 }, true],
  ['in as many as there are cores, embedded, in Blob workers', 'inline.js', {}],
  ['in a worker with threads', 'index.js', { workers: 1, threads: 3 }, true, () => isolated],
  ['in two workers, the first with threads', 'index.js', { workers: 2, threads: 2 }, false, () => isolated],
  ['without a worker', 'index.js', { worker: false }],
]) {
  test(`${name}: the bytes and the report of Node`, async () => {
    assert.deepEqual(await inBrowser(entry, options, asUrl, where()), await inNode());
  });
}

test('a chosen file that changes after it was opened is an error, and no result', async (t) => {
  const path = join(temporaryFolder(t), 'model.onnx');
  copyFileSync(demo('demo.onnx'), path);
  const page = await browser.newPage();
  await page.goto(site.address);
  await page.setContent('<input type="file">');
  await page.setInputFiles('input', path);
  await page.evaluate(async (base) => {
    const { createOctavo } = await import(`${base}/dist/index.js`);
    const octavo = await createOctavo({ workers: 1 });
    window.model = await octavo.open(document.querySelector('input').files[0]);
  }, site.address);
  truncateSync(path, 1000);
  const error = await page.evaluate(() => window.model
    .run([{ dtype: 'float32', dims: [1, 3, 96, 96], data: new Float32Array(3 * 96 * 96) }])
    .then(() => null, ({ code, message, where }) => ({ code, message, where })));
  await page.close();
  assert.equal(error.code, 'E_IO');
  assert.match(error.message, /can no longer be read.*open it again/);
  assert.match(error.where, /tensor '/);
});

test('a wasm that is not there is told by its address', async () => {
  const page = await browser.newPage();
  await page.goto(site.address);
  const error = await page.evaluate(async (base) => {
    const { createOctavo } = await import(`${base}/dist/index.js`);
    const octavo = await createOctavo({ wasm: `${base}/dist/nowhere.wasm` });
    return octavo.open(new Blob(['x'])).then(() => null, ({ code, message, where }) => ({ code, message, where }));
  }, site.address);
  await page.close();
  assert.equal(error.code, 'E_WASM_LOAD');
  assert.match(error.message, /404.*pass `wasm`/);
  assert.match(error.where, /nowhere\.wasm$/);
});
