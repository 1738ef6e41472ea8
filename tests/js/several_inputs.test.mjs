// Samples of models with several inputs: folders with a file for each, through both command lines and the package.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { createOctavo } from 'octavo';
import { faces, temporaryFolder } from '../support.mjs';
import { number, part } from './model_of_products.mjs';

const side = 8, samples = 6;

/** y (N, side) = (x (N, side) + z/in (N, side)) times a matrix */
function modelOfTwoInputs(path) {
  const dim = (value) => part(1, typeof value === 'number' ? number(1, value) : part(2, value));
  const value = (field, name) => part(field, part(1, name), part(2, part(1, number(1, 1), part(2, dim('N'), dim(side)))));
  const node = (op, output, ...inputs) => part(1, ...inputs.map((input) => part(1, input)), part(2, output), part(3, output), part(4, op));
  const data = Buffer.from(Float32Array.from({ length: side * side }, (_, i) => (((i * 7919) % 1001) - 500) / 4000).buffer);
  const weights = part(5, number(1, side), number(1, side), number(2, 1), part(8, 'w'), part(9, data));
  const graph = part(7, node('Add', 's', 'x', 'z/in'), node('MatMul', 'y', 's', 'w'), weights, value(11, 'x'), value(11, 'z/in'), value(12, 'y'));
  writeFileSync(path, Buffer.concat([number(1, 8), part(8, part(1, ''), number(2, 13)), graph]));
}

const floats = (seed) => Float32Array.from({ length: side }, (_, i) => ((seed * 31 + i * 17) % 13) / 4 - 1.5);

function npy(values) {
  const header = `{'descr': '<f4', 'fortran_order': False, 'shape': (1, ${values.length}), }`.padEnd(117) + '\n';
  return Buffer.concat([Buffer.from('\x93NUMPY\x01\x00v\x00', 'latin1'), Buffer.from(header), Buffer.from(values.buffer)]);
}

/** Of the same numbers, as arrays or as MNN's texts. */
function writeSamples(folder, asText) {
  for (let i = 0; i < samples; ++i) {
    const at = (name) => join(folder, `sample ${i}`, name);
    mkdirSync(at('.'), { recursive: true });
    writeFileSync(at('x.npy'), npy(floats(i)));
    if (asText) writeFileSync(at('z_in.txt'), `${[...floats(i + 7)].join(' ')}\n`);
    else writeFileSync(at('z_in.npy'), npy(floats(i + 7)));
    writeFileSync(at('notes.md'), 'not an input');
  }
  return folder;
}

/** The model, and its samples as arrays and as text. */
function given(t) {
  const folder = temporaryFolder(t);
  const at = (name) => join(folder, name);
  modelOfTwoInputs(at('float.onnx'));
  return { at, arrays: writeSamples(at('arrays'), false), texts: writeSamples(at('texts'), true) };
}

test('folders of arrays and of texts give the same model from every face', async (t) => {
  const { at, arrays, texts } = given(t);
  writeFileSync(at('mnn.json'), JSON.stringify({ path: texts, input_type: 'sequence', feature_quantize_method: 'EMA' }));
  const models = Object.entries(faces).flatMap(([face, octavo]) => [['arrays', '--images', arrays], ['texts', '--images', texts]].map(([name, ...flags]) => {
    const file = at(`${face}-${name}.onnx`);
    const { status, stderr, stdout } = octavo(['quantize', at('float.onnx'), '-o', file, ...flags, '--preset', 'fast', '--json']);
    assert.equal(status, 0, stderr);
    const { images, nodes } = JSON.parse(stdout);
    assert.equal(images, samples);
    assert.ok(nodes.some(({ quantized }) => quantized));
    return readFileSync(file);
  }));
  const octavo = await createOctavo({ workers: 2 });
  t.after(() => octavo.dispose());
  const float = await octavo.open(at('float.onnx'));
  const files = Array.from({ length: samples }, (_, i) => ({ name: `sample ${i}`, data: { 'x.npy': npy(floats(i)), 'z_in.npy': npy(floats(i + 7)) } }));
  const folders = Array.from({ length: samples }, (_, i) => join(arrays, `sample ${i}`));
  for (const given of [files, folders]) {
    models.push(Buffer.from(await (await float.quantize(await float.calibrate(given, { preset: 'fast' }))).save()));
  }
  for (const model of models) assert.ok(model.equals(models[0]));
  for (const [face, octavo] of Object.entries(faces)) {
    const sequence = octavo(['quantize', at('float.onnx'), '-o', at(`${face}-mnn.onnx`), '--config', at('mnn.json'), '--json']);
    assert.equal(sequence.status, 0, sequence.stderr);
    assert.equal(JSON.parse(sequence.stdout).images, samples);
    const compared = octavo(['compare', at('float.onnx'), at('native-arrays.onnx'), '--images', texts, '--fail-below', 'sqnr=25', '--json']);
    assert.equal(compared.status, 0, compared.stderr);
    assert.equal(JSON.parse(compared.stdout).images, samples);
  }
});

for (const [name, octavo] of Object.entries(faces)) {
  test(`${name}: says which input of which sample is missing`, (t) => {
    const { at, arrays } = given(t);
    writeFileSync(join(arrays, 'sample 3', 'z_in.npy'), 'PK');
    const broken = octavo(['quantize', at('float.onnx'), '-o', at('x.onnx'), '--images', arrays, '--preset', 'fast']);
    assert.equal(broken.status, 4);
    assert.match(broken.stderr, /sample 3: z_in\.npy: not a usable \.npy file/);
    mkdirSync(at('few/a'), { recursive: true });
    writeFileSync(at('few/a/x.npy'), npy(floats(1)));
    const missing = octavo(['quantize', at('float.onnx'), '-o', at('x.onnx'), '--images', at('few'), '--preset', 'fast']);
    assert.equal(missing.status, 4);
    assert.match(missing.stderr, /few\/a: (no sample could be used; of the last: )?it has no file for the input 'z\/in': z_in\.npy or z_in\.txt/);
    const log = octavo(['ranges', at('float.onnx'), '-o', at('log'), '--images', at('texts'), '--format', 'mace_log', '--quiet']);
    assert.equal(log.status, 0, log.stderr);
    assert.equal(readFileSync(at('log'), 'utf8').split('\n').filter((line) => line.includes('@@x@@')).length, samples);
  });
}
