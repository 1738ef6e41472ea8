// The real page in Chromium, driven as a person would.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { AxeBuilder } from '@axe-core/playwright';
import { serve } from '../../scripts/start.mjs';
import { demo, demoPictures, faces, sha256, temporaryFolder } from '../support.mjs';
import { asFiles, downloaded, launch, modelFile, pageFolder, serveFolders } from './support.mjs';

const minutes = 60_000;
let browser, site, context, page, requests;

before(async () => {
  browser = await launch();
  site = await serve(pageFolder);
});
after(async () => {
  await browser?.close();
  site?.server.close();
});

async function fresh(options = {}) {
  await context?.close();
  context = await browser.newContext({ acceptDownloads: true, ...options });
  page = await context.newPage();
  page.setDefaultTimeout(2 * minutes);
  const errors = [];
  page.on('pageerror', (error) => errors.push(String(error)));
  await page.goto(site.address, { waitUntil: 'networkidle' });
  requests = [];
  page.on('request', (request) => requests.push(request.url()));
  return errors;
}

/** The demo's pictures under many names, so that calibration takes long enough to be stopped. */
function manyPictures(copies) {
  const pictures = demoPictures('calibration');
  return Array.from({ length: copies }, (_, i) => pictures.map(({ name, bytes }) => ({ name: `${String(i).padStart(3, '0')}_${name}`, bytes }))).flat();
}

test('model and pictures in, stopped and resumed, int8 file out: the bytes of the command line', async (t) => {
  const errors = await fresh();
  const pictures = manyPictures(20);
  await page.setInputFiles('#model', modelFile());
  await page.waitForSelector('#model-card');
  assert.match(await page.textContent('#model-card'), /37 of 38 can become int8/);
  await page.setInputFiles('#pictures', [...asFiles(pictures), { name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('no picture') }]);
  await page.waitForSelector('.seen canvas');
  assert.match(await page.textContent('#pictures-summary'), /640 pictures/);
  assert.match(await page.textContent('#skipped'), /notes\.txt/);
  await page.check('[name=preset][value=fast]');
  await page.click('#details summary');
  await page.fill('#limit', '0');
  await page.press('#limit', 'Tab');

  await page.click('#start');
  await page.waitForFunction(() => document.querySelector('#progress')?.value > 3);
  await page.click('#cancel');
  await page.waitForSelector('#start');
  const resume = /Resume at (\d+) of 640/.exec(await page.textContent('#start'));
  assert.ok(resume && Number(resume[1]) > 3, await page.textContent('#start'));
  await page.click('#start');
  assert.ok((await page.evaluate(() => document.querySelector('#progress').value)) >= Number(resume[1]), 'goes on, not anew');
  await page.waitForSelector('#result');

  const folder = temporaryFolder(t);
  mkdirSync(join(folder, 'images'));
  for (const { name, bytes } of pictures) writeFileSync(join(folder, 'images', name), bytes);
  const native = join(folder, 'native.onnx');
  const { status, stderr } = faces.native(['quantize', demo('demo.onnx'), '-o', native, '--images', join(folder, 'images'), '--preset', 'fast', '--preprocess', 'tf', '--limit', '0']);
  assert.equal(status, 0, stderr);
  const file = await downloaded(page);
  assert.equal(file.name, 'demo_int8.onnx');
  assert.equal(sha256(file.bytes), sha256(readFileSync(native)));
  const own = [`${site.address}icon.svg`]; // Chromium fetches it when it likes
  assert.deepEqual(requests.filter((url) => !url.startsWith('blob:') && !own.includes(url)), [], 'nothing was asked of any server');
  assert.deepEqual(errors, []);
});

test('the best is found by trying: it tells what it is at, can be stopped, and shows what won', async (t) => {
  const errors = await fresh();
  await page.setInputFiles('#model', modelFile());
  await page.setInputFiles('#pictures', asFiles(demoPictures('calibration')));
  await page.waitForSelector('.seen canvas');
  assert.equal(await page.isChecked('[name=preset][value=best]'), true, 'unless something else is chosen');
  await page.click('#details summary');
  await page.selectOption('#weights', 'per-tensor');

  await page.click('#start');
  const stopped = await page.waitForFunction(() => {
    const name = document.querySelector('#progress-name')?.textContent;
    if (!name) return false;
    document.querySelector('#cancel').click();
    return name;
  });
  assert.ok(/^observer|^stem$|^block/.test(await stopped.jsonValue()), await stopped.jsonValue());
  await page.waitForSelector('#start');
  assert.equal(await page.locator('#trials').count(), 0);
  await page.click('#start');
  await page.waitForSelector('#result');
  const rows = await page.locator('#trials tbody tr').allTextContents();
  assert.ok(rows.length > 4, 'several observers, and the best of them corrected');
  assert.deepEqual(rows.filter((row) => row.endsWith('yes')).length, 1);
  assert.match(rows.find((row) => row.endsWith('yes')), /^observer .*, corrected\d+\.\d dB/);
  assert.match(await page.textContent('#corrections summary'), /\d+ layers were corrected; half of them keep \d+\.\d % of their error or less/);

  await page.check('[name=preset][value=fast]');
  await page.waitForSelector('#result', { state: 'detached' });
  await page.waitForFunction(() => document.querySelector('#observer').value === 'min_max');
  assert.equal(await page.inputValue('#weights'), 'per-channel', 'what was changed by hand is undone');
  assert.equal(await page.isChecked('[name=correction][value=reconstruct]'), false);
  await page.click('#start');
  await page.waitForSelector('#result');
  assert.equal(await page.locator('#trials').count(), 0);
  assert.deepEqual(errors, []);
});

