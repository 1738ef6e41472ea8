// The same bytes from every set of kernels: Chromium with and without AVX-VNNI, on all wasm modules, on
// one thread and several, and the native engine, whose suite holds its fast kernels to the plain ones.
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
  { says: 'the module that the engine chooses, on one thread', flags: [], threads: 1, isa: hasVnni ? 'relaxed' : 'simd128' },
  { says: 'the module that the engine chooses, on three', flags: [], threads: 3, isa: hasVnni ? 'relaxed' : 'simd128' },
  { says: 'three threads without relaxed SIMD', flags: [], threads: 3, hidden: true, isa: 'simd128' },
  { says: 'the module without relaxed SIMD', flags: [], wasm: '/dist/octavo.wasm', isa: 'simd128' },
  { says: 'relaxed SIMD that saturates', flags: ['--js-flags=--no-enable-avx-vnni'], wasm: '/dist/octavo_relaxed.wasm', isa: 'simd128' },
];
let site;

before(async () => {
  site = await serveFolders({ '/dist': dist, '/models': folder }, { isolated: true });
});
after(() => {
  site.close();
  rmSync(folder, { recursive: true });
});

/** Where relaxed SIMD is `hidden`, the package takes the engine for one without. */
async function inChromium({ flags, wasm, threads, hidden }, subjects) {
  const browser = await launch(...flags);
  try {
    const page = await browser.newPage();
    if (hidden) await page.addInitScript(() => { WebAssembly.validate = () => false; });
    await page.goto(site.address);
    return await page.evaluate(async ([base, file, count, list]) => {
      const { createOctavo: start } = await import(`${base}/dist/index.js`);
      const octavo = await start(file === undefined ? { threads: count } : { wasm: base + file });
      const outputs = {};
      for (const { name, dims, data } of list) {
        const model = await octavo.open(new URL(`${base}/models/${name}`));
        const [output] = await model.run([{ dtype: 'float32', dims, data: Float32Array.from(data) }]);
        outputs[name] = Array.from(output.data);
      }
      return { isa: await octavo.isa(), threads: await octavo.threads(), outputs };
    }, [site.address, wasm, threads, subjects]);
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
      const { isa, threads, outputs } = await inChromium(run, subjects);
      assert.equal(isa, run.isa);
      assert.equal(threads, run.threads ?? 1);
      for (const [name, values] of Object.entries(outputs)) {
        assert.equal(sha256(Buffer.from(Float32Array.from(values).buffer)), wanted[name], name);
      }
    });
  }
});
