// The figures that models/models.json promises, from the native command line.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { faces, flagsOf, inRoot, models, needsData, temporaryFolder } from '../support.mjs';

for (const model of models) {
  test(`${model.name} keeps what models.json promises`, { skip: model.skip }, (t) => {
    const file = join(temporaryFolder(t), 'int8.onnx');
    const quantized = faces.native(['quantize', model.file, '-o', file, '--images', model.calibration, ...flagsOf(model.recipe), '--json']);
    assert.equal(quantized.status, 0, quantized.stderr);
    const { limit, ...preprocessing } = model.recipe;
    const compared = faces.native(['compare', model.file, file, '--images', model.images, '--labels', model.labels, ...flagsOf(preprocessing), '--json']);
    assert.equal(compared.status, 0, compared.stderr);
    const { float, quantized: int8, agreement } = JSON.parse(compared.stdout);
    const smaller = float.bytes / int8.bytes;
    t.diagnostic(`top-1 ${float.top1} -> ${int8.top1}, agreement ${agreement}, ${smaller.toFixed(2)} times smaller`);
    assert.equal(int8.bytes, readFileSync(file).length);
    assert.ok(smaller >= model.least_times_smaller, `${smaller} times smaller`);
    assert.ok(agreement >= model.least_agreement, `agreement ${agreement}`);
    if (model.least_top1 !== undefined) assert.ok(int8.top1 >= model.least_top1, `top-1 ${int8.top1}`);
    if (model.most_points_lost !== undefined) {
      assert.ok((float.top1 - int8.top1) * 100 <= model.most_points_lost, `top-1 ${float.top1} -> ${int8.top1}`);
    }
  });
}

test('the table of npm run accuracy has a row for what was asked', { skip: needsData }, (t) => {
  const folder = temporaryFolder(t), out = join(folder, 'accuracy.md');
  const { status, stderr } = spawnSync('node', [inRoot('tests/accuracy/table.mjs'), '--models', 'v1_0.25', '--observers', 'aciq', '--weight-methods', 'admm', '--out', out, '--kept', folder], { encoding: 'utf8' });
  assert.equal(status, 0, stderr);
  assert.match(readFileSync(out, 'utf8'), /## mobilenet_v1_0\.25_224\n[^]*\| `aciq` \| `admm` \| \d+\.\d \| \d+\.\d \| /);
});

test('one scale a layer visibly hurts the demo model: it teaches', (t) => {
  const [demo] = models;
  const file = join(temporaryFolder(t), 'int8.onnx');
  assert.equal(faces.native(['quantize', demo.file, '-o', file, '--images', demo.calibration, ...flagsOf(demo.recipe), '--weights', 'per-tensor']).status, 0);
  const { stdout } = faces.native(['compare', demo.file, file, '--images', demo.images, '--labels', demo.labels, ...flagsOf(demo.recipe), '--json']);
  const { float, quantized } = JSON.parse(stdout);
  assert.ok(float.top1 - quantized.top1 > 0.05, `${float.top1} -> ${quantized.top1}`);
});
