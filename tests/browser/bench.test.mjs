// The benchmark runs: one round on the demo model. What it measures is no test's business.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { inRoot, root, temporaryFolder } from '../support.mjs';

test('the benchmark measures the demo and the kernels, in Chromium and natively', (t) => {
  const folder = temporaryFolder(t);
  const { status, stdout, stderr } = spawnSync('node', [inRoot('tests/bench/main.mjs'), 'chromium', 'native', '--models', '^demo$', '--rounds', '1', '--out', folder],
    { cwd: root, encoding: 'utf8' });
  assert.equal(status, 0, stderr);
  const { models: [{ name, macs, times }], kernels } = JSON.parse(readFileSync(join(folder, 'bench.json'), 'utf8'));
  assert.equal(name, 'demo');
  assert.ok(macs > 1e6);
  for (const host of ['chromium', 'native']) {
    for (const who of ['octavo float', 'octavo int8', 'onnxruntime float', 'onnxruntime int8']) {
      assert.ok(times[host][who].length >= 3 && times[host][who].every((ms) => ms > 0), `${host} ${who}`);
    }
    for (const family of ['f32_gemm', 'qx8_qc8w_gemm', 'f32_dwconv', 'qx8_qc8w_dwconv', 'qx8_binary', 'qx8_convert', 'qx8_requantize', 'f32_pool', 'qx8_pool']) {
      const mine = Object.entries(kernels[host]).filter(([kernel]) => kernel.startsWith(family));
      assert.ok(mine.some(([, { share }]) => share === null) && mine.some(([, { share }]) => share > 0), `${host} ${family} and its mix`);
    }
  }
  assert.match(stdout, /times as fast, or share +seen +goal/);
});

test('the benchmark refuses a part that it does not have', () => {
  const { status, stderr } = spawnSync('node', [inRoot('tests/bench/main.mjs'), 'kernel'], { cwd: root, encoding: 'utf8' });
  assert.equal(status, 1);
  assert.match(stderr, /There is no part "kernel": chromium, firefox, native, kernels, models/);
});
