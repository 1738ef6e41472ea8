// The house's table of who may include whom, and what no file may say.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { inRoot } from '../../scripts/lib.mjs';
import { trackedFiles } from '../../scripts/sources.mjs';

const mayInclude = {
  base: [],
  graph: ['base'],
  image: ['kernels', 'base'],
  kernels: ['base'],
  formats: ['graph', 'base'],
  passes: ['graph', 'base'],
  runtime: ['graph', 'kernels', 'base'],
  quant: ['graph', 'passes', 'runtime', 'base'],
  engine: ['formats', 'image', 'quant', 'runtime', 'passes', 'kernels', 'graph', 'base'],
  cli: ['engine', 'base'],
  bindings: ['engine', 'base'],
};

// Plain data that the engine's own headers hand out: its faces may name where it is declared.
const plainData = ['graph/tensor.h', 'image/decode.h', 'quant/report.h', 'quant/samples.h'];
const faces = ['cli', 'bindings'];

// Addresses that a reader is sent to. Packages and archives are found by the machine's own configuration.
const hosts = ['localhost', '127.0.0.1', 'example.com', 'example.org', 'www.apache.org', 'www.w3.org', 'arxiv.org', 'onnx.ai', 'github.com', 'git-lfs', 'git-lfs.github.com'];

const files = trackedFiles();
const text = (file) => readFileSync(inRoot(file), 'utf8');
const cpp = files.filter((file) => /^(src|bindings)\/.*\.(cc|h|inc|def)$/.test(file));
const prose = files.filter((file) => /\.(cc|h|inc|def|proto|cmake|txt|json|m?js|ts|tsx|md|html|css|sh|yml|py)$|\/run$|^LICENSE$/.test(file));

/** 'src/graph/x.h' and the include path 'graph/x.h' are of 'graph'; files right in src/ are the engine's. */
const folderOf = (path) => {
  const parts = path.replace(/^src\//, '').split('/');
  return parts.length > 1 ? parts[0] : 'engine';
};
const formatOf = (path) => /^(?:src\/)?formats\/([^/]+)\//.exec(path)?.[1];
const includesOf = (file) => [...text(file).matchAll(/^\s*#\s*include\s+"([^"]+)"/gm)].map((match) => match[1]);
const faulty = (check) => cpp.flatMap((file) => includesOf(file).filter((path) => !check(file, path)).map((path) => `${file} includes ${path}`));

test('a folder includes only what stands below it', () => {
  const inTable = (file, path) => {
    const [from, to] = [folderOf(file), folderOf(path)];
    return from === to || mayInclude[from]?.includes(to) || (faces.includes(from) && plainData.includes(path));
  };
  assert.deepEqual(faulty(inTable), []);
});

test('no format includes another format', () => {
  const apart = (file, path) => !formatOf(file) || !formatOf(path) || formatOf(file) === formatOf(path);
  assert.deepEqual(faulty(apart), []);
});

test('protobuf types do not leave the folder of their format', () => {
  const atHome = (file, path) => !path.endsWith('.pb.h') || (formatOf(file) && formatOf(file) === formatOf(path));
  assert.deepEqual(faulty(atHome), []);
});

test('nothing under src/ knows of the wasm compiler', () => {
  assert.deepEqual(cpp.filter((file) => file.startsWith('src/') && /emscripten/i.test(text(file))), []);
});

test('nothing but the command line prints, exits or throws', () => {
  const engine = cpp.filter((file) => file.startsWith('src/') && !file.startsWith('src/cli/'));
  const forbidden = /\b(std::(cout|cerr|exit|abort)|printf\s*\(|fprintf\s*\(|exit\s*\(|throw\s)/;
  const code = (file) => text(file).replace(/\/\/.*$/gm, '');
  assert.deepEqual(engine.filter((file) => forbidden.test(code(file))), []);
});

test('the page uses the package only', () => {
  const app = files.filter((file) => /^web\/app\/.*\.tsx?$/.test(file));
  const outside = app.filter((file) => /from\s+['"](\.\.\/)+(package|bindings|src|dist|build)\b/.test(text(file)));
  assert.deepEqual(outside, []);
});

test('no file names an address outside the list', () => {
  const strange = prose.filter((file) => file !== 'package-lock.json').flatMap((file) =>
    [...text(file).matchAll(/https?:\/\/([\w.-]+)/g)].filter((match) => !hosts.includes(match[1])).map((match) => `${file}: ${match[0]}`));
  assert.deepEqual(strange, []);
  assert.ok(!text('package-lock.json').includes('"resolved"'), 'package-lock.json records where packages came from');
});

test('no file names a folder of one machine', () => {
  const personal = /(^|[\s"'`(=])\/(home|root|work|Users|tmp)\//m;
  assert.deepEqual(prose.filter((file) => personal.test(text(file))), []);
});
