// Debian packages: which ones each need asks for, and how missing ones are installed.
import { spawnSync } from 'node:child_process';
import { Failure, locked, output, run, step, which } from '../lib.mjs';

const packages = {
  native: ['g++', 'cmake', 'ninja-build', 'protobuf-compiler', 'libprotobuf-dev', 'libsimde-dev', 'libstb-dev',
    'libcli11-dev', 'libflatbuffers-dev', 'nlohmann-json3-dev', 'libgtest-dev', 'libgmock-dev', 'libbenchmark-dev', 'libonnx-testdata'],
  wasm: ['clang-19', 'lld-19', 'llvm-19', 'python3', 'cmake', 'ninja-build', 'protobuf-compiler', 'libstb-dev',
    'libflatbuffers-dev', 'nlohmann-json3-dev', 'googletest', 'xz-utils'],
  browser: ['chromium', 'fonts-dejavu-core'],
  firefox: ['firefox-esr'],
  lint: ['clang-format-19', 'clang-tidy-19'],
  fuzz: ['clang-19', 'libclang-rt-19-dev'],
};

export async function installPackages(needs) {
  const missing = missingOf([...new Set(needs.flatMap((need) => packages[need] ?? []))]);
  if (missing.length === 0) return;
  const prefix = process.getuid() === 0 ? [] : ['sudo', '-n'];
  const install = ['apt-get', 'install', '-y', '--no-install-recommends', ...missing];
  if (prefix.length > 0 && !maySudo()) {
    throw new Failure(`These Debian packages are missing, and installing them needs root:\n  ${missing.join(' ')}\n` +
      `Install them with:\n  sudo apt-get update && sudo ${install.join(' ')}`);
  }
  const quiet = ['-qq', '-o', 'DPkg::Lock::Timeout=600', '-o', 'Dpkg::Use-Pty=0'];
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const apt = (args) => {
    const [command, ...rest] = [...prefix, 'apt-get', ...quiet, ...args];
    output(command, rest, { env });
  };
  await locked('apt', () => step(`Debian packages: ${missing.join(' ')}`, async () => {
    apt(['update']);
    apt(install.slice(1));
  }));
}

function missingOf(names) {
  if (!which('dpkg-query')) {
    throw new Failure(`This is no Debian system. Install what answers to these Debian packages, then set\n` +
      `OCTAVO_SKIP_PACKAGES=1: ${names.join(' ')}`);
  }
  const said = spawnSync('dpkg-query', ['-W', '-f', '${Package} ${db:Status-Status}\\n', ...names], { encoding: 'utf8' });
  const installed = new Set(said.stdout.split('\n').filter((line) => line.endsWith(' installed')).map((line) => line.split(' ')[0]));
  return names.filter((name) => !installed.has(name));
}

const maySudo = () => spawnSync('sudo', ['-n', 'true']).status === 0;
