// The schemes that want no pictures, on the page: nothing is asked for, the bytes of the command line
// come out, and ONNX Runtime Web runs them.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { createOctavo } from 'octavo';
import { serve } from '../../scripts/start.mjs';
import { dataFolder, demo, demoPictures, faces, needsData, temporaryFolder } from '../support.mjs';
import { answersOfRuntimeWeb, asFiles, downloaded, launch, modelFile, pageFolder } from './support.mjs';

let browser, site, page;
before(async () => {
  browser = await launch();
  site = await serve(pageFolder);
  page = await browser.newPage();
  page.setDefaultTimeout(120_000);
  await page.goto(site.address);
  await page.setInputFiles('#model', modelFile());
  await page.waitForSelector('#model-card');
});
after(async () => {
  await browser?.close();
  site?.server.close();
});

const schemes = [
  { scheme: 'dynamic', ending: 'int8' },
  { scheme: 'weight-only', ending: 'int8' },
  { scheme: 'weight-only', bits: '4', ending: 'int4' },
  { scheme: 'float16', ending: 'float16' },
];

for (const { scheme, bits, ending } of schemes) {
  test(`${scheme}${bits ? `, ${bits} bits` : ''}: no pictures, the file of the command line, and ONNX Runtime Web runs it`, async (t) => {
    await page.check(`[name=scheme][value=${scheme}]`);
    await page.waitForSelector('#no-pictures');
    assert.equal(await page.locator('[name=preset]').count(), 0);
    if (bits) await page.selectOption('#weight-bits', bits);
    await page.waitForFunction(() => document.querySelector('.plan')?.textContent.includes('weights'));
    await page.click('#start');
    await page.waitForSelector('#result');
    assert.match(await page.textContent('#result'), /Size.*times smaller.*Layers made small\d+ of 38/);
    assert.equal(await page.locator('#sensitivity, #download-report').count(), 0);
    const file = await downloaded(page);
    assert.equal(file.name, `demo_${ending}.onnx`);

    const folder = temporaryFolder(t);
    const native = join(folder, 'native.onnx');
    const flags = ['--scheme', scheme, ...(bits ? ['--weight-bits', bits] : [])];
    const { status, stderr } = faces.native(['quantize', demo('demo.onnx'), '-o', native, ...flags, '--preprocess', 'tf', '--limit', '100']);
    assert.equal(status, 0, stderr);
    assert.ok(file.bytes.equals(readFileSync(native)));

    const octavo = await createOctavo({ workers: 1 });
    t.after(() => octavo.dispose());
    const [float, small] = [await octavo.open(demo('demo.onnx')), await octavo.open(native)];
    const mine = [];
    let dims;
    for (const [i, { bytes }] of demoPictures('test').slice(0, 12).entries()) {
      const input = await float.inputOf({ preprocess: 'tf' }, bytes);
      dims = input.dims;
      writeFileSync(join(folder, `${i}.bin`), new Uint8Array(input.data.buffer));
      const [{ data }] = await small.run([input]);
      mine.push(data.indexOf(Math.max(...data)));
    }
    assert.deepEqual(await answersOfRuntimeWeb(browser, folder, 'native.onnx', mine.length, dims), mine);
  });
}

test('pictures that are given all the same are compared on', async () => {
  await page.check('[name=scheme][value=dynamic]');
  await page.click('#no-pictures summary');
  const labels = { name: 'labels.txt', mimeType: 'text/plain', buffer: readFileSync(demo('labels.txt')) };
  await page.setInputFiles('#pictures', [...asFiles(demoPictures('test').slice(0, 20)), labels]);
  await page.waitForSelector('.seen canvas');
  await page.click('#start');
  await page.waitForSelector('#result');
  assert.match(await page.textContent('#result'), /Accuracy\d+\.\d %→\d+\.\d %.*Same answer\d+\.\d %/);
  assert.equal(await page.locator('#download-report').count(), 1);
  await page.check('[name=scheme][value=static]');
  await page.waitForSelector('[name=preset]');
  assert.equal(await page.textContent('#start'), 'Calibrate and fold');
});

test('a model of texts becomes small without pictures', { skip: needsData }, async () => {
  await page.reload();
  await page.setInputFiles('#model', modelFile(join(dataFolder, 'architectures', 'lstm_tagger.onnx')));
  await page.waitForFunction(() => document.querySelector('#model-card h3')?.textContent === 'lstm_tagger.onnx');
  await page.check('[name=scheme][value=dynamic]');
  await page.waitForFunction(() => document.querySelector('#start')?.textContent === 'Fold');
  await page.click('#start');
  await page.waitForSelector('#result, [role=alert]');
  assert.equal(await page.locator('[role=alert]').count(), 0, await page.locator('main').textContent());
  assert.match(await page.textContent('#result'), /times smaller/);
});
