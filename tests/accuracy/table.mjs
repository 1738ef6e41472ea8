// Every observer with every weight method, per channel and per tensor, on the models of models.json whose data is there:
// calibrated on some pictures, judged on all. Writes a table of Markdown.
//   node tests/accuracy/table.mjs [--models REGEX] [--observers A,B] [--weight-methods A,B] [--out FILE] [--kept FOLDER]
// What this very program has measured before is not measured again, so that a run can be broken off and gone on with, and
// others added to it: the folder holds it.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { faces, flagsOf, inRoot, models, observers, temporary, weightMethods } from '../support.mjs';

const { values: options } = parseArgs({
  options: {
    models: { type: 'string', default: '.' }, observers: { type: 'string' }, 'weight-methods': { type: 'string' },
    out: { type: 'string', default: inRoot('docs/accuracy.md') }, kept: { type: 'string', default: inRoot('build/accuracy') },
  },
});

/** Those of a list that were asked for; all of it where none were. */
function among(list, wanted) {
  const names = wanted?.split(',') ?? list;
  const strange = names.find((name) => !list.includes(name));
  if (strange !== undefined) throw new Error(`There is no "${strange}": ${list.join(', ')}.`);
  return names;
}

const granularities = ['per-channel', 'per-tensor'];
const subjects = models.filter(({ name, data, skip }) => data !== undefined && !skip && new RegExp(options.models).test(name));
if (subjects.length === 0) throw new Error('No model to measure: they are in the shared data.');
const methods = among(weightMethods, options['weight-methods']);
const choices = among(observers, options.observers);

/** Flags beyond the name: a share of samples is not a share of values. */
const flagsOfObserver = { extremes_percentile: ['--percentile', '95'] };

function octavo(...args) {
  const { status, stdout, stderr } = faces.native([...args, '--quiet', '--json']);
  if (status !== 0) throw new Error(`octavo ${args.join(' ')}: ${stderr}`);
  return JSON.parse(stdout);
}

/** What the default preset finds by itself, as one more row. */
const preset = { observer: 'best', method: 'preset' };

const flagsOfChoice = (observer, method) => (method === preset.method ? ['--preset', observer]
  : ['--observer', observer, ...flagsOfObserver[observer] ?? [], '--weight-method', method]);

function measure(model, observer, method, granularity, folder) {
  const file = join(folder, 'int8.onnx');
  const { limit, ...preprocessing } = model.recipe;
  const { seconds } = octavo('quantize', model.file, '-o', file, '--force', '--images', model.calibration, ...flagsOf(model.recipe),
    ...flagsOfChoice(observer, method), '--weights', granularity);
  const { images, agreement, float, quantized, output } = octavo('compare', model.file, file,
    '--images', model.images, '--labels', model.labels, ...flagsOf(preprocessing));
  return { images, limit, seconds, agreement, float: float.top1, top1: quantized.top1, sqnr: output.sqnr_db };
}

// --- what was measured -------------------------------------------------------------------------------------

const program = createHash('sha256').update(readFileSync(inRoot('build/native/octavo'))).digest('hex');
const kept = join(options.kept, `${program.slice(0, 16)}.json`);
const found = existsSync(kept) ? JSON.parse(readFileSync(kept, 'utf8')) : {};
const keyOf = (model, ...choice) => [model.name, ...choice].join(' ');

const { path, remove } = temporary();
try {
  mkdirSync(dirname(kept), { recursive: true });
  for (const model of subjects) {
    const rows = [...methods.flatMap((method) => choices.map((observer) => ({ observer, method }))), preset];
    for (const { observer, method } of rows) for (const granularity of granularities) {
      const key = keyOf(model, observer, method, granularity);
      if (key in found) continue;
      found[key] = measure(model, observer, method, granularity, path);
      writeFileSync(kept, JSON.stringify(found));
      console.log(`${key}: top-1 ${percent(found[key].top1)}, agreement ${percent(found[key].agreement)}`);
    }
  }
} finally {
  remove();
}

// --- the page ----------------------------------------------------------------------------------------------

function percent(share) {
  return (share * 100).toFixed(1);
}

const cells = ({ top1, agreement, sqnr }) => [percent(top1), percent(agreement), sqnr.toFixed(1)];

function row(model, observer, method) {
  const each = granularities.map((granularity) => found[keyOf(model, observer, method, granularity)]);
  if (each.includes(undefined)) return [];
  return [`| ${[`\`${observer}\``, `\`${method}\``, ...each.flatMap(cells), each[0].seconds.toFixed(1)].join(' | ')} |`];
}

/** The highest agreement of a granularity, and what the default gives. */
function best(model, granularity) {
  const all = Object.entries(found).filter(([key]) => key.startsWith(`${model.name} `) && key.endsWith(` ${granularity}`));
  const [key, { agreement }] = all.reduce((a, b) => (b[1].agreement > a[1].agreement ? b : a));
  const [, observer, method] = key.split(' ');
  const usual = found[keyOf(model, preset.observer, preset.method, granularity)];
  return `${granularity} \`${observer}\` with \`${method}\`, ${percent(agreement)} %${usual ? ` (preset \`best\`, the default: ${percent(usual.agreement)} %)` : ''}`;
}

function table(model) {
  const rows = [...row(model, preset.observer, preset.method),
    ...weightMethods.flatMap((method) => observers.flatMap((observer) => row(model, observer, method)))];
  if (rows.length === 0) return [];
  const { images, limit, float } = Object.entries(found).find(([key]) => key.startsWith(`${model.name} `))[1];
  return [
    `## ${model.name}`, '',
    `Float top-1 ${percent(float)} %; ${limit} pictures to calibrate on, ${images} to judge on. Most same answers: ${granularities.map((g) => best(model, g)).join('; ')}.`, '',
    '| observer | weights by | top-1 | same answer | SQNR, dB | top-1, per tensor | same answer | SQNR, dB | seconds |',
    '|---|---|---|---|---|---|---|---|---|', ...rows, '',
  ];
}

const page = [
  '# Observers and weight methods', '',
  `Written by \`npm run accuracy\` on ${new Date().toISOString().slice(0, 10)}, on ${cpus()[0]?.model.trim()} (${cpus().length} cores, shared).`, '',
  'Scheme static, 8 bits, no layer excluded, nothing corrected beyond what is always done, but in the first row of each table: it is the preset `best`, which tries observers and corrects layers. First come weights with one scale a channel, then with one a tensor. Top-1 and the share of pictures with the same answer as the float model are in per cent, SQNR is that of the outputs, seconds are those of `octavo quantize`: reading, calibrating and writing, per channel. `percentile` keeps 99.99 % of the values, `extremes_percentile` 95 % of the samples, weights by `percentile` 99.99 %.', '',
  'One picture of 500 is 0.2 points; of two rows that differ by less than two points in the same answers, neither is better.', '',
  ...models.filter(({ data }) => data !== undefined).flatMap(table),
];
mkdirSync(dirname(options.out), { recursive: true });
writeFileSync(options.out, page.join('\n'));
console.log(`wrote ${options.out}`);
