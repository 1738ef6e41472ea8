// Weights stay in the file until they are needed: what the heap holds, when files are closed, and what
// happens when one changes meanwhile.
import assert from 'node:assert/strict';
import { copyFileSync, readdirSync, readFileSync, readlinkSync, renameSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { createOctavo } from 'octavo';
import { demo, inRoot, temporaryFolder } from '../support.mjs';
import { modelOfProducts } from './model_of_products.mjs';

const { createHost } = await import(inRoot('dist/node.js'));

const MB = 1 << 20;
const picture = () => ({ dtype: 'float32', dims: [1, 3, 96, 96], data: Float32Array.from({ length: 3 * 96 * 96 }, (_, i) => Math.sin(i)) });

function demoCopy(t) {
  const path = join(temporaryFolder(t), 'model.onnx');
  copyFileSync(demo('demo.onnx'), path);
  return path;
}

/** How often this process has the file open. */
function timesOpen(path) {
  const target = (fd) => {
    try {
      return readlinkSync(join('/proc/self/fd', fd));
    } catch {
      return '';
    }
  };
  return readdirSync('/proc/self/fd').filter((fd) => target(fd).startsWith(path)).length;
}

/** Models go when their engine has its next turn. */
const disposed = () => new Promise((resolve) => setTimeout(resolve, 50));

test('weights are held once, packed, and not before the first run', async (t) => {
  const layers = 12;
  const path = join(temporaryFolder(t), 'large.onnx');
  const weights = modelOfProducts(path, layers, 1024); // 48 MB
  const host = await createHost();
  const heap = () => host.module.HEAPU8.length;
  const before = heap();
  const { model } = await host.call('open', path, {});
  assert.ok(heap() - before < 4 * MB, `opening takes ${heap() - before} bytes`);
  const x = { dtype: 'float32', dims: [1, 1024], data: new Float32Array(1024).fill(1) };
  const [y] = await host.call('run', model, [x]);
  assert.ok(y.data.every(Number.isFinite));
  const after = heap() - before;
  assert.ok(after < 1.25 * weights, `after a run ${after} bytes for ${weights} of weights`);
  const saved = await host.call('save', model, 'onnx');
  assert.ok(saved.length > weights);
  assert.ok(heap() - before < 1.25 * weights, 'saving reads a weight at a time');
  host.close();
});

test('a file is closed with the last model that reads from it, in any order', async (t) => {
  const path = demoCopy(t);
  const octavo = await createOctavo({ workers: 1 });
  for (const floatFirst of [true, false]) {
    const model = await octavo.open(path);
    const int8 = await model.quantize({ scheme: 'dynamic', exclude_ops: ['Conv'] });
    assert.equal(timesOpen(path), 1);
    const [first, last] = floatFirst ? [model, int8] : [int8, model];
    first.dispose();
    await disposed();
    assert.equal(timesOpen(path), 1, 'convolutions of the int8 model are still those of the file');
    assert.ok((await last.save()).length > 0);
    assert.equal((await last.run([picture()])).length, 1);
    last.dispose();
    await disposed();
    assert.equal(timesOpen(path), 0);
  }
  await octavo.open(path);
  octavo.dispose();
  assert.equal(timesOpen(path), 0, 'disposing the engine closes all');
});

test('what is not used is closed at once', async (t) => {
  const path = demoCopy(t);
  const octavo = await createOctavo({ workers: 1 });
  t.after(() => octavo.dispose());
  const model = await octavo.open(readFileSync(demo('demo.onnx')), { siblings: { 'weights.bin': path } });
  assert.equal(timesOpen(path), 0);
  assert.ok(model.info.layers.length > 0);
  truncateSync(path, 1000);
  await assert.rejects(octavo.open(path), { code: 'E_MODEL_UNREADABLE' });
  assert.equal(timesOpen(path), 0);
});

for (const [how, change] of [
  ['cut short', (path) => truncateSync(path, 1000)],
  ['written to', (path) => {
    writeFileSync(path, readFileSync(path).fill(0));
    utimesSync(path, 1, 1);
  }],
]) {
  test(`a file that was ${how} after it was opened is an error, and no result`, async (t) => {
    const path = demoCopy(t);
    const octavo = await createOctavo({ workers: 1 });
    t.after(() => octavo.dispose());
    const model = await octavo.open(path);
    change(path);
    const told = { code: 'E_IO', message: /can no longer be read.*open it again/, where: /^(node '.*: )?tensor '/ };
    await assert.rejects(model.run([picture()]), told);
    await assert.rejects(model.save(), told);
  });
}

test('a file that another one replaces stays what it was', async (t) => {
  const path = demoCopy(t);
  const octavo = await createOctavo({ workers: 1 });
  t.after(() => octavo.dispose());
  const wanted = await (await octavo.open(path)).run([picture()]);
  const model = await octavo.open(path);
  writeFileSync(`${path}.new`, 'something else');
  renameSync(`${path}.new`, path);
  assert.deepEqual(await model.run([picture()]), wanted);
});

test('bytes may change hands once the model is open', async (t) => {
  for (const workers of [1, 2]) {
    const octavo = await createOctavo({ workers });
    t.after(() => octavo.dispose());
    const bytes = readFileSync(demo('demo.onnx'));
    const model = await octavo.open(bytes);
    bytes.fill(0);
    const wanted = await (await octavo.open(demo('demo.onnx'))).run([picture()]);
    assert.deepEqual(await model.run([picture()]), wanted);
  }
});
