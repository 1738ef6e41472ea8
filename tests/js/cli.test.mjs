// The command line, native and from the npm package: the same words, codes and bytes.
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { demo, faces, npy, observers, temporaryFolder, weightMethods } from '../support.mjs';

const quantizeDemo = (output, ...more) =>
  ['quantize', demo('demo.onnx'), '-o', output, '--images', demo('calibration'), '--preprocess', 'tf', ...more];
const compareDemo = (quantized, ...more) =>
  ['compare', demo('demo.onnx'), quantized, '--images', demo('test'), '--labels', demo('labels.txt'), '--preprocess', 'tf', ...more];

test('both faces write the same bytes', (t) => {
  const folder = temporaryFolder(t);
  const choices = [
    ...observers.map((observer) => ['--observer', observer]),
    ['--correct', 'bias'], ['--preset', 'best'], ['--preset', 'safe', '--weights', 'per-tensor'],
    ...weightMethods.map((method) => ['--weight-method', method, '--weight-bits', '7']),
  ];
  for (const choice of choices) {
    const files = Object.entries(faces).map(([name, octavo]) => {
      const file = join(folder, `${choice.join('')}-${name}.onnx`);
      const { status, stderr } = octavo(quantizeDemo(file, ...choice, '--limit', '12'));
      assert.equal(status, 0, stderr);
      return readFileSync(file);
    });
    assert.ok(files[0].equals(files[1]), choice.join(' '));
  }
});

test('both faces report the same numbers', (t) => {
  const file = join(temporaryFolder(t), 'int8.onnx');
  faces.native(quantizeDemo(file, '--preset', 'fast', '--weights', 'per-tensor'));
  const reports = Object.values(faces).map((octavo) => {
    const report = JSON.parse(octavo(compareDemo(file, '--json')).stdout);
    delete report.float.ms;
    delete report.quantized.ms;
    return report;
  });
  assert.deepEqual(reports[0], reports[1]);
  assert.ok(reports[0].flips.length > 5 && reports[0].layers.some(({ advice }) => advice.length > 0));
});

test('any number of threads gives the same bytes', (t) => {
  const folder = temporaryFolder(t);
  for (const observer of observers) {
    const [one, three] = ['1', '3'].map((threads) => {
      const file = join(folder, `${observer}-${threads}.onnx`);
      assert.equal(faces.native(quantizeDemo(file, '--threads', threads, '--observer', observer)).status, 0);
      return readFileSync(file);
    });
    assert.ok(one.equals(three), observer);
  }
});

test('native: any number of threads in a run gives the same output', (t) => {
  const folder = temporaryFolder(t);
  const input = join(folder, 'x.npy');
  writeFileSync(input, npy([1, 3, 96, 96], Float32Array.from({ length: 3 * 96 * 96 }, (_, i) => Math.sin(i))));
  const [one, three] = [1, 3].map((threads) => {
    const output = join(folder, `${threads}.npy`);
    const { status, stderr } = faces.native(['run', demo('demo.onnx'), '--input', input, '--output', output, '--threads', String(threads)]);
    assert.equal(status, 0, stderr);
    return readFileSync(output);
  });
  assert.ok(one.equals(three));
});

