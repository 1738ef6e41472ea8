// The report as a file: what people get of `compare --html`, in Chromium, without any network.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { after, before, test } from 'node:test';
import { AxeBuilder } from '@axe-core/playwright';
import { createOctavo } from 'octavo';
import { demo, faces, temporary } from '../support.mjs';
import { launch } from './support.mjs';

const folder = temporary();
const at = (name) => join(folder.path, name);
const compareDemo = (...more) =>
  ['compare', demo('demo.onnx'), at('int8.onnx'), '--images', demo('test'), '--labels', demo('labels.txt'), '--preprocess', 'tf', ...more];
let browser, report;

before(async () => {
  browser = await launch();
  assert.equal(faces.native(['quantize', demo('demo.onnx'), '-o', at('int8.onnx'), '--images', demo('calibration'), '--preprocess', 'tf',
    '--weights', 'per-tensor']).status, 0);
  const { status, stdout, stderr } = faces.native(compareDemo('--json', '--html', at('report.html')));
  assert.equal(status, 0, stderr);
  report = JSON.parse(stdout);
});
after(async () => {
  await browser?.close();
  folder.remove();
});

/** The file, opened; `errors` of the page and `asked`, what it asked for. */
async function opened(file, options = {}) {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const errors = [], asked = [];
  page.on('pageerror', ({ message }) => errors.push(message));
  page.on('request', (request) => asked.push(request.url()));
  await page.goto(pathToFileURL(file).href);
  return { page, errors, asked };
}

test('it shows figures, worst layers first, what to try and the answers that changed', async () => {
  const { page, errors, asked } = await opened(at('report.html'));
  assert.match(await page.textContent('h1'), /demo\.onnx → int8\.onnx/);
  const text = await page.textContent('body');
  assert.match(text, new RegExp(`Same answer${(report.agreement * 100).toFixed(1)} %of ${report.images} samples`));
  const worst = report.layers.toSorted((a, b) => a.sqnr_db - b.sqnr_db);
  assert.deepEqual(await page.locator('.layer .name').allTextContents(), worst.map(({ name }) => name));
  assert.ok(text.includes(worst[0].advice[0].text));
  assert.equal(await page.locator('tbody tr').count(), report.flips.length);
  await page.selectOption('select', 'run');
  assert.deepEqual(await page.locator('.layer .name').allTextContents(), report.layers.map(({ name }) => name));
  assert.deepEqual(errors, []);
  assert.equal(asked.length, 1, 'the file alone');
});

test('a layer opens to histograms of its values and weights with the chosen ends', async () => {
  const { page } = await opened(at('report.html'));
  const [first] = report.layers.toSorted((a, b) => a.sqnr_db - b.sqnr_db);
  await page.click('.layer summary');
  assert.equal(await page.locator('.layer[open] svg').count(), 2);
  assert.equal(await page.locator('.layer[open] svg .end').count(), 4);
  const filled = ({ histogram }) => histogram.counts.filter((count) => count > 0).length;
  assert.equal(await page.locator('.layer[open] svg .count').count(), filled(first.activations) + filled(first.weights));
  assert.match(await page.textContent('.layer[open]'), new RegExp(`${Number(first.weights.channel_spread.toPrecision(4))}:1`));
});

for (const colorScheme of ['light', 'dark']) {
  test(`no accessibility fault that axe can find: ${colorScheme}`, async () => {
    const { page } = await opened(at('report.html'), { colorScheme });
    await page.click('.layer summary');
    const faults = (await new AxeBuilder({ page }).analyze()).violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`);
    assert.deepEqual(faults, []);
  });
}

test('it fits a telephone', async () => {
  const { page } = await opened(at('report.html'), { viewport: { width: 360, height: 700 } });
  await page.click('.layer summary');
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 360);
});

test('names of anyone are text, never markup', async () => {
  const nasty = '</script><img src=x onerror="document.body.id=1"><script>document.body.id = 1</script>';
  const octavo = await createOctavo();
  const hostile = structuredClone(report);
  for (const layer of hostile.layers) layer.name = layer.op = nasty;
  hostile.layers[0].advice = [{ code: 'x', text: nasty }];
  hostile.flips[0].name = nasty;
  hostile.skipped = [{ name: nasty, reason: nasty }];
  hostile.sensitivity = {
    images: 1, quantized: { sqnr_db: 1, kl: null, agreement: null }, int8_share: 1, advice: { text: nasty, exclude: [] },
    layers: [{ name: nasty, op: nasty, alone: null, left_in_float: { sqnr_db: null, kl: 0.1 }, loss_made: null, loss_saved: null, macs: 0, weight_bytes: 0, float_ms: 0, int8_ms: 0 }],
  };
  writeFileSync(at('hostile.html'), await octavo.html(hostile, nasty));
  octavo.dispose();
  const { page, errors } = await opened(at('hostile.html'));
  await page.click('.layer summary');
  assert.equal(await page.textContent('h1'), nasty);
  assert.equal(await page.locator('img').count(), 0);
  assert.equal(await page.evaluate(() => document.body.id), '');
  assert.deepEqual(errors, []);
});

test('the npm command line writes the same file, but for the times', () => {
  const { status, stderr } = faces.npm(compareDemo('--html', at('npm.html')));
  assert.equal(status, 0, stderr);
  const timeless = (name) => readFileSync(at(name), 'utf8').replace(/"ms":[\d.e-]+/g, '');
  assert.equal(timeless('npm.html'), timeless('report.html'));
  const refused = faces.npm(compareDemo('--html', at('npm.html')));
  assert.equal(refused.status, 2);
  assert.match(refused.stderr, /exists already/);
});
