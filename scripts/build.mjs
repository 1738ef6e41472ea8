// npm run build [native] [wasm] [package] [page]     all four by default
//   native   build/native: the command line, tests, benchmarks
//   wasm     build/wasm: the module, and the tests for Node; build/wasm-threads: the module with threads
//   package  dist: what npm publishes
//   page     build/page: what `npm start` serves
import { copyFileSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { Failure, inRoot, isMain, main, output, run } from './lib.mjs';
import { setup } from './setup.mjs';

/** Configures a preset of CMakePresets.json and builds its targets: all of them when none is named. */
export async function compile(preset, env, ...targets) {
  output('cmake', ['--preset', preset], { env });
  const named = targets.length > 0 ? ['--target', ...targets] : [];
  await run('cmake', ['--build', '--preset', preset, ...named], { env });
}

const bin = (name) => inRoot('node_modules/.bin', name);

async function buildPackage() {
  rmSync(inRoot('dist'), { recursive: true, force: true });
  mkdirSync(inRoot('dist'));
  copyModules('wasm', '');
  copyModules('wasm-threads', '_threads');
  copyFileSync(inRoot('bindings/octavo.d.ts'), inRoot('dist/octavo.d.ts'));
  await run(bin('tsc'), ['-p', 'web/package']);
  await run('node', ['scripts/inline.mjs']);
}

const parts = {
  native: { needs: ['native'], make: (env) => compile('native', env) },
  wasm: { needs: ['wasm'], make: (env) => compile('wasm', env).then(() => compile('wasm-threads', env)) },
  package: { needs: ['node'], make: buildPackage },
  page: { needs: ['node'], make: () => run(bin('vite'), ['build', 'web/app']) },
};

/** Without and with relaxed SIMD. One glue serves both: it differs by the name of the file alone. */
function copyModules(preset, suffix) {
  const [plain, relaxed] = [`octavo${suffix}`, `octavo_relaxed${suffix}`];
  const glue = (name) => readFileSync(inRoot('build', preset, `${name}.js`), 'utf8').replaceAll(`${name}.wasm`, `${plain}.wasm`);
  if (glue(plain) !== glue(relaxed)) throw new Failure(`The two modules of ${preset} want different JavaScript around them.`);
  if (/new Worker\b/.test(glue(plain))) throw new Failure(`The glue of ${preset} starts workers: see cmake/thread_workers.js.`);
  for (const file of [`${plain}.js`, `${plain}.wasm`, `${relaxed}.wasm`]) copyFileSync(inRoot('build', preset, file), inRoot('dist', file));
}

export async function build(...names) {
  const chosen = (names.length > 0 ? names : Object.keys(parts)).map((name) => parts[name]);
  const env = await setup(...chosen.flatMap((part) => part.needs));
  for (const part of chosen) await part.make(env);
}

if (isMain(import.meta.url)) await main(() => build(...process.argv.slice(2)));
