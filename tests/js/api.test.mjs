// The npm package in Node: the API that the types promise.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { openAsBlob } from 'node:fs';
import test from 'node:test';
import { createOctavo, OctavoError, spread } from 'octavo';
import { demo, demoPictures, inRoot, npy, observers, weightMethods } from '../support.mjs';

const recipe = { preprocess: 'tf' };
const calibration = () => demoPictures('calibration').map(({ name, bytes }) => ({ name, data: bytes }));

test('a model opens from a path, a URL, bytes, a buffer and a Blob, with the same result', async (t) => {
  const octavo = await createOctavo();
  t.after(() => octavo.dispose());
  const bytes = readFileSync(demo('demo.onnx'));
  const sources = [demo('demo.onnx'), pathToFileURL(demo('demo.onnx')), bytes, bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length),
    await openAsBlob(demo('demo.onnx'))];
  const infos = [];
  for (const source of sources) infos.push((await octavo.open(source)).info);
  for (const info of infos) assert.deepEqual(info, infos[0]);
  assert.equal(infos[0].unsupported.length, 0);
  assert.deepEqual(infos[0].inputs.map(({ shape }) => shape), ['[N, 3, 96, 96]']);
});

test('calibrate, quantize, compare and save, with progress that never falls', async () => {
  const octavo = await createOctavo();
  const model = await octavo.open(demo('demo.onnx'));
  const steps = [];
  const calibrated = await model.calibrate(calibration(), recipe, { onProgress: (step) => steps.push(step) });
  assert.equal(steps.length, calibration().length);
  assert.ok(steps.every(({ done, phase }, i) => done === i + 1 && phase === 'calibrate'));
  const int8 = await model.quantize(calibrated);
  assert.ok(int8.info.is_quantized);
  assert.equal(int8.report.images, calibration().length);
  const file = await int8.save();
  assert.equal(file.length, int8.info.bytes);
  const report = await model.compare(int8, demoPictures('test').map(({ name, bytes }) => ({ name, data: bytes })), recipe);
  assert.ok(report.agreement > 0.9);
  assert.equal(report.float.top1, null, 'no labels, no accuracy');
  const again = await octavo.open(file);
  const [x] = [{ dtype: 'float32', dims: [1, 3, 96, 96], data: new Float32Array(3 * 96 * 96).fill(0.5) }];
  assert.deepEqual(await again.run([x]), await int8.run([x]), 'the file runs as the model in memory did');
  octavo.dispose();
});

test('a sample that fails ends the work there: none after it is in, and it goes on from `done`', async (t) => {
  const wrong = { name: 'wrong.npy', data: npy([2, 3], new Float32Array(6)) };
  const fold = async (workers, parts) => {
    const octavo = await createOctavo({ workers });
    t.after(() => octavo.dispose());
    const model = await octavo.open(demo('demo.onnx'));
    const calibrated = await model.calibration(recipe);
    for (const part of parts) await part(calibrated);
    return (await model.quantize(calibrated)).save();
  };
  const samples = calibration().slice(0, 24);
  const whole = await fold(1, [(c) => c.add(samples)]);
  for (const workers of [1, 2]) {
    const failing = async (c) => {
      await assert.rejects(c.add([...samples.slice(0, 10), wrong, ...samples.slice(10)]), (error) => error.where.startsWith('wrong.npy'));
      assert.ok(c.done <= 10);
    };
    assert.deepEqual(await fold(workers, [failing, (c) => c.add(samples.slice(c.done))]), whole);
  }
});

test('any number of engines gives the same file and report', async (t) => {
  const broken = { name: 'broken.jpg', data: new TextEncoder().encode('no picture') };
  const samples = [...calibration().slice(0, 9), broken, ...calibration().slice(9, 21), { ...broken, name: 'damaged.jpg' }];
  const fold = async (workers, observer) => {
    const octavo = await createOctavo({ workers });
    t.after(() => octavo.dispose());
    const model = await octavo.open(readFileSync(demo('demo.onnx')));
    const steps = [];
    const calibrated = await model.calibrate(samples, { ...recipe, observer }, { onProgress: (step) => steps.push(step.done) });
    assert.deepEqual(steps, samples.map((_, i) => i + 1), 'progress never falls');
    assert.equal(calibrated.done, samples.length);
    const int8 = await model.quantize(calibrated);
    const report = await model.compare(int8, samples.map((sample, i) => ({ ...sample, label: i % 8 })), recipe);
    delete report.float.ms;
    delete report.quantized.ms;
    return { file: await int8.save(), skipped: await calibrated.skipped(), report };
  };
  for (const observer of ['min_max', 'moving_average', 'mse', 'percentile']) {
    const one = await fold(1, observer);
    assert.deepEqual(one.skipped.map(({ name }) => name), ['broken.jpg', 'damaged.jpg']);
    for (const workers of [2, 3]) assert.deepEqual(await fold(workers, observer), one, `${observer} on ${workers}`);
  }
});

