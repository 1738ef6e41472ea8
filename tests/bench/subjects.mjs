// What the benchmarks run: the models of models/models.json and more of the shared data, each in
// float, as Octavo's int8 file (dynamic where there are no pictures) and where there is one as
// LiteRT's, with an input.
import { existsSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createOctavo } from 'octavo';
import { dataFolder, faces, flagsOf, models, npy, somePictures } from '../support.mjs';
import { typed } from './turns.mjs';

const torchvision = { preset: 'fast', preprocess: 'imagenet', resize: 256, crop: [224, 224], limit: 16 };
const more = ['resnet18', 'mobilenet_v3_small', 'shufflenet_v2_x0_5'].map((name) => ({
  name, file: join(dataFolder, 'architectures', `${name}.onnx`), images: join(dataFolder, 'imagenet'), recipe: torchvision,
}));
const tokens = { name: 'text_encoder_4x192', file: join(dataFolder, 'architectures/text_encoder_4x192.onnx'), length: 64 };

const litertFile = (name) => join(dataFolder, 'tflite', `${name}_int8.tflite`);
const there = (model) => existsSync(model.file);

function quantize(float, int8, flags) {
  const { status, stderr } = faces.native(['quantize', float, '-o', int8, ...flags]);
  if (status !== 0) throw new Error(stderr);
}

/**
 * Each model whose name is `wanted`, with all its files in `folder`: { name, macs, inputs: [{ name, dtype,
 * dims, values }], files: { float, int8, tflite, inputs }, npy: [path of an input], path(file) }; a
 * file that is null is not there.
 */
export async function subjects(folder, wanted = /./) {
  const octavo = await createOctavo();
  const made = [];
  for (const model of [...models.filter(({ skip }) => !skip), ...more.filter(there)].filter(({ name }) => wanted.test(name))) {
    const int8 = join(folder, `${model.name}_int8.onnx`);
    quantize(model.file, int8, ['--images', model.images, ...flagsOf({ ...model.recipe, limit: 16 })]);
    const opened = await octavo.open(model.file);
    const { dtype, dims, data } = await opened.inputOf(model.recipe, somePictures(model.images, 1)[0].bytes);
    made.push(await subject(folder, model, opened, [{ name: opened.info.inputs[0].name, dtype, dims: [...dims], values: [...data] }]));
    opened.dispose();
  }
  if (there(tokens) && wanted.test(tokens.name)) {
    const opened = await octavo.open(tokens.file);
    const inputs = opened.info.inputs.map(({ name, dtype }, n) => (
      { name, dtype, dims: [1, tokens.length], values: Array.from({ length: tokens.length }, (_, i) => (n === 0 ? (i * 37) % 100 : 1)) }));
    quantize(tokens.file, join(folder, `${tokens.name}_int8.onnx`), ['--scheme', 'dynamic']);
    made.push(await subject(folder, tokens, opened, inputs));
    opened.dispose();
  }
  octavo.dispose();
  return made;
}

async function subject(folder, { name, file }, opened, inputs) {
  const path = (within) => join(folder, within);
  const linked = (from, to) => existsSync(from) && (symlinkSync(from, path(to)), to);
  const files = {
    float: linked(file, `${name}.onnx`), int8: existsSync(path(`${name}_int8.onnx`)) ? `${name}_int8.onnx` : null,
    tflite: linked(litertFile(name), `${name}.tflite`) || null, inputs: `${name}.json`,
  };
  writeFileSync(path(files.inputs), JSON.stringify(inputs));
  const arrays = inputs.map((input, i) => {
    const array = path(`${name}_${i}.npy`);
    writeFileSync(array, npy(input.dims, typed(input)));
    return array;
  });
  const { steps } = await opened.profile(inputs.map((input) => ({ dtype: input.dtype, dims: input.dims, data: typed(input) })), 1);
  return { name, macs: steps.reduce((all, { macs }) => all + macs, 0), inputs, files, npy: arrays, path };
}
