// For octavo/inline: the worker bundled into one module, and each wasm in base64, of which one is loaded.
import { readFileSync, writeFileSync } from 'node:fs';
import { rolldown } from 'rolldown';
import { inRoot, main } from './lib.mjs';

async function bundled(entry) {
  const bundle = await rolldown({ input: entry, platform: 'browser' });
  const { output } = await bundle.generate({ format: 'esm', minify: true });
  await bundle.close();
  return output[0].code;
}

await main(async () => {
  const worker = await bundled(inRoot('dist/worker.js'));
  writeFileSync(inRoot('dist/embedded.js'), `export const workerSource = ${JSON.stringify(worker)};\n`);
  for (const [variant, file] of [['simd128', 'octavo.wasm'], ['relaxed', 'octavo_relaxed.wasm']]) {
    const wasm = readFileSync(inRoot('dist', file)).toString('base64');
    writeFileSync(inRoot(`dist/embedded_${variant}.js`), `export const wasmBase64 = '${wasm}';\n`);
  }
});
