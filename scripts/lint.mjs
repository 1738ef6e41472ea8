// npm run lint: layout of the C++, types of the TypeScript, who includes whom.
//   npm run lint -- --names    also the naming rules of .clang-tidy, which takes minutes
import { Failure, main, run } from './lib.mjs';
import { compile } from './build.mjs';
import { setup } from './setup.mjs';
import { cppFiles } from './sources.mjs';

const checks = [
  ['clang-format-19', '--dry-run', '-Werror', ...cppFiles()],
  ['node_modules/.bin/tsc', '--noEmit', '-p', 'web/package'],
  ['node_modules/.bin/tsc', '--noEmit', '-p', 'web/app'],
  ['node', '--test', 'tests/js/architecture.test.mjs'],
];

async function names() {
  await compile('native', await setup('native'));   // clang-tidy reads its compile_commands.json
  // The compiler's own warning options are not all clang's, nor does clang like all of its library.
  checks.push(['run-clang-tidy-19', '-quiet', '-extra-arg=-Wno-unknown-warning-option', '-extra-arg=-Wno-deprecated-declarations', '-p', 'build/native', '/src/']);
}

await main(async () => {
  await setup('lint', 'node');
  if (process.argv.includes('--names')) await names();
  const failed = [];
  for (const [command, ...args] of checks) await run(command, args).catch((error) => failed.push(error));
  if (failed.length > 0) throw new Failure(`lint: ${failed.length} of ${checks.length} checks failed`);
  console.log(`lint: ${checks.length} checks passed`);
});
