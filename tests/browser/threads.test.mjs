// The engine with threads in Chromium: where it is chosen, what it gives, and what becomes of it elsewhere.
import assert from 'node:assert/strict';
import { basename } from 'node:path';
import { after, before, test } from 'node:test';
import { createOctavo } from 'octavo';
import { demo, models, somePictures } from '../support.mjs';
import { dist, launch, serveFolders } from './support.mjs';

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser?.close());

/** Calls work(args) in a fresh page of a server; { page, site, result, warnings }. */
async function inPage(t, settings, work, args) {
  const site = await serveFolders({ '/dist': dist, '/demo': demo('') }, settings);
  const page = await browser.newPage();
  t.after(async () => {
    await page.close();
    site.close();
  });
  const warnings = [];
  page.on('console', (message) => message.type() === 'warning' && warnings.push(message.text()));
  await page.goto(site.address);
  return { page, site, warnings, result: await page.evaluate(work, args) };
}

const modulesOf = ({ asked }) => [...new Set(asked.filter((path) => /worker\.js$|\.wasm$/.test(path)).map((path) => basename(path)))].sort();

const openDemo = async (options) => {
  const { createOctavo: start } = await import('/dist/index.js');
  const octavo = await start(options);
  const model = await octavo.open('/demo/demo.onnx');
  return { threads: await octavo.threads(), cores: navigator.hardwareConcurrency, nodes: model.info.nodes };
};

test('an isolated page loads the engine with threads, as many as there are cores up to 4, and no other', async (t) => {
  const { site, result, warnings } = await inPage(t, { isolated: true }, openDemo, {});
  assert.equal(result.threads, Math.min(result.cores, 4));
  const module = modulesOf(site);
  assert.equal(module.length, 2);
  if (result.cores > 1) assert.ok(module.every((name) => /threads/.test(name)), module.join());
  assert.deepEqual(warnings, []);
});

for (const [where, settings, options] of [
  ['a page that is not isolated', { isolated: false }, { threads: 2 }],
  ['an isolated page that wants one', { isolated: true }, { threads: 1 }],
  ['the page itself', { isolated: true }, { threads: 2, worker: false }],
]) {
  test(`${where} runs a model on one thread, and loads no other engine`, async (t) => {
    const { site, result, warnings } = await inPage(t, settings, openDemo, options);
    assert.equal(result.threads, 1);
    assert.ok(!modulesOf(site).some((name) => /threads/.test(name)), modulesOf(site).join());
    assert.deepEqual(warnings, []);
  });
}

test('where a worker may start no workers, one thread runs a model, and the console says why', async (t) => {
  const headers = { '/dist/threads_worker.js': { 'Content-Security-Policy': "worker-src 'none'" } };
  const { result, warnings } = await inPage(t, { isolated: true, headers }, openDemo, { threads: 2 });
  assert.deepEqual([result.threads, result.nodes > 10], [1, true]);
  assert.equal(warnings.length, 1);
  assert.match(warnings[0], /one thread, because several do not start: .*worker of a worker/);
});

test('where memory cannot be shared, likewise', async (t) => {
  const { page, warnings } = await inPage(t, { isolated: true }, () => {});
  await page.route(/octavo_threads\.js$/, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: `WebAssembly.Memory = function () { throw new RangeError('could not allocate memory'); };\n${await response.text()}` });
  });
  assert.equal((await page.evaluate(openDemo, { threads: 2 })).threads, 1);
  assert.match(warnings[0], /could not allocate memory/);
});

test('the page goes on while threads run, and dispose ends them', async (t) => {
  const { page, result } = await inPage(t, { isolated: true }, async (input) => {
    const { createOctavo: start } = await import('/dist/index.js');
    const octavo = await start({ threads: 3 });
    const model = await octavo.open('/demo/demo.onnx');
    let ticks = 0;
    const timer = setInterval(() => ++ticks, 1);
    await model.profile([{ ...input, data: Float32Array.from(input.data) }], 100);
    clearInterval(timer);
    globalThis.octavo = octavo;
    return ticks;
  }, await inputOf(models[0]));
  assert.ok(result > 3, `${result} ticks`);
  assert.equal(page.workers().length, 3, 'the engine and the threads beside its own');
  await page.evaluate(() => globalThis.octavo.dispose());
  for (let i = 0; i < 500 && page.workers().length > 0; ++i) await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(page.workers().length, 0);
});

async function inputOf(model) {
  const octavo = await createOctavo();
  const { dtype, dims, data } = await (await octavo.open(model.file)).inputOf(model.recipe, somePictures(model.images, 1)[0].bytes);
  octavo.dispose();
  return { dtype, dims: [...dims], data: [...data] };
}