test('what is tried and corrected looks at samples again, tells how far it is and can be stopped', async (t) => {
  const octavo = await createOctavo({ workers: 2 });
  t.after(() => octavo.dispose());
  const model = await octavo.open(readFileSync(demo('demo.onnx')));
  const wish = { ...recipe, preset: 'best', weights: 'per-tensor' };
  const calibrated = await model.calibrate(calibration(), wish);
  const seen = [];
  const int8 = await model.quantize(calibrated, { onProgress: ({ phase, done, total, name }) => seen.push([phase, done, total, name]) });
  assert.deepEqual([...new Set(seen.map(([phase]) => phase))], ['load', 'try', 'choose', 'correct']);
  for (const [, done, total] of seen) assert.ok(done <= total);
  const { trials, corrections } = int8.report;
  assert.equal(trials.filter(({ kept }) => kept).length, 1);
  assert.equal(Math.min(...trials.map(({ kl }) => kl)), trials.find(({ kept }) => kept).kl);
  for (const layer of corrections) assert.ok(layer.error_after <= layer.error_before, layer.name);
  const told = (phase) => seen.filter(([of]) => of === phase).map(([, , , name]) => name);
  for (const name of told('try').filter((name) => name !== '')) assert.ok(trials.some((trial) => trial.name === name), name);
  assert.ok(corrections.length === 0 || told('correct').includes(corrections.at(-1).name), 'of layers too');

  const plain = await model.quantize(await model.calibrate(calibration(), { ...wish, preset: 'fast' }));
  const agreementOf = async (quantized) => (await model.compare(quantized, calibration(), wish)).output.sqnr_db;
  assert.ok(await agreementOf(int8) > await agreementOf(plain), 'nearer to the float model than without');

  const stop = new AbortController();
  const stopped = model.quantize(calibrated, { signal: stop.signal, onProgress: ({ phase }) => { if (phase === 'correct') stop.abort(); } });
  await assert.rejects(stopped, { name: 'AbortError' });
  assert.deepEqual(await (await model.quantize(calibrated)).save(), await int8.save(), 'and again gives the same');
});

test('engines beyond the first tell of errors, and of times in a phase of their own', async (t) => {
  const octavo = await createOctavo({ workers: 2 });
  t.after(() => octavo.dispose());
  const model = await octavo.open(demo('demo.onnx'));
  const nowhere = calibration().map(({ name }) => ({ name, data: `/nowhere/${name}` }));
  const unread = await model.calibration(recipe);
  await assert.rejects(unread.add(nowhere), (error) => error.code === 'E_IO' && /cannot be read/.test(error.message));
  assert.equal(unread.done, 0);
  const phases = [];
  const onProgress = ({ phase, done, total }) => phases.push(`${phase} ${done}/${total}`);
  await model.compare(model, calibration().slice(0, 8), recipe, { onProgress });
  assert.deepEqual(phases.filter((step) => step.endsWith('/8') && !step.startsWith('time')).length, 8);
  assert.equal(phases.at(-1), 'time 8/8');
});

for (const workers of [1, 2, 3]) test(`an aborted calibration keeps what it has and goes on to the same bytes: ${workers} engines`, async (t) => {
  const octavo = await createOctavo({ workers });
  t.after(() => octavo.dispose());
  const model = await octavo.open(demo('demo.onnx'));
  const samples = calibration();
  const whole = await (await model.quantize(await model.calibrate(samples, recipe))).save();

  const stopped = await model.calibration(recipe);
  const abort = new AbortController();
  const reason = new Error('enough');
  const run = stopped.add(samples, { signal: abort.signal, onProgress: ({ done }) => done === 5 && abort.abort(reason) });
  await assert.rejects(run, reason);
  assert.ok(stopped.done <= 5 + 2 * workers, 'samples that were on their way ended');
  if (workers === 1) assert.ok(stopped.done >= 5);
  await stopped.add(samples.slice(stopped.done));
  assert.deepEqual(await (await model.quantize(stopped)).save(), whole);
});

