// protobuf-lite for wasm, without threads and with them, from the source package of the machine's own release: the same version as its protoc.
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Failure, inRoot, made, output, shortHash, step } from '../lib.mjs';
import { withApt } from './apt.mjs';

const variants = { lib: '', 'lib-threads': ' -pthread' };

/** The folder with include/, lib/ and lib-threads/, made for one compiler, one protoc and one set of flags. */
export function protobuf({ version, env }) {
  const flags = `${compileFlags().join(' ')} -Os -DNDEBUG`;
  const protoc = output('protoc', ['--version']).trim().split(' ').at(-1);
  const name = `protobuf-lite-${protoc}-${shortHash(`${version} ${flags} ${JSON.stringify(variants)}`)}`;
  return made(name, (temporary) => step(`protobuf-lite ${protoc} for wasm`, () => {
    withApt(join(temporary, 'apt'), { kind: 'deb-src' }, (apt, out) => {
      apt('source', '--download-only', 'protobuf');
      const source = readdirSync(out).find((file) => file.includes('.orig.tar'));
      if (!source.includes(`_${protoc}.`)) {
        throw new Failure(`The archive's protobuf (${source}) is not of protoc's version ${protoc}: install Debian's protobuf-compiler.`);
      }
      mkdirSync(join(temporary, 'source'));
      output('tar', ['-xf', join(out, source), '-C', join(temporary, 'source'), '--strip-components=1']);
    });
    for (const [lib, more] of Object.entries(variants)) build(temporary, lib, flags + more, { ...process.env, ...env });
    cpSync(join(temporary, 'source/src/google'), join(temporary, 'include/google'), {
      recursive: true,
      filter: (path) => !/\.[a-z]+$/.test(path) || /\.(h|inc)$/.test(path),
    });
    rmSync(join(temporary, 'source'), { recursive: true });
  }));
}

/** The flags of cmake/emscripten.cmake, where they stand once and with their reasons. */
function compileFlags() {
  const text = readFileSync(inRoot('cmake/emscripten.cmake'), 'utf8');
  const list = /set\(OCTAVO_WASM_COMPILE_FLAGS\n([^)]*?)\n\)/.exec(text)[1];
  return list.split('\n').map((line) => line.replace(/#.*/, '').trim());
}

function build(folder, lib, flags, env) {
  const source = join(folder, 'source');
  const binary = join(folder, 'build');
  output('cmake', ['-S', source, '-B', binary, '-G', 'Ninja', '-DCMAKE_BUILD_TYPE=None', `-DCMAKE_CXX_FLAGS=${flags}`,
    `-DCMAKE_TOOLCHAIN_FILE=${inRoot('cmake/wasm_toolchain.cmake')}`, '-Dprotobuf_BUILD_TESTS=OFF',
    '-Dprotobuf_BUILD_PROTOC_BINARIES=OFF', '-Dprotobuf_WITH_ZLIB=OFF'], { env });
  output('ninja', ['-C', binary, '-j', String(availableParallelism()), 'libprotobuf-lite.a'], { env });
  mkdirSync(join(folder, lib));
  cpSync(join(binary, 'libprotobuf-lite.a'), join(folder, lib, 'libprotobuf-lite.a'));
  rmSync(binary, { recursive: true });
}
