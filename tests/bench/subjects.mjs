// What the benchmarks run: the models of models/models.json and more of the shared data, each in
// float, as Octavo's int8 file and where there is one as LiteRT's, with an input.
import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { createOctavo } from 'octavo';
import { dataFolder, faces, flagsOf, models, somePictures } from '../support.mjs';

const torchvision = { preprocess: 'imagenet', resize: 256, crop: [224, 224], limit: 16 };
const more = ['resnet18', 'mobilenet_v3_small', 'shufflenet_v2_x0_5'].map((name) => ({
  name, file: join(dataFolder, 'architectures', `${name}.onnx`), images: join(dataFolder, 'imagenet'), recipe: torchvision,
}));
const tokens = { name: 'text_encoder_4x192', file: join(dataFolder, 'architectures/text_encoder_4x192.onnx'), length: 64 };

const litertFile = (name) => join(dataFolder, 'tflite', `${name}_int8.tflite`);
const there = (model) => existsSync(model.file);

/** [{ name, float, int8, tflite, inputs: [{ name, dtype, dims, values }] }]; what is null is not there. */
export async function subjects(folder, wanted = /./) {
  const octavo = await createOctavo();
  const made = [];
  for (const model of [...models.filter(({ skip }) => !skip), ...more.filter(there)].filter(({ name }) => wanted.test(name))) {
    const int8 = join(folder, `${model.name}_int8.onnx`);
    const recipe = { ...model.recipe, limit: 16 };
    const { status, stderr } = faces.native(['quantize', model.file, '-o', int8, '--images', model.images, ...flagsOf(recipe)]);
    if (status !== 0) throw new Error(stderr);
    const opened = await octavo.open(model.file);
    const { dtype, dims, data } = await opened.inputOf(model.recipe, somePictures(model.images, 1)[0].bytes);
    const [{ name: input }] = opened.info.inputs;
    opened.dispose();
    const tflite = litertFile(model.name);
    made.push({ name: model.name, float: model.file, int8, tflite: existsSync(tflite) ? tflite : null, inputs: [{ name: input, dtype, dims: [...dims], values: [...data] }] });
  }
  if (there(tokens) && wanted.test(tokens.name)) {
    const { info } = await octavo.open(tokens.file);
    const inputs = info.inputs.map(({ name, dtype }, n) => (
      { name, dtype, dims: [1, tokens.length], values: Array.from({ length: tokens.length }, (_, i) => (n === 0 ? (i * 37) % 100 : 1)) }));
    made.push({ name: tokens.name, float: tokens.file, int8: null, tflite: null, inputs });
  }
  octavo.dispose();
  return made;
}

export const quantile = (times, q) => [...times].sort((a, b) => a - b)[Math.floor((times.length - 1) * q)];
export const median = (times) => quantile(times, 0.5);
/** "5.91 (5.80-6.02)": the median and the middle half. */
export const shown = (times) => `${median(times).toFixed(2)} (${quantile(times, 0.25).toFixed(2)}-${quantile(times, 0.75).toFixed(2)})`;

/** What a chart of the layers shows: slowest first, with multiply-adds a second and their share of a limit. */
export function layerLines({ steps }, limit, most) {
  const slowest = [...steps].sort((a, b) => b.ms - a.ms).slice(0, most);
  return slowest.map(({ ms, macs, op, shape, name }) => {
    const rate = ms > 0 ? macs / ms / 1e6 : 0;
    const share = macs > 0 ? `${rate.toFixed(0).padStart(4)} GMAC/s ${((100 * rate) / limit).toFixed(0).padStart(3)} %` : ''.padStart(17);
    return `    ${ms.toFixed(3).padStart(7)} ms ${share}  ${op.padEnd(14)} ${shape.padEnd(18)} ${basename(name)}`;
  });
}
