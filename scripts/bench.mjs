// npm run bench [-- --benchmark_filter=gemm]: kernels natively, then whole models in Chromium.
import { existsSync } from 'node:fs';
import { inRoot, main, run } from './lib.mjs';
import { build, compile } from './build.mjs';
import { setup } from './setup.mjs';

await main(async () => {
  await compile('native', await setup('native'), 'octavo_bench');
  await run(inRoot('build/native/octavo_bench'), process.argv.slice(2));
  if (!existsSync(inRoot('tests/bench/browser.mjs'))) return;
  await setup('browser');
  await build('wasm', 'package', 'page');
  await run('node', ['tests/bench/browser.mjs']);
});
