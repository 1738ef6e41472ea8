// The dynamic scheme: no samples, the same file from every face, and ONNX Runtime as the judge of
// what the file says.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { createOctavo } from 'octavo';
import { dataFolder, demo, faces, needsData, temporaryFolder } from '../support.mjs';
import { judge, ones, operators, sqnr, tokens, waves } from './onnxruntime.mjs';

test('both faces and the package write the same file without samples', async (t) => {
  const folder = temporaryFolder(t);
  const recipe = join(folder, 'recipe.json');
  const [native, npm, again] = ['native', 'npm', 'again'].map((name) => join(folder, `${name}.onnx`));
  const run = (octavo, output, ...flags) => {
    const { status, stderr } = octavo(['quantize', demo('demo.onnx'), '-o', output, ...flags]);
    assert.equal(status, 0, stderr);
    return stderr;
  };
  assert.match(run(faces.native, native, '--scheme', 'dynamic', '--write-recipe', recipe), /found in every run/);
  assert.match(run(faces.npm, npm, '--scheme', 'dynamic'), /found in every run/);
  run(faces.native, again, '--recipe', recipe);
  const octavo = await createOctavo();
  t.after(() => octavo.dispose());
  const model = await octavo.open(demo('demo.onnx'));
  assert.equal(await model.wantsSamples({ scheme: 'dynamic' }), false);
  assert.equal(await model.wantsSamples({}), true);
  const int8 = await model.quantize({ scheme: 'dynamic' });
  assert.ok(int8.info.is_quantized);
  assert.equal(int8.report.images, 0);
  const saved = Buffer.from(await int8.save());
  for (const file of [native, npm, again]) assert.ok(readFileSync(file).equals(saved), file);
});

for (const [name, octavo] of Object.entries(faces)) {
  test(`${name}: each scheme says what it wants`, (t) => {
    const output = join(temporaryFolder(t), 'x.onnx');
    const missing = octavo(['quantize', demo('demo.onnx'), '-o', output]);
    assert.equal(missing.status, 2);
    assert.match(missing.stderr, /give --images a folder of them, --ranges a file, --data-free, or use --scheme dynamic/);
    const useless = octavo(['quantize', demo('demo.onnx'), '-o', output, '--scheme', 'dynamic', '--images', demo('calibration')]);
    assert.equal(useless.status, 2);
    assert.match(useless.stderr, /looks at no samples: leave --images and --ranges out/);
    assert.ok(!existsSync(output));
  });
}

test('the package asks for a calibration where the scheme is static', async (t) => {
  const octavo = await createOctavo();
  t.after(() => octavo.dispose());
  const model = await octavo.open(demo('demo.onnx'));
  await assert.rejects(model.quantize({}), /calibrate first, give a file of ranges, or choose data_free or the scheme dynamic/);
});

const judged = [
  { name: 'text_encoder_4x192', inputs: [tokens(64), ones(64)], fused: ['DynamicQuantizeMatMul', 'MatMulIntegerToFloat'], left: ['MatMulInteger'], count: 25 },
  { name: 'lstm_tagger', inputs: [waves(1, 20, 64)], fused: ['DynamicQuantizeLSTM', 'DynamicQuantizeMatMul'], left: ['LSTM', 'MatMulInteger'], count: 3 },
];

for (const { name, inputs, fused, left, count } of judged) {
  test(`${name}: fused by ONNX Runtime, with the answers of Octavo's kernels`, { skip: needsData }, async (t) => {
    const folder = temporaryFolder(t);
    const float = join(dataFolder, 'architectures', `${name}.onnx`);
    const [file, optimized] = ['int8.onnx', 'optimized.onnx'].map((leaf) => join(folder, leaf));
    assert.equal(faces.native(['quantize', float, '-o', file, '--scheme', 'dynamic']).status, 0);
    const octavo = await createOctavo();
    t.after(() => octavo.dispose());
    const results = async (model) => (await (await octavo.open(model)).run(inputs))[0].data;
    const [exact, mine] = [await results(float), await results(file)];
    const theirs = await (await judge(file, { optimizedModelFilePath: optimized }))(inputs);

    const total = (types) => types.reduce((sum, type) => sum + operators(optimized, type), 0);
    assert.deepEqual({ fused: total(fused), left: total(left) }, { fused: count, left: 0 });
    t.diagnostic(`${sqnr(exact, mine).toFixed(1)} dB to float, ${sqnr(theirs, mine).toFixed(1)} dB to ONNX Runtime`);
    assert.ok(sqnr(exact, mine) >= 25);
    assert.ok(sqnr(theirs, mine) >= 60); // float rounding, which may move a number to the next step
  });
}

const pictures = [
  { name: 'the demo model', file: demo('demo.onnx'), least: 30 },
  { name: 'mobilenet_v1_0.25_224', file: join(dataFolder, 'onnx', 'mobilenet_v1_0.25_224.onnx'), shape: [1, 3, 224, 224], least: 15, skip: needsData },
  { name: 'resnet8_cifar10', file: join(dataFolder, 'onnx', 'resnet8_cifar10.onnx'), least: 20, skip: needsData },
];

for (const { name, file: float, shape, least, skip = false } of pictures) {
  test(`${name}: convolutions too, with the bits of ONNX Runtime`, { skip }, async (t) => {
    const file = join(temporaryFolder(t), 'int8.onnx');
    const octavo = await createOctavo();
    t.after(() => octavo.dispose());
    const model = await octavo.open(float);
    const { inputs: [declared] } = model.info;
    const input = waves(...(shape ?? JSON.parse(declared.shape.replace(/[A-Za-z?]+/g, '1'))));
    const int8 = await model.quantize({ scheme: 'dynamic' });
    writeFileSync(file, await int8.save());
    assert.ok(operators(file, 'ConvInteger') > 0);
    assert.equal(operators(file, 'Conv'), 0);
    const [exact, mine] = [(await model.run([input]))[0].data, (await int8.run([input]))[0].data];
    const theirs = await (await judge(file))([input]);
    t.diagnostic(`${sqnr(exact, mine).toFixed(1)} dB to float, ${sqnr(theirs, mine).toFixed(1)} dB to ONNX Runtime`);
    assert.ok(sqnr(exact, mine) >= least);
    assert.ok(sqnr(theirs, mine) >= 60);
  });
}

test('a recipe leaves convolutions in float', async (t) => {
  const file = join(temporaryFolder(t), 'int8.onnx');
  assert.equal(faces.native(['quantize', demo('demo.onnx'), '-o', file, '--scheme', 'dynamic', '--exclude-op', 'Conv']).status, 0);
  assert.equal(operators(file, 'ConvInteger'), 0);
  assert.ok(operators(file, 'Conv') > 0);
});
