// npm run build [native] [wasm] [package] [page]     all four by default
//   native   build/native: the command line, tests, benchmarks
//   wasm     build/wasm: the module, and the tests for Node
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
  // One glue serves both modules: it differs by the name of the file alone.
  const glue = (name) => readFileSync(inRoot('build/wasm', `${name}.js`), 'utf8').replaceAll(`${name}.wasm`, 'octavo.wasm');
  if (glue('octavo') !== glue('octavo_relaxed')) throw new Failure('The two wasm modules want different JavaScript around them.');
  for (const file of ['octavo.js', 'octavo.wasm', 'octavo_relaxed.wasm']) copyFileSync(inRoot('build/wasm', file), inRoot('dist', file));
  copyFileSync(inRoot('bindings/octavo.d.ts'), inRoot('dist/octavo.d.ts'));
  await run(bin('tsc'), ['-p', 'web/package']);
  await run('node', ['scripts/inline.mjs']);
}

const parts = {
  native: { needs: ['native'], make: (env) => compile('native', env) },
  wasm: { needs: ['wasm'], make: (env) => compile('wasm', env) },
  package: { needs: ['node'], make: buildPackage },
  page: { needs: ['node'], make: () => run(bin('vite'), ['build', 'web/app']) },
};

export async function build(...names) {
  const chosen = (names.length > 0 ? names : Object.keys(parts)).map((name) => parts[name]);
  const env = await setup(...chosen.flatMap((part) => part.needs));
  for (const part of chosen) await part.make(env);
}

if (isMain(import.meta.url)) await main(() => build(...process.argv.slice(2)));