test('it fits a telephone', async () => {
  await fresh({ viewport: { width: 390, height: 800 } });
  await page.click('#demo');
  await page.waitForSelector('#result');
  await page.click('#measure');
  await page.waitForSelector('#sensitivity-layers');
  for (const part of ['#details', '#corrections', '#model-card details']) await page.click(`${part} summary`);
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 390);
});

test('the demo runs and tells size, accuracy, time and agreement', async () => {
  const errors = await fresh();
  await page.click('#demo');
  await page.waitForSelector('#result');
  const text = await page.textContent('#result');
  for (const word of [/times smaller/, /Accuracy\d+\.\d %→\d+\.\d %/, /Same answer\d+\.\d %/, /times (faster|slower), here/]) assert.match(text, word);
  assert.ok((await downloaded(page)).bytes.length > 50_000);
  assert.match(await page.textContent('#findings'), /its ranges come from 32 samples/);
  const report = await downloaded(page, '#download-report');
  assert.equal(report.name, 'demo_report.html');
  assert.match(report.bytes.toString(), /"title":"demo\.onnx in int8"/);
  assert.deepEqual(errors, []);
});

test('labelled pictures tell of wrong preprocessing, and one click mends it', async () => {
  await fresh();
  await page.setInputFiles('#model', modelFile());
  const labels = { name: 'labels.txt', mimeType: 'text/plain', buffer: readFileSync(demo('labels.txt')) };
  await page.setInputFiles('#pictures', [...asFiles(demoPictures('test')), labels]);
  await page.waitForSelector('.seen canvas');
  await page.selectOption('#preprocess', 'raw');
  await page.click('#check');
  await page.waitForSelector('#use-better');
  assert.match(await page.textContent('#check-result'), /With “tf” the float model is right on 9\d\.0 %, with yours on [123]\d\.0 %/);
  await page.click('#use-better');
  await page.waitForSelector('#use-better', { state: 'detached' });
  await page.click('#check');
  await page.waitForSelector('#check-result [role=status]');
  assert.match(await page.textContent('#check-result'), /No usual preprocessing is clearly better: 9\d\.0 % right/);
});

test('nothing can be sent: fetch is refused in the page and in its worker', async () => {
  await fresh();
  await page.setInputFiles('#model', modelFile());
  await page.waitForSelector('#model-card');
  const attempt = (address) => fetch(address).then(() => 'sent', () => 'refused');
  assert.equal(await page.evaluate(attempt, site.address), 'refused');
  assert.equal(page.workers().length, 1);
  assert.equal(await page.workers()[0].evaluate(attempt, site.address), 'refused');
  const socket = (address) => new Promise((resolve) => {
    try {
      const opened = new WebSocket(address.replace('http', 'ws'));
      opened.onopen = () => resolve('sent');
      opened.onerror = () => resolve('refused');
    } catch {
      resolve('refused');
    }
  });
  assert.equal(await page.workers()[0].evaluate(socket, site.address), 'refused');
});

test('the policy alone does it: a page without it may fetch', async () => {
  const free = await serveFolders({});
  const open = await browser.newPage();
  await open.goto(free.address);
  const sent = await open.evaluate((address) => fetch(address, { mode: 'no-cors' }).then(() => 'sent', () => 'refused'), site.address);
  await open.close();
  free.close();
  assert.equal(sent, 'sent');
});

test('a file that is no model is refused with a sentence, and the page goes on', async () => {
  await fresh();
  await page.setInputFiles('#model', { name: 'notes.onnx', mimeType: 'text/plain', buffer: Buffer.from('no model at all') });
  await page.waitForSelector('[role=alert]');
  assert.match(await page.textContent('[role=alert]'), /E_MODEL_UNREADABLE/);
  await page.setInputFiles('#model', modelFile());
  await page.waitForSelector('#model-card');
  assert.equal(await page.locator('[role=alert]').count(), 0);
});

test('preprocessing that cannot be is told where it was asked for', async () => {
  await fresh();
  await page.setInputFiles('#model', modelFile());
  await page.setInputFiles('#pictures', asFiles(demoPictures('calibration')));
  await page.waitForSelector('.seen canvas');
  await page.fill('#crop', '10 x 10');
  await page.press('#crop', 'Tab');
  await page.waitForSelector('[role=alert]');
  assert.match(await page.textContent('[role=alert]'), /gives pictures of 10x10, the model's input is 96x96/);
});

for (const colorScheme of ['light', 'dark']) test(`no accessibility fault that axe can find, before and after: ${colorScheme}`, async () => {
  await fresh({ colorScheme });
  const faults = async () => (await new AxeBuilder({ page }).analyze()).violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`);
  await page.click('#details summary');
  assert.deepEqual(await faults(), []);
  await page.click('#demo');
  await page.waitForSelector('#result');
  await page.click('#corrections summary');
  await page.click('#measure');
  await page.waitForSelector('#sensitivity-layers');
  assert.deepEqual(await faults(), []);
  await page.check('[name=scheme][value=weight-only]');
  await page.waitForSelector('#weight-bits');
  assert.deepEqual(await faults(), []);
});
