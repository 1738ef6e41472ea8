// Ranges as files of other tools, and their configurations, through both command lines and the package.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { createOctavo } from 'octavo';
import { demo, faces, temporaryFolder } from '../support.mjs';

const model = demo('demo.onnx');
const observed = ['--images', demo('calibration'), '--preprocess', 'tf', '--preset', 'fast'];
const failed = ({ status, stderr }) => (status === 0 ? '' : stderr);

/** A model without the metadata that say where it comes from, which stand before the version and the graph. */
const graphOf = (file) => {
  const bytes = readFileSync(file).toString('latin1');
  return bytes.slice(bytes.indexOf('octavo_version'));
};

const refusals = [
  { says: 'a malformed file of ranges is refused with its line', text: 'image@@-1,1\nstem@@x,1\n',
    args: ['quantize', model, '--ranges', 'FILE'], status: 2, error: /ranges: line 2: wants two finite numbers MIN,MAX, not 'x,1'/ },
  { says: 'a file of ranges of another model is refused', text: 'a@@-1,1\n',
    args: ['quantize', model, '--ranges', 'FILE'], status: 2, error: /none of its names is one of the model's: 'a' \(did you mean/ },
  { says: 'a file of ranges and images are one too many',
    args: ['quantize', model, '--ranges', 'FILE', ...observed], status: 2, error: /from --images, or from --ranges or --data-free: give one/ },
  { says: 'the dynamic scheme takes no ranges',
    args: ['quantize', model, '--ranges', 'FILE', '--scheme', 'dynamic'], status: 2, error: /leave --images and --ranges out/ },
  { says: 'a format of ranges that nobody knows is refused',
    args: ['ranges', model, '--ranges', 'FILE', '--format', 'ncn'], status: 2, error: /did you mean 'ncnn'\?/ },
  { says: 'keys that name nothing of the model are refused with the nearest name',
    args: ['quantize', model, '--ranges', 'FILE', '--only', 'stam'], status: 2, error: /only 'stam': no node of the model is named, so that nothing would be quantized; did you mean 'stem'\?/ },
  { says: 'ranges come from somewhere', args: ['ranges', model], status: 2, error: /--images, a folder of samples, from --ranges, a file, or from --data-free: give one/ },
  { says: 'ranges of BatchNormalization and of a file are one too many',
    args: ['ranges', model, '--data-free', '--ranges', 'FILE'], status: 2, error: /from --data-free: give one/ },
  { says: 'a recipe is refused with its line', text: '{\n  "limit": 3,\n  "weights": "per-chanel"\n}',
    args: ['quantize', model, ...observed, '--recipe', 'FILE'], status: 2, error: /ranges: recipe, line 3, key 'weights': does not know 'per-chanel'/ },
];

test('both faces write the same files of ranges', (t) => {
  const folder = temporaryFolder(t);
  for (const flags of [[], ['--format', 'mace_log'], ['--format', 'ncnn'], ['--format', 'onnxruntime'], ['--format', 'tensorrt'], ['--format', 'flatbuffers'], ['--percentile', '10'],
    ['--percentile', '10', '--enhance'], ['--observer', 'percentile', '--percentile', '99'], ['--limit', '7']]) {
    const [native, npm] = Object.entries(faces).map(([name, octavo]) => {
      const file = join(folder, `${name}-${flags.join('')}`);
      assert.equal(failed(octavo(['ranges', model, '-o', file, ...observed, ...flags, '--quiet'])), '');
      return readFileSync(file, 'utf8');
    });
    assert.equal(native, npm, flags.join(' '));
    assert.ok(native.length > 500, flags.join(' '));
  }
});

for (const [name, octavo] of Object.entries(faces)) {
  test(`${name}: a file of ranges in place of images gives the same model`, (t) => {
    const folder = temporaryFolder(t);
    const at = (file) => join(folder, file);
    assert.equal(failed(octavo(['quantize', model, '-o', at('images.onnx'), ...observed])), '');
    for (const format of ['mace', 'mace_log', 'onnxruntime']) {
      assert.equal(failed(octavo(['ranges', model, '-o', at(format), ...observed, '--format', format])), '');
      const done = octavo(['quantize', model, '-o', at(`${format}.onnx`), '--ranges', at(format), '--json']);
      assert.equal(failed(done), '');
      assert.doesNotMatch(done.stderr, /warning/);
      assert.match(JSON.parse(done.stdout).warnings[0], /^without samples these are left out: observer auto, correction smooth, .*correction reconstruct; give samples/);
      assert.equal(graphOf(at(`${format}.onnx`)), graphOf(at('images.onnx')), format);
    }
  });

  test(`${name}: an ncnn table leaves in float what it leaves out, and says what lacks a range`, (t) => {
    const at = (file) => join(temporaryFolder(t), file);
    const table = at('table'), output = at('int8.onnx');
    assert.equal(failed(octavo(['ranges', model, '-o', table, ...observed, '--format', 'ncnn'])), '');
    const lines = readFileSync(table, 'utf8').split('\n').filter((line) => !/^classifier(_param_0)? /.test(line));
    writeFileSync(table, lines.join('\n'));
    const { status, stdout, stderr } = octavo(['quantize', model, '-o', output, '--ranges', table, '--json']);
    assert.equal(status, 0, stderr);
    assert.match(stderr, /values are without a range.*--input-range NAME=MIN,MAX gives one/);
    const nodes = Object.fromEntries(JSON.parse(stdout).nodes.map((node) => [node.name, node]));
    assert.equal(nodes['classifier'].reason, "excluded by 'classifier'");
    assert.ok(nodes['stem'].quantized);
  });

  test(`${name}: a log of ranges is merged as MACE does, and what merged it is told by the flags`, (t) => {
    const folder = temporaryFolder(t);
    const [log, ranges] = [join(folder, 'log'), join(folder, 'ranges')];
    const lines = ['image@@-1,1', 'image@@-3,2', 'image@@-2,4', 'stem@@0,1', 'stem@@0,9'];
    writeFileSync(log, `no range\n${lines.map((line) => `I 00:00 serial_net.cc:200 Tensor range @@${line}\n`).join('')}`);
    assert.equal(failed(octavo(['ranges', model, '--ranges', log, '-o', ranges, '--percentile', '25'])), '');
    assert.equal(readFileSync(ranges, 'utf8'), 'image@@-2.5,3\nstem/bn:0@@0,7\n');
  });

  test(`${name}: MNN's configuration is taken as it stands`, (t) => {
    const folder = temporaryFolder(t);
    const config = join(folder, 'mnn.json'), recipe = join(folder, 'recipe.json');
    writeFileSync(config, JSON.stringify({
      format: 'RGB', mean: [127.5, 127.5, 127.5], normal: [0.00784314, 0.00784314, 0.00784314], width: 96, height: 96,
      path: demo('calibration'), used_image_num: 9, feature_quantize_method: 'EMA', weight_quantize_method: 'MAX_ABS', used_image: 3,
    }, null, 2));
    const { status, stdout, stderr } = octavo(['quantize', model, '-o', join(folder, 'x.onnx'), '--config', config, '--write-recipe', recipe, '--json']);
    assert.equal(status, 0, stderr);
    assert.equal(JSON.parse(stdout).images, 9);
    assert.match(stderr, /mnn\.json: line 19, there is no key 'used_image'; did you mean 'used_image_num'\?/);
    const written = JSON.parse(readFileSync(recipe, 'utf8'));
    assert.deepEqual([written.interpolation, written.pick, written.observer, written.activations], ['bilinear-corners', 'first', 'moving_average', 'int8']);
    writeFileSync(config, '{\n  "path": "x",\n  "format": "RBG"\n}');
    const refused = octavo(['quantize', model, '-o', join(folder, 'y.onnx'), '--config', config]);
    assert.equal(refused.status, 2);
    assert.match(refused.stderr, /mnn\.json: line 3, key 'format': does not know 'RBG'; did you mean 'BGR'\?/);
  });

  for (const { says, text, args, status, error } of refusals) {
    test(`${name}: ${says}`, (t) => {
      const folder = temporaryFolder(t);
      const file = join(folder, 'ranges');
      writeFileSync(file, text ?? 'image@@-1,1\n');
      const done = octavo(args.map((word) => (word === 'FILE' ? file : word)).concat('-o', join(folder, 'out')));
      assert.equal(done.status, status, done.stderr);
      assert.match(done.stderr, error);
    });
  }
}

test('the package quantizes by a file of ranges, and by ranges of the recipe', async (t) => {
  const octavo = await createOctavo();
  t.after(() => octavo.dispose());
  const float = await octavo.open(model);
  const file = join(temporaryFolder(t), 'ranges');
  assert.equal(failed(faces.native(['ranges', model, '-o', file, ...observed])), '');
  const ranges = readFileSync(file, 'utf8');
  const int8 = await float.quantize({}, { ranges });
  const table = join(temporaryFolder(t), 'calibration.flatbuffers');
  assert.equal(failed(faces.native(['ranges', model, '-o', table, ...observed, '--format', 'flatbuffers'])), '');
  const symmetric = await float.quantize({}, { ranges: readFileSync(table) });
  assert.equal(symmetric.info.quantized, int8.info.quantized);
  assert.ok(int8.report.nodes.filter((node) => node.quantized).length > 30);
  const input_ranges = Object.fromEntries(ranges.trim().split('\n').map((line) => [line.split('@@')[0], line.split('@@')[1].split(',').map(Number)]));
  const byHand = await float.quantize({ input_ranges });
  assert.equal(byHand.info.quantized, int8.info.quantized);
  await assert.rejects(float.quantize({}, { ranges: 'image@@1\n' }), { code: 'E_INVALID_ARGUMENT', where: 'line 1' });
  await assert.rejects(float.quantize({ scheme: 'dynamic' }, { ranges }), /static scheme only/);
});

test('presets give the schemes of PyTorch, in both faces alike', (t) => {
  const folder = temporaryFolder(t);
  for (const preset of ['qnnpack', 'fbgemm']) {
    const [native, npm] = Object.entries(faces).map(([name, octavo]) => {
      const file = join(folder, `${name}-${preset}.onnx`);
      assert.equal(failed(octavo(['quantize', model, '-o', file, ...observed, '--preset', preset, '--quiet'])), '');
      return readFileSync(file);
    });
    assert.ok(native.equals(npm), preset);
  }
});
