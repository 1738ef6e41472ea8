// Octavo beside ONNX Runtime and LiteRT.js, and its kernels beside the limit of their instruction mix:
// in Chromium, Firefox and natively, batch 1, one thread, and Octavo on two as well. All hosts take turns in one loop.
//   node tests/bench/main.mjs [chromium] [firefox] [native] [kernels] [models]
//     [--models REGEX] [--rounds N] [--layers N] [--out FOLDER]
// Names choose hosts, and of kernels and models one; without a name it is all.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { inRoot } from '../support.mjs';
import { goalLines } from './goals.mjs';
import { hosts } from './hosts.mjs';
import { kernelLines, layerLines, modelLines, modelTable } from './report.mjs';
import { subjects } from './subjects.mjs';
import { median, takeTurns } from './turns.mjs';

const { values: options, positionals: chosen } = parseArgs({
  allowPositionals: true,
  options: {
    models: { type: 'string', default: '.' }, rounds: { type: 'string', default: '12' }, layers: { type: 'string', default: '0' },
    out: { type: 'string', default: inRoot('build/bench') },
  },
});
const parts = ['kernels', 'models'], names = [...Object.keys(hosts), ...parts];
const strange = chosen.find((name) => !names.includes(name));
if (strange !== undefined) throw new Error(`There is no part "${strange}": ${names.join(', ')}.`);
const among = (list) => (list.some((name) => chosen.includes(name)) ? list.filter((name) => chosen.includes(name)) : list);
const rounds = Number(options.rounds);

/** How many cores were busy since `before`: about one is the benchmark's own. */
const clocks = () => ({ at: performance.now(), busy: cpus().reduce((all, { times: { user, nice, sys, irq } }) => all + user + nice + sys + irq, 0) });
const busyCores = (before, after = clocks()) => (after.busy - before.busy) / (after.at - before.at);

/** One model on all hosts: { name, macs, times: { host: { who: [ms] } }, profiles: { who }, about: { host }, busy }. */
async function measureModel(subject, started) {
  const opened = {};
  try {
    for (const [host, { open }] of Object.entries(started)) opened[host] = await open(subject);
    const turns = Object.entries(opened).flatMap(([host, { turns: of }]) => Object.entries(of).map(([who, turn]) => [`${host}/${who}`, turn]));
    const before = clocks();
    const all = await takeTurns(Object.fromEntries(turns), { rounds });
    const found = { name: subject.name, macs: subject.macs, times: {}, profiles: {}, about: {}, busy: busyCores(before) };
    for (const [host, { turns: of, isa, once, skipped, profile }] of Object.entries(opened)) {
      found.times[host] = Object.fromEntries(Object.keys(of).map((who) => [who, all[`${host}/${who}`]]));
      found.about[host] = { isa, once, skipped };
      if (host === 'chromium') for (const who of Object.keys(of)) found.profiles[who] = await profile(who, 2 * rounds);
    }
    return found;
  } finally {
    for (const { close } of Object.values(opened)) await close();
  }
}

/** { host: { name: { unit, rate, share } } }: medians, in units a second and of the limit; null for a mix. */
async function measureKernels(started) {
  const found = {};
  for (const [host, { kernels }] of Object.entries(started)) {
    found[host] = Object.fromEntries((await kernels(3 * rounds)).map(({ name, unit, rates, shares }) => (
      [name, { unit, rate: median(rates), share: shares.length > 0 ? median(shares) : null, rates, shares }])));
  }
  return found;
}

const folder = mkdtempSync(join(tmpdir(), 'octavo-bench-'));
const started = {}, results = {
  date: new Date().toISOString().slice(0, 10), machine: `${cpus()[0]?.model} (${cpus().length} cores)`,
  hosts: {}, skipped: [], kernels: {}, models: [],
};
const print = (lines) => lines.forEach((line) => console.log(line));
try {
  for (const name of among(Object.keys(hosts))) {
    const host = await hosts[name](folder);
    if (host === null) results.skipped.push(`${name}: skipped, it is not installed`);
    else [started[name], results.hosts[name]] = [host, host.title];
  }
  print(results.skipped);
  const wanted = among(parts);
  if (wanted.includes('kernels')) {
    results.kernels = await measureKernels(started);
    print(kernelLines(results.kernels));
  }
  for (const subject of wanted.includes('models') ? await subjects(folder, new RegExp(options.models)) : []) {
    const found = await measureModel(subject, started);
    results.models.push(found);
    print([...modelLines(found), ...layerLines(found, Number(options.layers))]);
  }
} finally {
  for (const { stop } of Object.values(started)) await stop();
  rmSync(folder, { recursive: true });
}

const out = resolve(options.out);
mkdirSync(out, { recursive: true });
const table = modelTable(results);
writeFileSync(join(out, 'bench.json'), JSON.stringify(results, null, 1));
writeFileSync(join(out, 'table.md'), table);
print(['', table, ...goalLines(results), '', `Every figure: ${join(out, 'bench.json')}; the table for the README: ${join(out, 'table.md')}`]);
