// npm run bench [-- chromium firefox native kernels models --models REGEX --rounds N --layers N]: see
// tests/bench/main.mjs. Without names it is everything.
import { Failure, main, run } from './lib.mjs';
import { build } from './build.mjs';
import { setup } from './setup.mjs';

await main(async () => {
  const wanted = process.argv.slice(2);
  await setup('native', 'wasm', 'node', 'browser');
  await setup('firefox').catch((error) => {
    if (!(error instanceof Failure)) throw error;
    console.error(error.message);   // the benchmark itself says that it skips Firefox
  });
  await build('native', 'wasm', 'package');
  await run('node', ['tests/bench/main.mjs', ...wanted]);
});
