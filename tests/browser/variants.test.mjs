// The same bytes from every set of kernels: Chromium with and without AVX-VNNI, on both wasm modules,
// and the native engine, whose suite holds its fast kernels to the plain ones.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { createOctavo } from 'octavo';
import { faces, flagsOf, models, npy, sha256, somePictures } from '../support.mjs';
import { dist, launch, serveFolders } from './support.mjs';

const folder = mkdtempSync(join(tmpdir(), 'octavo-variants-'));
const hasVnni = /avx_?vnni/.test(readFileSync('/proc/cpuinfo', 'utf8'));
const runs = [
  { says: 'the module that the engine chooses', flags: [], wasm: undefined, isa: hasVnni ? 'relaxed' : 'simd128' },
  { says: 'the module without relaxed SIMD', flags: [], wasm: '/dist/octavo.wasm', isa: 'simd128' },
  { says: 'relaxed SIMD that saturates', flags: ['--js-flags=--no-enable-avx-vnni'], wasm: '/dist/octavo_relaxed.wasm', isa: 'simd128' },
];
let site;

before(async () => {
  site = await serveFolders({ '/dist': dist, '/models': folder });
});
after(() => {
  site.close();
  rmSync(folder, { recursive: true });
});

async function inChromium({ flags, wasm }, subjects) {
  const browser = await launch(...flags);
  try {
    const page = await browser.newPage();
    await page.goto(site.address);
    return await page.evaluate(async ([base, file, list]) => {
      const { createOctavo: start } = await import(`${base}/dist/index.js`);
      const octavo = await start(file === undefined ? {} : { wasm: base + file });
      const outputs = {};
      for (const { name, dims, data } of list) {
        const model = await octavo.open(new URL(`${base}/models/${name}`));
        const [output] = await model.run([{ dtype: 'float32', dims, data: Float32Array.from(data) }]);
        outputs[name] = Array.from(output.data);
      }
      return { isa: await octavo.isa(), outputs };
    }, [site.address, wasm, subjects]);
  } finally {
    await browser.close();
  }
}

/** Each model, float and int8, with one of its pictures as input. */
async function subjectsOf(model) {
  const int8 = join(folder, `${model.name}_int8.onnx`);
  const { status, stderr } = faces.native(['quantize', model.file, '-o', int8, '--images', model.calibration, ...flagsOf({ ...model.recipe, limit: 8 })]);
  assert.equal(status, 0, stderr);
  writeFileSync(join(folder, `${model.name}.onnx`), readFileSync(model.file));
  const octavo = await createOctavo();
  const { dims, data } = await (await octavo.open(model.file)).inputOf(model.recipe, somePictures(model.images, 1)[0].bytes);
  octavo.dispose();
  return [`${model.name}.onnx`, `${model.name}_int8.onnx`].map((name) => ({ name, dims: [...dims], data: [...data] }));
}

function natively({ name, dims, data }) {
  writeFileSync(join(folder, 'x.npy'), npy(dims, Float32Array.from(data)));
  const { status, stderr } = faces.native(['run', join(folder, name), '--input', join(folder, 'x.npy'), '--output', join(folder, 'y.npy'), '--force']);
  assert.equal(status, 0, stderr);
  const file = readFileSync(join(folder, 'y.npy'));
  return file.subarray(10 + file.readUInt16LE(8));
}

test('every set of kernels gives the bytes of the native engine', async (t) => {
  const subjects = (await Promise.all(models.filter(({ skip }) => !skip).map(subjectsOf))).flat();
  const wanted = Object.fromEntries(subjects.map((subject) => [subject.name, sha256(natively(subject))]));
  for (const run of runs) {
    await t.test(run.says, async () => {
      const { isa, outputs } = await inChromium(run, subjects);
      assert.equal(isa, run.isa);
      for (const [name, values] of Object.entries(outputs)) {
        assert.equal(sha256(Buffer.from(Float32Array.from(values).buffer)), wanted[name], name);
      }
    });
  }
});
