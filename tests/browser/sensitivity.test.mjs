// Which layers lose most: the same numbers from every face, the page's action, and the report as a file.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { after, before, test } from 'node:test';
import { AxeBuilder } from '@axe-core/playwright';
import { serve } from '../../scripts/start.mjs';
import { demo, demoPictures, faces, temporary, temporaryFolder } from '../support.mjs';
import { asFiles, downloaded, launch, modelFile, pageFolder } from './support.mjs';

const folder = temporary();
const recipe = ['--images', demo('calibration'), '--preprocess', 'tf', '--preset', 'fast'];
const sensitivity = (run, ...more) => {
  const { status, stdout, stderr } = run(['sensitivity', demo('demo.onnx'), ...recipe, '--json', '-q', ...more]);
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout);
};
const timeless = ({ layers, ...report }) => ({ ...report, layers: layers.map(({ float_ms, int8_ms, ...layer }) => layer) });
const dataOf = (html) => JSON.parse(/<script type="application\/json" id="data">(.*?)<\/script>/s.exec(html)[1]);
const worstFirst = ({ layers }) => layers.toSorted((a, b) => b.loss_saved - a.loss_saved).map(({ name }) => name);

let browser, site, native;
before(async () => {
  browser = await launch();
  site = await serve(pageFolder);
  native = sensitivity(faces.native, '--html', join(folder.path, 'native.html'));
});
after(async () => {
  await browser?.close();
  site?.server.close();
  folder.remove();
});

async function folded() {
  const page = await browser.newPage();
  page.setDefaultTimeout(120_000);
  const errors = [];
  page.on('pageerror', (error) => errors.push(String(error)));
  await page.goto(site.address);
  await page.setInputFiles('#model', modelFile());
  await page.setInputFiles('#pictures', asFiles(demoPictures('calibration')));
  await page.waitForSelector('.seen canvas');
  await page.check('[name=preset][value=fast]');
  await page.click('#start');
  await page.waitForSelector('#result');
  return { page, errors };
}

test('native, Node and the page measure the same, and the page leaves what stands out in float', async (t) => {
  const npm = sensitivity(faces.npm, '--html', join(folder.path, 'npm.html'));
  assert.deepEqual(timeless(npm), timeless(native));
  const { page, errors } = await folded();

  await page.click('#measure');
  await page.waitForFunction(() => {
    if (!document.querySelector('#progress')?.getAttribute('aria-label').startsWith('Measuring')) return false;
    document.querySelector('#cancel').click();
    return true;
  });
  await page.waitForSelector('#measure');
  assert.equal(await page.locator('#sensitivity-layers').count(), 0, 'it was cancelled');

  await page.click('#measure');
  await page.waitForSelector('#sensitivity-layers');
  assert.deepEqual(await page.locator('#sensitivity-layers [name=float]').evaluateAll((boxes) => boxes.map(({ value }) => value)), worstFirst(native));
  const report = dataOf((await downloaded(page, '#download-report')).bytes.toString()).report;
  assert.deepEqual(timeless(report.sensitivity), timeless(native));
  assert.ok(report.layers.length > 0 && report.agreement !== null, 'beside the comparison');

  const advised = native.advice.exclude;
  assert.ok(advised.length > 0);
  const ticked = await page.locator('#sensitivity-layers :checked').evaluateAll((boxes) => boxes.map(({ value }) => value));
  assert.deepEqual(ticked.toSorted(), advised.toSorted());
  await page.click('#keep');
  await page.waitForSelector('#earlier');
  assert.match(await page.textContent('#earlier'), /Without these layers in float: \d+\.\d dB, the same answer for .* Now: \d+\.\d dB/);
  await page.click('#details summary');
  const excluded = (await page.inputValue('#exclude')).split(', ');
  assert.deepEqual(excluded.toSorted(), advised.toSorted());
  const output = join(temporaryFolder(t), 'int8.onnx');
  const flags = [...recipe, '--limit', '100', ...excluded.flatMap((name) => ['--exclude', name])];
  assert.equal(faces.native(['quantize', demo('demo.onnx'), '-o', output, ...flags]).status, 0);
  assert.ok((await downloaded(page)).bytes.equals(readFileSync(output)), 'the bytes of --exclude');
  await page.fill('#exclude', '');
  await page.press('#exclude', 'Tab');
  await page.waitForSelector('#result', { state: 'detached' });
  assert.deepEqual(errors, []);
});

test('the report of --html shows every layer, worst first, and what to try', async () => {
  const html = readFileSync(join(folder.path, 'native.html'), 'utf8');
  assert.deepEqual(dataOf(html).report.sensitivity, native);
  const refused = faces.npm(['sensitivity', demo('demo.onnx'), ...recipe, '--html', join(folder.path, 'native.html')]);
  assert.equal(refused.status, 2);
  assert.match(refused.stderr, /exists already/);
  for (const colorScheme of ['light', 'dark']) {
    const context = await browser.newContext({ colorScheme, viewport: { width: 360, height: 700 } });
    const page = await context.newPage();
    const errors = [];
    page.on('pageerror', ({ message }) => errors.push(message));
    await page.goto(pathToFileURL(join(folder.path, 'native.html')).href);
    const names = await page.locator('.sensitivity tbody th').allTextContents();
    assert.deepEqual(names.map((name) => name.split(' ')[0]), worstFirst(native));
    assert.ok((await page.textContent('main')).includes(native.advice.text));
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 360);
    const faults = (await new AxeBuilder({ page }).analyze()).violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`);
    assert.deepEqual(faults, []);
    assert.deepEqual(errors, []);
    await context.close();
  }
});