for (const [name, octavo] of Object.entries(faces)) {
  test(`${name}: a recipe that was written gives the same file again`, (t) => {
    const folder = temporaryFolder(t);
    const [a, b, recipe] = ['a.onnx', 'b.onnx', 'recipe.json'].map((file) => join(folder, file));
    assert.equal(octavo(quantizeDemo(a, '--limit', '9', '--weights', 'per-tensor', '--write-recipe', recipe)).status, 0);
    assert.equal(JSON.parse(readFileSync(recipe, 'utf8')).weights, 'per-tensor');
    assert.equal(octavo(['quantize', demo('demo.onnx'), '-o', b, '--images', demo('calibration'), '--recipe', recipe]).status, 0);
    assert.ok(readFileSync(a).equals(readFileSync(b)));
  });

  test(`${name}: a quantized model is refused before it is calibrated`, (t) => {
    const [once, twice] = ['once.onnx', 'twice.onnx'].map((file) => join(temporaryFolder(t), file));
    octavo(quantizeDemo(once));
    const { status, stderr } = octavo(['quantize', once, '-o', twice, '--images', demo('calibration'), '--preprocess', 'tf']);
    assert.equal(status, 2, stderr);
    assert.match(stderr, /already quantized; give the float model/);
  });

  test(`${name}: compare gives one JSON object with the promised fields`, (t) => {
    const file = join(temporaryFolder(t), 'int8.onnx');
    octavo(quantizeDemo(file));
    const { status, stdout } = octavo(compareDemo(file, '--json'));
    assert.equal(status, 0);
    const report = JSON.parse(stdout);
    assert.equal(report.images, readdirSync(demo('test')).length);
    for (const model of [report.float, report.quantized]) {
      assert.deepEqual(Object.keys(model), ['top1', 'top5', 'ms', 'bytes']);
    }
    assert.deepEqual(Object.keys(report.output), ['sqnr_db', 'cosine', 'kl']);
    assert.deepEqual(Object.keys(report.layers[0]),
      ['name', 'op', 'sqnr_db', 'accumulated_sqnr_db', 'cosine', 'activations', 'weights', 'advice']);
    const { activations, weights } = report.layers[0];
    assert.deepEqual(Object.keys(activations), ['dtype', 'scale', 'zero_point', 'chosen', 'observed', 'clipped', 'histogram']);
    assert.equal(weights.scale.length, 16, 'one a channel');
    assert.ok(weights.channel_spread > 1);
    assert.equal(report.flips.length, Math.round((1 - report.agreement) * report.images));
    for (const { name, label, float, quantized } of report.flips) {
      assert.ok(readdirSync(demo('test')).includes(name.split('/').at(-1)));
      assert.ok(label >= 0 && float.class !== quantized.class && float.confidence > 0 && float.confidence <= 1);
    }
    assert.equal(report.quantized.bytes, readFileSync(file).length);
    assert.ok(report.agreement > 0.9 && report.float.top1 > 0.85);
  });

  test(`${name}: a missed threshold ends with 5 and says which`, (t) => {
    const file = join(temporaryFolder(t), 'int8.onnx');
    octavo(quantizeDemo(file));
    assert.equal(octavo(compareDemo(file, '--fail-below', 'agreement=0.5')).status, 0);
    const missed = octavo(compareDemo(file, '--fail-below', 'top1=1.1'));
    assert.equal(missed.status, 5);
    assert.match(missed.stderr, /missed: top1 is 0\.\d+, below 1\.1/);
  });

  test(`${name}: nothing is overwritten without --force`, (t) => {
    const file = join(temporaryFolder(t), 'mine.onnx');
    writeFileSync(file, 'mine');
    const refused = octavo(quantizeDemo(file));
    assert.equal(refused.status, 2);
    assert.match(refused.stderr, /mine\.onnx: exists already; use --force to replace it/);
    assert.equal(readFileSync(file, 'utf8'), 'mine');
    assert.equal(octavo(quantizeDemo(file, '--force')).status, 0);
  });

  test(`${name}: a file that is no picture is named and skipped, and failure leaves no file behind`, (t) => {
    const folder = temporaryFolder(t);
    const images = join(folder, 'images');
    mkdirSync(images);
    writeFileSync(join(images, 'notes.txt'), 'no picture');
    const output = join(folder, 'out.onnx');
    const none = octavo(['quantize', demo('demo.onnx'), '-o', output, '--images', images]);
    assert.equal(none.status, 4);
    assert.match(none.stderr, /none of its 1 files is a JPEG, PNG, BMP or \.npy/);
    assert.deepEqual(readdirSync(folder), ['images']);

    const picture = readdirSync(demo('calibration'))[0];
    writeFileSync(join(images, picture), readFileSync(demo(`calibration/${picture}`)));
    const some = octavo(['quantize', demo('demo.onnx'), '-o', output, '--images', images, '--json']);
    assert.equal(some.status, 0, some.stderr);
    assert.match(some.stderr, /skipped +.*notes\.txt: not a JPEG, PNG or BMP picture, or a damaged one/);
    assert.equal(JSON.parse(some.stdout).images, 1);
  });

  test(`${name}: run gives what compare judged`, (t) => {
    const folder = temporaryFolder(t);
    const input = join(folder, 'x.npy');
    const output = join(folder, 'y.npy');
    const dims = [1, 3, 96, 96];
    writeFileSync(input, npy(dims, new Float32Array(dims.reduce((a, b) => a * b)).fill(0.25)));
    const { status, stdout, stderr } = octavo(['run', demo('demo.onnx'), '--input', input, '--output', output, '--profile', '2']);
    assert.match(stdout, /ms a run, peak memory .* MB\n[^]*GMAC\/s +Conv /);
    assert.equal(status, 0, stderr);
    assert.match(stdout, /y\.npy: \S+ float32 \[1, 8\]/);
    const scores = new Float32Array(Uint8Array.from(readFileSync(output).subarray(-32)).buffer);
    assert.ok(Math.abs(scores.reduce((a, b) => a + b) - 1) < 1e-5, 'probabilities add up to 1');
  });

  for (const { says, args, status, error } of refusals()) {
    test(`${name}: ${says}`, () => {
      const done = octavo(args);
      assert.equal(done.status, status, done.stderr);
      assert.match(done.stderr, error);
      assert.equal(done.stdout, '');
    });
  }
}

