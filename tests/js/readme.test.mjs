// Every command of the README is run, in its order.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import test from 'node:test';
import { inRoot, root } from '../support.mjs';

const readme = readFileSync(inRoot('README.md'), 'utf8');
const blocks = (language) => [...readme.matchAll(new RegExp(`^\`\`\`${language}\n([^]*?)^\`\`\``, 'gm'))].map((match) => match[1]);
const commands = blocks('sh').flatMap((block) => block.trim().split('\n')).map((line) => line.replace(/\s+#.*/, ''));

/** `npm test` is what runs this. */
const special = { 'npm test': () => {}, 'npm start': startAndStop };

for (const command of commands) {
  test(`README: ${command}`, { timeout: 600_000 }, async () => {
    if (command in special) return special[command]();
    const { status, stdout, stderr } = spawnSync('bash', ['-c', command], { cwd: root, encoding: 'utf8' });
    assert.equal(status, 0, stderr);
    assert.ok(stdout.length > 100, 'it says what it did');
  });
}

test('README: every flag of the recipe that it names exists, and all words of its table', () => {
  const help = spawnSync(inRoot('build/native/octavo'), ['quantize', '--help'], { encoding: 'utf8' }).stdout
    + spawnSync(inRoot('build/native/octavo'), ['compare', '--help'], { encoding: 'utf8' }).stdout
    + spawnSync(inRoot('build/native/octavo'), ['ranges', '--help'], { encoding: 'utf8' }).stdout;
  const named = [...readme.matchAll(/`(--[a-z-]+)/g)].map((match) => match[1]).filter((flag) => !['--input', '--output', '--profile'].includes(flag));
  assert.ok(named.length > 10);
  assert.deepEqual(named.filter((flag) => !help.includes(flag)), []);
});

test('README: its JavaScript uses what the package has', async () => {
  const { Octavo, Model } = await import('octavo');
  const [code] = blocks('js');
  for (const [, object, method] of code.matchAll(/\b(octavo|model|int8)\.(\w+)\(/g)) {
    const owner = object === 'octavo' ? Octavo : Model;
    assert.equal(typeof owner.prototype[method], 'function', `${object}.${method}`);
  }
});

test('the README\'s example left a file, which is removed here', () => {
  assert.ok(existsSync(inRoot('demo_int8.onnx')));
  rmSync(inRoot('demo_int8.onnx'));
});

/** The page is served where it says, and the command ends when it is told to. */
async function startAndStop() {
  const server = spawn('node', [inRoot('scripts/start.mjs')], { cwd: root, env: { ...process.env, PORT: '18080' }, stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    let said = '';
    for await (const text of server.stdout) {
      said += text;
      const address = /http:\/\/\S+/.exec(said)?.[0];
      if (address === undefined) continue;
      const response = await fetch(address);
      assert.match(await response.text(), /<title>Octavo/);
      assert.match(response.headers.get('content-security-policy'), /connect-src 'none'/);
      return;
    }
    assert.fail(`no address in: ${said}`);
  } finally {
    server.kill();
  }
}
