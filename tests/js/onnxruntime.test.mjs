// ONNX Runtime as an independent judge: it loads the int8 files, fuses every convolution, and gives
// the same answers as Octavo's own integer kernels.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import test from 'node:test';
import { createOctavo } from 'octavo';
import { faces, flagsOf, models, somePictures, temporaryFolder } from '../support.mjs';
import { judge, operators } from './onnxruntime.mjs';

const pictures = Number(process.env.OCTAVO_PICTURES ?? 25);

for (const model of models) {
  test(`${model.name}: fused, and the same answers`, { skip: model.skip }, async (t) => {
    const folder = temporaryFolder(t);
    const file = join(folder, 'int8.onnx');
    assert.equal(faces.native(['quantize', model.file, '-o', file, '--images', model.calibration, ...flagsOf(model.recipe)]).status, 0);
    const optimized = join(folder, 'optimized.onnx');
    const judged = await judge(file, { optimizedModelFilePath: optimized });
    const convolutions = operators(file, 'Conv');
    assert.ok(convolutions > 0);
    assert.deepEqual({ fused: operators(optimized, 'QLinearConv'), left: operators(optimized, 'Conv') },
      { fused: convolutions, left: 0 });

    const octavo = await createOctavo();
    const int8 = await octavo.open(file);
    const float = await octavo.open(model.file);
    const some = somePictures(model.images, pictures);
    let same = 0;
    for (const { bytes } of some) {
      const input = await float.inputOf(model.recipe, bytes);
      const [mine] = await int8.run([input]);
      same += Number(top(mine.data) === top(await judged([{ dtype: 'float32', ...input }])));
    }
    t.diagnostic(`${same} of ${some.length} answers are the same`);
    assert.ok(same >= 0.99 * some.length - 1, `${same} of ${some.length}`);
  });
}

const top = (scores) => scores.indexOf(Math.max(...scores));
