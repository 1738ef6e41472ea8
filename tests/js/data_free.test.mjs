// Static quantization without samples: ranges from the statistics of BatchNormalization.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { createOctavo } from 'octavo';
import { dataFolder, demo, faces, needsData, temporaryFolder } from '../support.mjs';
import { modelOfProducts } from './model_of_products.mjs';

/** Accuracy and agreement that are kept with no picture seen; with the usual ones it is about the same. */
const models = [
  { name: 'the demo model', float: demo('demo.onnx'), recipe: { preprocess: 'tf' }, flags: ['--preprocess', 'tf'], layers: '37 of 38',
    test: ['--images', demo('test'), '--labels', demo('labels.txt')], kept: 'top1=0.9,agreement=0.97' },
  { name: 'MobileNet V1', float: join(dataFolder, 'onnx', 'mobilenet_v1_0.25_224.onnx'), recipe: { preprocess: 'tf', resize: 256, crop: [224, 224] },
    flags: ['--preprocess', 'tf', '--resize', '256', '--crop', '224x224'], layers: '56 of 58', skip: needsData,
    test: ['--images', join(dataFolder, 'imagenet'), '--labels', join(dataFolder, 'imagenet', 'labels.txt')], kept: 'top1=0.55,agreement=0.9' },
];

for (const { name, float, recipe, flags, layers, test: pictures, kept, skip = false } of models) {
  test(`${name}: the same file from every face, and nearly as good as the float model`, { skip, timeout: 300_000 }, async (t) => {
    const folder = temporaryFolder(t);
    const files = Object.entries(faces).map(([face, octavo]) => {
      const file = join(folder, `${face}.onnx`);
      const { status, stderr, stdout } = octavo(['quantize', float, '-o', file, '--data-free', ...flags]);
      assert.equal(status, 0, stderr);
      assert.match(stderr, /ranges of BatchNormalization/);
      assert.doesNotMatch(stderr, /without a range/);
      assert.match(stdout, new RegExp(`${layers} in int8`));
      return file;
    });
    const octavo = await createOctavo();
    t.after(() => octavo.dispose());
    const int8 = await (await octavo.open(float)).quantize({ data_free: true, ...recipe });
    assert.equal(int8.report.images, 0);
    for (const file of files) assert.ok(readFileSync(file).equals(Buffer.from(await int8.save())), file);
    const compared = faces.native(['compare', float, files[0], ...pictures, ...flags, '--fail-below', kept]);
    assert.equal(compared.status, 0, compared.stdout + compared.stderr);
  });
}

test('both faces write these ranges as files, which give the same model', (t) => {
  const folder = temporaryFolder(t);
  const at = (file) => join(folder, file);
  const done = (face, args) => {
    const { status, stderr } = faces[face]([...args, '--preprocess', 'tf', '--quiet']);
    assert.equal(status, 0, stderr);
  };
  const nodes = (file) => {
    const bytes = readFileSync(file).toString('latin1');
    return bytes.slice(bytes.indexOf('octavo_version')); // without the recipe, which stands before it
  };
  done('native', ['quantize', demo('demo.onnx'), '-o', at('data_free.onnx'), '--data-free', '--preset', 'fast']);
  for (const format of ['mace', 'mace_log', 'onnxruntime', 'tensorrt', 'flatbuffers', 'ncnn']) {
    const [native, npm] = Object.keys(faces).map((face) => {
      const file = at(`${face}-${format}`);
      done(face, ['ranges', demo('demo.onnx'), '-o', file, '--data-free', '--format', format]);
      return readFileSync(file);
    });
    assert.ok(native.equals(npm), format);
    done('native', ['quantize', demo('demo.onnx'), '-o', at(`${format}.onnx`), '--ranges', at(`native-${format}`)]);
    const whole = !['tensorrt', 'flatbuffers', 'ncnn'].includes(format); // which have one magnitude a value
    assert.equal(nodes(at(`${format}.onnx`)) === nodes(at('data_free.onnx')), whole, format);
  }
});

for (const [name, octavo] of Object.entries(faces)) {
  test(`${name}: says where it has nothing to go by`, (t) => {
    const folder = temporaryFolder(t);
    const [output, products] = ['x.onnx', 'products.onnx'].map((leaf) => join(folder, leaf));
    modelOfProducts(products, 2, 8);
    const folded = octavo(['quantize', products, '-o', output, '--data-free']);
    assert.equal(folded.status, 2);
    assert.match(folded.stderr, /has no BatchNormalization that ranges could follow from.*Give samples or a file of ranges/);
    const both = octavo(['quantize', demo('demo.onnx'), '-o', output, '--data-free', '--images', demo('calibration'), '--preprocess', 'tf']);
    assert.equal(both.status, 2);
    assert.match(both.stderr, /from --images, or from --ranges or --data-free: give one/);
    assert.ok(!existsSync(output));
  });
}
