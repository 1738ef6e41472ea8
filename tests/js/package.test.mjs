// The npm package as a user would get it.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { publint } from 'publint';
import { inRoot, output } from '../../scripts/lib.mjs';

const manifest = JSON.parse(readFileSync(inRoot('package.json'), 'utf8'));
const targets = (entry) => typeof entry === 'string' ? [entry] : Object.values(entry).flatMap(targets);
const named = [...targets(manifest.exports), ...Object.values(manifest.bin), manifest.types];
const [packed] = JSON.parse(output('npm', ['pack', '--dry-run', '--json', '--ignore-scripts']));
const files = packed.files.map((file) => file.path);

test('every file that the package names is in it', () => {
  assert.deepEqual(named.filter((file) => !files.includes(file.replace('./', ''))), []);
});

test('the package holds what users need and nothing else', () => {
  const other = files.filter((file) => !/^(dist\/.*\.(js|d\.ts|wasm)|package\.json|README\.md|CHANGELOG\.md|LICENSE)$/.test(file));
  assert.deepEqual(other, []);
});

test('the package asks for no other package', () => {
  for (const kind of ['dependencies', 'peerDependencies', 'optionalDependencies']) assert.equal(manifest[kind], undefined, kind);
});

test('publint finds no fault', async () => {
  const { messages } = await publint({ pkgDir: inRoot(), strict: false, pack: false });
  assert.deepEqual(messages.filter((message) => message.type !== 'suggestion').map((message) => `${message.code} ${message.path.join('.')}`), []);
});
