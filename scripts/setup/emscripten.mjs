// An emcc that is recent enough: EMSDK's or the PATH's, else Debian 13's package unpacked into the
// cache, which runs on Debian 12 beside its clang-19, lld-19 and llvm-19.
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { made, output, step, which } from '../lib.mjs';
import { withApt } from './apt.mjs';

const oldest = [3, 1, 60];
const folder = 'emscripten-3.1.69';
// Debian 13's binaryen wants a newer glibc than Debian 12's, and brings it; acorn only shrinks the glue.
const unpacked = { usr: ['emscripten', 'node-acorn'], rt: ['binaryen', 'libc6', 'libstdc++6', 'libgcc-s1'] };

/** The environment in which `emcc` works, and its version. */
export async function emscripten() {
  const emcc = process.env.EMSDK ? join(process.env.EMSDK, 'upstream/emscripten/emcc') : which('emcc');
  const version = emcc && existsSync(emcc) ? versionOf(emcc) : null;
  if (version && recent(version)) return { version, env: withPath(dirname(emcc)) };

  const home = await made(folder, (temporary, final) => step('Emscripten', () => unpack(temporary, final)));
  const tools = join(home, 'usr/share/emscripten');
  return {
    version: versionOf(join(tools, 'emcc')),
    env: { ...withPath(join(home, 'bin'), tools), EM_CONFIG: join(tools, '.emscripten') },
  };
}

const withPath = (...folders) => ({ PATH: [...folders, process.env.PATH].join(delimiter) });

function versionOf(emcc) {
  const file = join(dirname(realpathSync(emcc)), 'emscripten-version.txt');
  return existsSync(file) ? readFileSync(file, 'utf8').replace(/["\s]/g, '') : output(emcc, ['-dumpversion']).trim();
}

function recent(version) {
  const numbers = version.split(/[.-]/).map(Number);
  const differs = oldest.findIndex((number, i) => numbers[i] !== number);
  return differs < 0 || numbers[differs] > oldest[differs];
}

function unpack(temporary, final) {
  withApt(join(temporary, 'apt'), { kind: 'deb', release: 'trixie' }, (apt, out) => {
    apt('download', ...Object.values(unpacked).flat());
    for (const [part, names] of Object.entries(unpacked)) {
      for (const name of names) {
        const file = readdirSync(out).find((deb) => deb.startsWith(`${name}_`));
        output('dpkg', ['-x', join(out, file), part === 'usr' ? temporary : join(temporary, part)]);
      }
    }
  });
  wrapBinaryen(temporary, final);
  const acorn = join(temporary, 'usr/share/emscripten/node_modules/acorn');   // emcc looks for it beside itself
  rmSync(acorn, { recursive: true, force: true });
  mkdirSync(dirname(acorn), { recursive: true });
  symlinkSync('../../nodejs/acorn', acorn);
  writeFileSync(join(temporary, 'usr/share/emscripten/.emscripten'), [
    "LLVM_ROOT = '/usr/lib/llvm-19/bin'",
    `BINARYEN_ROOT = '${final}'`,
    `NODE_JS = '${process.execPath}'`,
    'FROZEN_CACHE = True',
    `CACHE = '${final}/usr/share/emscripten/cache'`,
    '',
  ].join('\n'));
  shrink(temporary);
}

/** Each binaryen tool runs through the loader it came with. */
function wrapBinaryen(temporary, final) {
  const [loader] = output('find', ['rt', '-name', 'ld-linux*.so.*'], { cwd: temporary }).trim().split('\n');
  const libraries = join(final, dirname(loader));
  mkdirSync(join(temporary, 'bin'));
  for (const tool of readdirSync(join(temporary, 'rt/usr/bin')).filter((name) => name.startsWith('wasm'))) {
    const script = join(temporary, 'bin', tool);
    writeFileSync(script, `#!/bin/sh\nexec ${final}/${loader} --library-path ${libraries} ${final}/rt/usr/bin/${tool} "$@"\n`);
    chmodSync(script, 0o755);
  }
}

/** Leaves out what this project never links: 200 MB. */
function shrink(temporary) {
  const libraries = join(temporary, 'usr/share/emscripten/cache/sysroot/lib');
  for (const variant of ['lto', 'thinlto', 'pic', 'lto-pic']) {
    rmSync(join(libraries, 'wasm32-emscripten', variant), { recursive: true, force: true });
  }
  for (const name of readdirSync(join(libraries, 'wasm32-emscripten'))) {
    if (/asan|ubsan|lsan/.test(name)) rmSync(join(libraries, 'wasm32-emscripten', name));
  }
  rmSync(join(libraries, 'wasm64-emscripten'), { recursive: true, force: true });
  rmSync(join(temporary, 'usr/share/doc'), { recursive: true, force: true });
}
