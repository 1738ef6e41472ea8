// npm run bench [-- chromium firefox native kernels models calibration --models REGEX --rounds N --layers N]:
// see tests/bench/main.mjs and calibration.mjs. Without names it is everything.
import { Failure, main, run } from './lib.mjs';
import { build } from './build.mjs';
import { setup } from './setup.mjs';

await main(async () => {
  const wanted = process.argv.slice(2);
  await setup('native', 'wasm', 'node', 'browser');
  if (wanted.includes('firefox') || !wanted.some((name) => ['chromium', 'native'].includes(name))) {
    // Where it cannot be installed, the benchmark says that it skips it.
    await setup('firefox').catch((error) => error instanceof Failure ? console.error(error.message) : Promise.reject(error));
  }
  await build('native', 'wasm', 'package');
  const others = wanted.filter((name) => name !== 'calibration');
  if (wanted.length === 0 || others.length > 0) await run('node', ['tests/bench/main.mjs', ...others]);
  if (wanted.length === 0 || others.length < wanted.length) await run('node', ['tests/bench/calibration.mjs']);
});
