// ONNX Runtime as an independent judge: it loads the int8 files, fuses every convolution, and gives
// the same answers as Octavo's own integer kernels.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import * as ort from 'onnxruntime-node';
import { createOctavo } from 'octavo';
import { faces, flagsOf, models, somePictures, temporaryFolder } from '../support.mjs';

const pictures = Number(process.env.OCTAVO_PICTURES ?? 25);
const operators = (file, type) => file.toString('latin1').split(`\x22${String.fromCharCode(type.length)}${type}`).length - 1; // NodeProto.op_type

for (const model of models) {
  test(`${model.name}: fused, and the same answers`, { skip: model.skip }, async (t) => {
    const folder = temporaryFolder(t);
    const file = join(folder, 'int8.onnx');
    assert.equal(faces.native(['quantize', model.file, '-o', file, '--images', model.calibration, ...flagsOf(model.recipe)]).status, 0);
    const optimized = join(folder, 'optimized.onnx');
    const session = await ort.InferenceSession.create(file, { optimizedModelFilePath: optimized, logSeverityLevel: 3 });
    const convolutions = operators(readFileSync(file), 'Conv');
    assert.ok(convolutions > 0);
    assert.deepEqual({ fused: operators(readFileSync(optimized), 'QLinearConv'), left: operators(readFileSync(optimized), 'Conv') },
      { fused: convolutions, left: 0 });

    const octavo = await createOctavo();
    const int8 = await octavo.open(file);
    const float = await octavo.open(model.file);
    const some = somePictures(model.images, pictures);
    let same = 0;
    for (const { bytes } of some) {
      const input = await float.inputOf(model.recipe, bytes);
      const [mine] = await int8.run([input]);
      const outputs = await session.run({ [session.inputNames[0]]: new ort.Tensor('float32', input.data, input.dims) });
      same += Number(top(mine.data) === top(outputs[session.outputNames[0]].data));
    }
    t.diagnostic(`${same} of ${some.length} answers are the same`);
    assert.ok(same >= 0.99 * some.length - 1, `${same} of ${some.length}`);
  });
}

const top = (scores) => scores.indexOf(Math.max(...scores));
