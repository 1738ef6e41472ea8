// Schemes that make weights alone small: no samples, the same file from every face, and ONNX Runtime
// as the judge of what the file says.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { createOctavo } from 'octavo';
import { dataFolder, demo, faces, flagsOf, models, needsData, temporaryFolder } from '../support.mjs';
import { judge, ones, sqnr, tokens, waves } from './onnxruntime.mjs';

const recipes = {
  'int8': { scheme: 'weight-only' },
  'int8 per tensor': { scheme: 'weight-only', weights: 'per-tensor' },
  'int4 in blocks': { scheme: 'weight-only', weight_bits: 4 },
  'int4 a channel': { scheme: 'weight-only', weight_bits: 4, block_size: 0 },
  'float16': { scheme: 'float16' },
};
const flags = (recipe) => Object.entries(recipe).flatMap(([key, value]) => [`--${key.replace('_', '-')}`, String(value)]);

const architecture = (name) => join(dataFolder, 'architectures', `${name}.onnx`);
const judged = [
  { name: 'demo', file: demo('demo.onnx'), skip: false },
  { name: 'text_encoder_4x192', file: architecture('text_encoder_4x192'), inputs: [tokens(64), ones(64)], skip: needsData },
  { name: 'lstm_tagger', file: architecture('lstm_tagger'), inputs: [waves(1, 20, 64)], skip: needsData },
];

for (const { name, file, inputs, skip } of judged) {
  test(`${name}: ONNX Runtime gives the answers of Octavo`, { skip }, async (t) => {
    const folder = temporaryFolder(t);
    const octavo = await createOctavo();
    t.after(() => octavo.dispose());
    const given = inputs ?? [waves(...(await octavo.open(file)).info.inputs[0].shape.match(/[\w?]+/g).map((dim) => Number(dim) || 1))];
    for (const [title, recipe] of Object.entries(recipes)) {
      const small = join(folder, 'small.onnx');
      const { status, stderr } = faces.native(['quantize', file, '-o', small, '--force', ...flags(recipe)]);
      assert.equal(status, 0, stderr);
      const [mine] = await (await octavo.open(small)).run(given);
      const theirs = await (await judge(small))(given);
      t.diagnostic(`${title}: ${sqnr(theirs, mine.data).toFixed(1)} dB`);
      // ONNX Runtime multiplies int8 weights of products by activations that it rounds to 8 bits.
      assert.ok(sqnr(theirs, mine.data) >= (title.startsWith('int8') ? 40 : 80), title);
    }
  });
}

test('every face writes the same file, about as small as the bits promise', async (t) => {
  const folder = temporaryFolder(t);
  const octavo = await createOctavo();
  t.after(() => octavo.dispose());
  const model = await octavo.open(demo('demo.onnx'));
  const sizes = [];
  for (const [title, recipe] of Object.entries(recipes)) {
    const small = await model.quantize(recipe);
    const saved = Buffer.from(await small.save());
    for (const [face, run] of Object.entries(faces)) {
      const file = join(folder, `${face}.onnx`);
      assert.equal(run(['quantize', demo('demo.onnx'), '-o', file, '--force', ...flags(recipe)]).status, 0);
      assert.ok(readFileSync(file).equals(saved), `${title}, ${face}`);
    }
    sizes.push(saved.length / readFileSync(demo('demo.onnx')).length);
  }
  const [int8, , int4, , half] = sizes;
  t.diagnostic(sizes.map((size) => size.toFixed(3)).join(' '));
  assert.ok(int4 < int8 && int8 < half && half < 0.6);
});

const squeezenet = models.find(({ name }) => name === 'squeezenet_v1.1');
test('squeezenet_v1.1 with weights of 4 bits keeps its accuracy', { skip: squeezenet.skip }, (t) => {
  const file = join(temporaryFolder(t), 'int4.onnx');
  assert.equal(faces.native(['quantize', squeezenet.file, '-o', file, '--scheme', 'weight-only', '--weight-bits', '4']).status, 0);
  const { limit, ...preprocessing } = squeezenet.recipe;
  const compared = faces.native(['compare', squeezenet.file, file, '--images', squeezenet.images, '--labels', squeezenet.labels, ...flagsOf(preprocessing), '--json']);
  assert.equal(compared.status, 0, compared.stderr);
  const { float, quantized, agreement } = JSON.parse(compared.stdout);
  t.diagnostic(`top-1 ${float.top1} -> ${quantized.top1}, agreement ${agreement}`);
  assert.ok(quantized.top1 >= 0.58, `top-1 ${quantized.top1}`);
  assert.ok(agreement >= 0.78, `agreement ${agreement}`);
});
