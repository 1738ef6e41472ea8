// The npm package in Chromium: the default entry with its own worker, the inline one, and no worker.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { demo, demoPictures, sha256 } from '../support.mjs';
import { dist, launch, serveFolders } from './support.mjs';
import { createOctavo } from 'octavo';

let browser, site;
before(async () => {
  browser = await launch();
  site = await serveFolders({ '/dist': dist });
});
after(async () => {
  await browser?.close();
  site?.close();
});

const pictures = () => demoPictures('calibration').slice(0, 8);

async function inNode() {
  const octavo = await createOctavo();
  const model = await octavo.open(demo('demo.onnx'));
  return (await model.quantize(await model.calibrate(pictures().map(({ bytes }) => bytes), { preprocess: 'tf' }))).save();
}

async function inBrowser(entry, options) {
  const page = await browser.newPage();
  await page.goto(site.address);
  const base64 = (bytes) => Buffer.from(bytes).toString('base64');
  const saved = await page.evaluate(async ([url, settings, model, files]) => {
    const decode = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
    const { createOctavo } = await import(url);
    const octavo = await createOctavo(settings);
    const opened = await octavo.open(new Blob([decode(model)]));
    const samples = files.map((file) => new File([decode(file)], 'picture.jpg'));
    const file = await (await opened.quantize(await opened.calibrate(samples, { preprocess: 'tf' }))).save();
    octavo.dispose();
    return Array.from(file);
  }, [`${site.address}/dist/${entry}`, options, base64(readFileSync(demo('demo.onnx'))), pictures().map(({ bytes }) => base64(bytes))]);
  await page.close();
  return Uint8Array.from(saved);
}

for (const [name, entry, options] of [
  ['in its worker', 'index.js', {}],
  ['embedded, in a Blob worker', 'inline.js', {}],
  ['without a worker', 'index.js', { worker: false }],
]) {
  test(`${name}: the bytes of Node`, async () => {
    assert.equal(sha256(await inBrowser(entry, options)), sha256(await inNode()));
  });
}

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
