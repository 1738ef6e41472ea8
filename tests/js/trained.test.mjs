// Models that training has prepared: integer without samples, with the same file from every face.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { dataFolder, faces, needsData, temporaryFolder } from '../support.mjs';
import { judge, operators, waves } from './onnxruntime.mjs';

const trained = join(dataFolder, 'architectures', 'qat_small_resnet.onnx');

test('a PyTorch export becomes an integer model that ONNX Runtime fuses', { skip: needsData }, async (t) => {
  const folder = temporaryFolder(t);
  const [native, npm, optimized] = ['native', 'npm', 'optimized'].map((name) => join(folder, `${name}.onnx`));
  for (const [run, output] of [[faces.native, native], [faces.npm, npm]]) {
    const { status, stderr, stdout } = run(['quantize', trained, '-o', output]);
    assert.equal(status, 0, stderr);
    assert.match(stderr, /ranges of training/);
    assert.match(stdout, /9 of 9 in int8/);
  }
  assert.ok(readFileSync(native).equals(readFileSync(npm)));

  const input = waves(1, 3, 64, 64);
  const wanted = await (await judge(trained, { graphOptimizationLevel: 'disabled', extra: {} }))([input]); // in float
  const found = await (await judge(native, { optimizedModelFilePath: optimized }))([input]);
  assert.deepEqual({ fused: operators(optimized, 'QLinearConv'), left: operators(optimized, 'Conv') + operators(optimized, 'BatchNormalization') }, { fused: 3, left: 0 });
  const largest = Math.max(...wanted.map(Math.abs));
  wanted.forEach((value, i) => assert.ok(Math.abs(value - found[i]) < 0.02 * largest, `logit ${i}: ${value}, ${found[i]}`));
});

test('what was quantized before is refused as it was', { skip: needsData }, (t) => {
  const output = join(temporaryFolder(t), 'x.onnx');
  for (const face of Object.values(faces)) {
    const { status, stderr } = face(['quantize', join(dataFolder, 'onnx', 'mobilenet_v2_1.0_224_qdq.onnx'), '-o', output, '--scheme', 'weight-only']);
    assert.equal(status, 2, stderr);
    assert.match(stderr, /already quantized/);
  }
});
