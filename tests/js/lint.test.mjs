// octavo lint, and what quantize says of its own work.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { createOctavo } from 'octavo';
import { demo, demoPictures, faces, temporaryFolder } from '../support.mjs';

const quantizeDemo = (output, ...more) =>
  ['quantize', demo('demo.onnx'), '-o', output, '--images', demo('calibration'), '--preprocess', 'tf', ...more];
const codes = (findings) => [...new Set(findings.map(({ code }) => code))].sort();

for (const [name, octavo] of Object.entries(faces)) {
  test(`${name}: the demo model has no fault, with one scale a layer it has`, (t) => {
    const [good, poor] = ['good.onnx', 'poor.onnx'].map((file) => join(temporaryFolder(t), file));
    const report = JSON.parse(octavo(quantizeDemo(good, '--json')).stdout);
    assert.deepEqual(codes(report.findings), ['few_samples', 'saturation']);
    const said = octavo(quantizeDemo(poor, '--preset', 'fast', '--weights', 'per-tensor')).stdout;
    assert.match(said, /warning {2}starved_channels, \d+ nodes\n {4}block1\/depthwise: 3 of 16 output channels/);
    const linted = octavo(['lint', poor, '--json']);
    assert.equal(linted.status, 0, linted.stderr);
    const { findings } = JSON.parse(linted.stdout);
    assert.deepEqual(codes(findings), ['few_samples', 'saturation', 'starved_channels', 'zero_weights']);
    assert.deepEqual(Object.keys(findings[0]), ['code', 'severity', 'node', 'message', 'remedy']);
    assert.match(octavo(['lint', good]).stdout, /note {2}few_samples\n.*32 samples/);
  });

  test(`${name}: a float model is refused`, () => {
    const { status, stderr } = octavo(['lint', demo('demo.onnx')]);
    assert.equal(status, 2);
    assert.match(stderr, /not quantized/);
  });
}

test('the package tells of findings before the file is taken away', async (t) => {
  const octavo = await createOctavo();
  t.after(() => octavo.dispose());
  const model = await octavo.open(demo('demo.onnx'));
  const samples = demoPictures('calibration').map(({ name, bytes }) => ({ name, data: bytes }));
  const int8 = await model.quantize(await model.calibrate(samples, { preprocess: 'tf' }));
  assert.deepEqual(codes(int8.report.findings), ['few_samples', 'saturation']);
  assert.deepEqual(await int8.lint(), int8.report.findings);
  await assert.rejects(model.lint(), /not quantized/);
});