test('errors carry a code, a sentence and a place', async () => {
  const octavo = await createOctavo();
  const model = await octavo.open(demo('demo.onnx'));
  const fails = (promise, code, message) =>
    assert.rejects(promise, (error) => error instanceof OctavoError && error.code === code && message.test(error.toString()));
  await fails(octavo.open(new Uint8Array(0)), 'E_MODEL_UNREADABLE', /empty/);
  await fails(octavo.open('/nowhere.onnx'), 'E_MODEL_UNREADABLE', /nowhere\.onnx: cannot open/);
  await fails(model.calibrate([], recipe).then((c) => model.quantize(c)), 'E_CALIBRATION_DATA', /no samples/);
  await fails(model.calibration({ weights: 'per-row' }), 'E_INVALID_ARGUMENT', /recipe, key 'weights'.*did you mean/);
  await fails(model.calibrate([{ nodata: 1 }], recipe), 'E_INVALID_ARGUMENT', /wants `data`/);
  await fails(model.run([{ dtype: 'float32', dims: [1, 3, 96], data: new Float32Array(3 * 96) }]), 'E_INVALID_ARGUMENT', /./);
  await fails(model.run([{ dtype: 'float32', dims: [2], data: new Float32Array(3) }]), 'E_INVALID_ARGUMENT', /does not fit/);
});

test('pictures that cannot be read are skipped by name', async () => {
  const octavo = await createOctavo();
  const model = await octavo.open(demo('demo.onnx'));
  const broken = { name: 'broken.jpg', data: new TextEncoder().encode('no picture') };
  const calibrated = await model.calibrate([broken, ...calibration()], recipe);
  assert.deepEqual(await calibrated.skipped(), [{ name: 'broken.jpg', reason: 'not a JPEG, PNG or BMP picture, or a damaged one' }]);
});

test('what was disposed says so', async () => {
  const octavo = await createOctavo();
  const model = await octavo.open(demo('demo.onnx'));
  model.dispose();
  model.dispose();
  await assert.rejects(model.save(), /disposed/);
});

test('spread takes evenly and in order', () => {
  assert.deepEqual(spread([0, 1, 2, 3, 4, 5, 6, 7, 8, 9], 4), [0, 2, 5, 7]);
  assert.deepEqual(spread([1, 2], 0), [1, 2]);
  assert.deepEqual(spread([1, 2], 5), [1, 2]);
});

test('it tells what keys of a recipe can be', async (t) => {
  const octavo = await createOctavo({ workers: 1 });
  t.after(() => octavo.dispose());
  const choices = await octavo.choices();
  assert.deepEqual(choices.observer.map(({ name }) => name), ['auto', ...observers]);
  assert.deepEqual(choices.scheme.map(({ name }) => name), ['static', 'dynamic', 'weight-only', 'float16']);
  assert.deepEqual(choices.weight_method.map(({ name }) => name), weightMethods);
  assert.ok(Object.values(choices).flat().every(({ description }) => description.length > 0));
  for (const { name, sets } of choices.preset) {
    const full = await octavo.normalize({ preset: name });
    for (const [key, value] of Object.entries(sets)) assert.deepEqual(full[key], value, `${name}: ${key}`);
  }
});

test('a recipe is filled in with the defaults', async () => {
  const octavo = await createOctavo();
  const full = await octavo.normalize({ preprocess: 'caffe' });
  assert.equal(full.color, 'bgr');
  assert.equal(full.weights, 'per-channel');
  assert.equal(full.observer, undefined, 'the default preset, which gives way to choices by hand');
  assert.equal((await octavo.normalize({ preset: 'fast' })).observer, 'min_max');
});

test('the types compile for consumers, strictly, under both module resolutions', () => {
  for (const [module, resolution] of [['ESNext', 'bundler'], ['Node16', 'node16']]) {
    execFileSync(inRoot('node_modules/.bin/tsc'), ['--ignoreConfig', '--noEmit', '--strict', '--skipLibCheck', 'false', '--target', 'es2022', '--lib',
      'es2022,dom,dom.iterable', '--types', 'node', '--module', module, '--moduleResolution', resolution, inRoot('tests/js/consumer.mts')], { stdio: 'pipe' });
  }
});
