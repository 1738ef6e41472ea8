// npm test: builds everything, runs every suite, and ends with the line `N passed, N failed`.
//   npm test -- native js      only these suites (native, wasm, js, browser)
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Failure, inRoot, main, root, seconds } from './lib.mjs';
import { build } from './build.mjs';
import { setup } from './setup.mjs';

const all = ['native', 'wasm', 'package', 'page'];
const suites = {
  native: { builds: ['native'], run: (temp) => gtest([inRoot('build/native/octavo_tests')], temp) },
  wasm: { builds: ['wasm'], run: (temp) => gtest(['node', inRoot('build/wasm/octavo_tests.cjs')], temp) },
  js: { builds: all, run: (temp) => nodeTests('tests/js', temp) },
  browser: { builds: all, needs: ['browser'], run: (temp) => nodeTests('tests/browser', temp, '--test-concurrency=1') },
};

/** GoogleTest, one shard a core; what it counted is in its JSON reports. */
async function gtest([command, ...args], temp) {
  const shards = availableParallelism();
  const counts = await Promise.all(Array.from({ length: shards }, async (_, index) => {
    const report = join(temp, `gtest-${index}.json`);
    const env = { ...process.env, GTEST_TOTAL_SHARDS: String(shards), GTEST_SHARD_INDEX: String(index) };
    const code = await exitCode(command, [...args, '--gtest_brief=1', '--gtest_color=no', `--gtest_output=json:${report}`], env);
    return existsSync(report) ? gtestCounts(JSON.parse(readFileSync(report, 'utf8')), code) : { failed: 1 };
  }));
  return counts.reduce(sum, nothing);
}

function gtestCounts(report, code) {
  const tests = report.testsuites.flatMap((suite) => suite.testsuite.map((test) => ({ ...test, suite: suite.name })));
  const skipped = tests.filter((test) => test.result === 'SKIPPED');
  for (const test of skipped) console.log(`skipped: ${test.suite}.${test.name}`);
  const failed = tests.filter((test) => test.failures?.length > 0).length;
  const ran = tests.filter((test) => test.status === 'RUN').length;
  return { passed: ran - failed - skipped.length, failed: failed || Number(code !== 0), skipped: skipped.length };
}

/** Node's test runner over FOLDER/*.test.mjs: read by people on the terminal, counted from its TAP report. */
async function nodeTests(folder, temp, ...options) {
  const files = existsSync(inRoot(folder)) ? readdirSync(inRoot(folder)).filter((name) => name.endsWith('.test.mjs')) : [];
  if (files.length === 0) throw new Failure(`No tests in ${folder}.`);
  const report = join(temp, 'report.tap');
  const code = await exitCode('node', ['--test', ...options, '--test-reporter=spec', '--test-reporter-destination=stdout',
    '--test-reporter=tap', `--test-reporter-destination=${report}`, ...files.map((name) => join(folder, name))]);
  const tap = readFileSync(report, 'utf8');
  const count = (word) => Number(new RegExp(`^# ${word} (\\d+)$`, 'm').exec(tap)?.[1] ?? 0);
  const failed = count('fail') + count('cancelled');
  return { passed: count('pass'), failed: failed || Number(code !== 0), skipped: count('skipped') };
}

function exitCode(command, args, env = process.env) {
  return new Promise((resolve) => {
    spawn(command, args, { cwd: root, env, stdio: 'inherit' })
      .on('error', () => resolve(1))
      .on('close', (code) => resolve(code ?? 1));
  });
}

const nothing = { passed: 0, failed: 0, skipped: 0 };
const sum = (a, b) => Object.fromEntries(Object.keys(nothing).map((key) => [key, a[key] + (b[key] ?? 0)]));
const verdict = ({ passed, failed, skipped }) => `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;

async function runSuite(name) {
  const start = performance.now();
  const temp = mkdtempSync(join(tmpdir(), 'octavo-'));
  console.log(`\n== ${name}`);
  try {
    const counts = sum(nothing, await suites[name].run(temp));
    console.log(`== ${name}: ${verdict(counts)}, ${seconds(start)}`);
    return counts;
  } finally {
    rmSync(temp, { recursive: true });
  }
}

await main(async () => {
  const names = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(suites);
  let total = nothing;
  try {
    await setup(...names.flatMap((name) => suites[name].needs ?? []));
    await build(...all.filter((part) => names.some((name) => suites[name].builds.includes(part))));
    for (const name of names) total = sum(total, await runSuite(name));
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    console.log(`\n${error.message}`);
    total = sum(total, { failed: 1 });
  }
  console.log(`\n${verdict(total)}`);
  process.exitCode = total.failed > 0 ? 1 : 0;
});
