// dist/embedded.js: the worker bundled into one module and the wasm in base64, for octavo/inline.
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
  const wasm = readFileSync(inRoot('dist/octavo.wasm')).toString('base64');
  writeFileSync(inRoot('dist/embedded.js'),
    `export const workerSource = ${JSON.stringify(worker)};\nexport const wasmBase64 = '${wasm}';\n`);
});
