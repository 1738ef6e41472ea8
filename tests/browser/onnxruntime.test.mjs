// ONNX Runtime Web in Chromium: it loads the int8 files and gives the answers of Octavo's kernels.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { createOctavo } from 'octavo';
import { faces, flagsOf, models, somePictures, temporaryFolder } from '../support.mjs';
import { launch, runtimeWeb, serveFolders } from './support.mjs';

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
    const theirs = await answersInChromium(t, folder, mine.length, dims);
    const same = theirs.filter((answer, i) => answer === mine[i]).length;
    t.diagnostic(`${same} of ${mine.length} answers are the same`);
    assert.ok(same >= 0.99 * mine.length - 1, `${same} of ${mine.length}`);
  });
}

async function answersInChromium(t, folder, count, dims) {
  const site = await serveFolders({ '/ort': runtimeWeb, '/data': folder });
  t.after(() => site.close());
  const page = await browser.newPage();
  await page.goto(site.address);
  return page.evaluate(async ([inputs, shape]) => {
    const ort = await import('/ort/ort.wasm.min.mjs');
    ort.env.wasm.numThreads = 1;
    ort.env.logLevel = 'error';
    const session = await ort.InferenceSession.create('/data/int8.onnx');
    const answers = [];
    for (let i = 0; i < inputs; ++i) {
      const data = new Float32Array(await (await fetch(`/data/${i}.bin`)).arrayBuffer());
      const outputs = await session.run({ [session.inputNames[0]]: new ort.Tensor('float32', data, shape) });
      const scores = outputs[session.outputNames[0]].data;
      answers.push(scores.indexOf(Math.max(...scores)));
    }
    return answers;
  }, [count, [...dims]]);
}