function refusals() {
  return [
    { says: 'no command is a usage error', args: [], status: 2, error: /./ },
    { says: 'an unknown command is a usage error', args: ['quantise'], status: 2, error: /^octavo: there is no command 'quantise'; octavo --help lists them\n$/ },
    { says: 'an unknown flag is a usage error', args: ['inspect', 'x', '--nonsense'], status: 2, error: /^octavo: there is no flag '--nonsense'; octavo inspect --help tells more\n$/ },
    { says: 'one argument too many is a usage error', args: ['lint', 'x', 'y'], status: 2, error: /^octavo: 'y' is one too many; octavo lint --help/ },
    { says: 'a missing model is a usage error', args: ['inspect'], status: 2, error: /^octavo: MODEL is required; octavo inspect --help/ },
    { says: 'a missing output is a usage error', args: ['quantize', demo('demo.onnx'), '--images', '.'], status: 2, error: /^octavo: --output is required/ },
    { says: 'a model that is not there is not readable', args: ['inspect', 'nowhere.onnx'], status: 3, error: /nowhere\.onnx: cannot open: [^/]*\n$/ },
    { says: 'a picture is no model', args: ['inspect', demo(`test/${readdirSync(demo('test'))[0]}`)], status: 3, error: /JPEG/ },
    {
      says: 'a word of the recipe that is not known names the nearest one',
      args: quantizeDemo('/nowhere/x.onnx', '--observer', 'minmax'), status: 2, error: /did you mean 'min_max'\?/,
    },
    {
      says: 'a folder that is not there is a calibration error',
      args: ['quantize', demo('demo.onnx'), '-o', '/nowhere/x.onnx', '--images', '/nowhere/at/all'], status: 4, error: /\/nowhere\/at\/all/,
    },
    {
      says: 'labels that name no picture are a calibration error',
      args: ['compare', demo('demo.onnx'), demo('demo.onnx'), '--images', demo('calibration'), '--labels', demo('labels.txt')],
      status: 4, error: /names none of the pictures/,
    },
    {
      says: 'a threshold of an unknown figure is a usage error',
      args: compareDemo(demo('demo.onnx'), '--fail-below', 'top2=1'), status: 2, error: /there is no figure 'top2'; did you mean 'top1'\?/,
    },
    {
      says: 'preprocessing that does not fit the model is a usage error',
      args: quantizeDemo('/nowhere/x.onnx', '--crop', '10x10'), status: 2, error: /gives pictures of 10x10, the model's input is 96x96/,
    },
  ];
}
