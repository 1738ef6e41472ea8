// ONNX Runtime Web in Chromium: it loads the int8 files and gives the answers of Octavo's kernels.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { createOctavo } from 'octavo';
import { faces, flagsOf, models, somePictures, temporaryFolder } from '../support.mjs';
import { answersOfRuntimeWeb, launch } from './support.mjs';

const pictures = Number(process.env.OCTAVO_PICTURES ?? 25);
let browser;
before(async () => {
  browser = await launch();
});
after(() => browser?.close());

for (const model of models) {
  test(`${model.name}: the same answers`, { skip: model.skip }, async (t) => {
    const folder = temporaryFolder(t);
    const file = join(folder, 'int8.onnx');
    assert.equal(faces.native(['quantize', model.file, '-o', file, '--images', model.calibration, ...flagsOf(model.recipe)]).status, 0);
    const octavo = await createOctavo();
    const [int8, float] = [await octavo.open(file), await octavo.open(model.file)];
    const mine = [];
    let dims;
    for (const [i, { bytes }] of somePictures(model.images, pictures).entries()) {
      const input = await float.inputOf(model.recipe, bytes);
      dims = input.dims;
      writeFileSync(join(folder, `${i}.bin`), new Uint8Array(input.data.buffer));
      const [{ data }] = await int8.run([input]);
      mine.push(data.indexOf(Math.max(...data)));
    }
    const theirs = await answersOfRuntimeWeb(browser, folder, 'int8.onnx', mine.length, dims);
    const same = theirs.filter((answer, i) => answer === mine[i]).length;
    t.diagnostic(`${same} of ${mine.length} answers are the same`);
    assert.ok(same >= 0.99 * mine.length - 1, `${same} of ${mine.length}`);
  });
}
