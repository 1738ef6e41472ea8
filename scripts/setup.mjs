// Set-up of a fresh machine: Debian packages, Emscripten, protobuf for wasm, npm packages. Whatever is
// there already is left alone, so the second time is quick.
//   node scripts/setup.mjs [native] [wasm] [node] [browser] [lint] [fuzz]     the first four by default
//   . <(node scripts/setup.mjs --env)                                         a shell in which emcc works
import { existsSync, statSync } from 'node:fs';
import { Failure, inRoot, isMain, locked, main, output, shortHash, root, step, which } from './lib.mjs';
import { installPackages } from './setup/packages.mjs';
import { emscripten } from './setup/emscripten.mjs';
import { protobuf } from './setup/protobuf.mjs';

const everyday = ['native', 'wasm', 'node', 'browser'];

/** Makes sure of the needs, and returns the environment in which to run compilers. */
export async function setup(...needs) {
  checkNode();
  if (!process.env.OCTAVO_SKIP_PACKAGES) await installPackages(needs);
  if (needs.includes('node')) await npmPackages();
  return needs.includes('wasm') ? { ...process.env, ...(await wasmEnvironment()) } : process.env;
}

async function wasmEnvironment() {
  const compiler = await emscripten();
  const ccache = which('ccache');
  return {
    ...compiler.env,
    ...(ccache && { EM_COMPILER_WRAPPER: ccache }),
    OCTAVO_PROTOBUF_DIR: await protobuf(compiler),
  };
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    throw new Failure(`Node.js ${process.versions.node} is too old: 20.19 or newer is needed.`);
  }
}

/** `npm ci` writes its own copy of the lock file last, so an older or missing copy means it has to run. */
async function npmPackages() {
  const lock = inRoot('package-lock.json');
  const copy = inRoot('node_modules/.package-lock.json');
  const fresh = () => existsSync(copy) && statSync(copy).mtimeMs >= statSync(lock).mtimeMs;
  if (fresh()) return;
  await locked(`npm-${shortHash(root)}`, async () => {
    if (!fresh()) await step('npm packages', () => output('npm', ['ci']));
  });
}

async function printEnvironment() {
  const env = await wasmEnvironment();
  for (const [name, value] of Object.entries(env)) console.log(`export ${name}='${value}'`);
}

if (isMain(import.meta.url)) {
  const needs = process.argv.slice(2);
  await main(() => needs[0] === '--env' ? printEnvironment() : setup(...(needs.length > 0 ? needs : everyday)));
}
