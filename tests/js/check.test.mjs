// octavo check: whether pictures reach the model as it was trained on them.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { createOctavo } from 'octavo';
import { demo, demoPictures, faces } from '../support.mjs';

const checkDemo = (...more) => ['check', demo('demo.onnx'), '--images', demo('test'), '--labels', demo('labels.txt'), ...more];

test('both faces find that the demo model wants other pixels than 0 to 255, in the same numbers', () => {
  const [native, npm] = Object.values(faces).map((octavo) => {
    const { status, stdout, stderr } = octavo(checkDemo('--preprocess', 'raw', '--json'));
    assert.equal(status, 5, stderr);
    return JSON.parse(stdout);
  });
  assert.deepEqual(npm, native);
  assert.equal(native.images, 100);
  assert.equal(native.scores[native.given].name, 'raw');
  assert.equal(native.scores[native.clearly_better].name, 'tf');
  const flags = /try (--color rgb --mean 127\.5,127\.5,127\.5 --norm 0\.00784.*)$/.exec(native.warning)[1].split(' ');
  const mended = JSON.parse(faces.native(checkDemo('--preprocess', 'raw', ...flags, '--json')).stdout);
  assert.equal(mended.scores[mended.given].name, 'tf');
});

for (const [name, octavo] of Object.entries(faces)) {
  test(`${name}: what is right is not doubted`, () => {
    const { status, stdout, stderr } = octavo(checkDemo('--preprocess', 'tf', '--limit', '40'));
    assert.equal(status, 0, stderr);
    assert.match(stdout, /on 40 labelled samples\n {2}tf +\d+\.\d % {3}as given\n[^]*none is clearly better/);
  });
}

test('the package checks with progress, and stops', async (t) => {
  const octavo = await createOctavo();
  t.after(() => octavo.dispose());
  const model = await octavo.open(demo('demo.onnx'));
  const labels = new Map(readFileSync(demo('labels.txt'), 'utf8').trim().split('\n').map((line) => line.split(/\s+/)));
  const samples = demoPictures('test').map(({ name, bytes }) => ({ name, data: bytes, label: Number(labels.get(name) ?? -1) }));
  const phases = new Set();
  const report = await model.check(samples, { preprocess: 'caffe' }, { onProgress: ({ phase, total }) => phases.add(`${phase} ${total}`) });
  assert.deepEqual([...phases], ['check 100']);
  assert.equal(report.scores[report.clearly_better].name, 'tf');
  const reason = new Error('enough');
  const abort = new AbortController();
  await assert.rejects(model.check(samples, {}, { signal: abort.signal, onProgress: () => abort.abort(reason) }), reason);
});
