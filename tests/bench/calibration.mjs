// How fast calibration is, in Chromium and natively: pictures a second beside the float runs that it
// consists of, with one engine and with several. Subjects take turns in one run; ratios count. And what
// it needs: memory after few pictures, the largest among them, and after all.
//   node tests/bench/calibration.mjs [--model NAME] [--images N] [--rounds N] [--workers N]
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, basename, dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { dist, launch, serveFolders } from '../browser/support.mjs';
import { faces, flagsOf, inRoot, models, observers, peakOf, somePictures, temporary } from '../support.mjs';
import { shown } from './report.mjs';
import { median } from './turns.mjs';

const { values: options } = parseArgs({
  options: {
    model: { type: 'string', default: 'mobilenet_v2_1.0_224' }, images: { type: 'string', default: '100' },
    rounds: { type: 'string', default: '5' }, workers: { type: 'string', default: '2' },
  },
});
const runsATurn = 30;

async function measure([file, names, recipe, rounds, runs, workers]) {
  const { createOctavo } = await import('/dist/index.js');
  const blob = async (url) => (await fetch(url)).blob();
  const pictures = await Promise.all(names.map(async (name) => new File([await blob(`/images/${name}`)], name)));
  const one = await createOctavo({ workers: 1 }), many = await createOctavo({ workers });
  const [model, shared] = [await one.open(await blob(file)), await many.open(await blob(file))];
  const input = await model.inputOf(recipe, pictures[0]);
  const calibrate = (of) => async () => (await of.calibrate(pictures, recipe)).dispose();
  const subjects = {
    'float runs': [async () => { for (let i = 0; i < runs; ++i) await model.run([input]); }, runs],
    'calibration, 1 worker': [calibrate(model), pictures.length],
    [`calibration, ${workers} workers`]: [calibrate(shared), pictures.length],
  };
  const rates = Object.fromEntries(Object.keys(subjects).map((name) => [name, []]));
  for (let round = 0; round <= rounds; ++round) {
    for (const [name, [work, count]] of Object.entries(subjects)) {
      const begin = performance.now();
      await work();
      if (round > 0) rates[name].push((1000 * count) / (performance.now() - begin));
    }
  }
  return rates;
}

const subject = models.find(({ name }) => name === options.model);
if (subject === undefined || subject.skip) throw new Error(`${options.model}: ${subject?.skip ?? 'not in models/models.json'}`);
const recipe = { ...subject.recipe, limit: 0 };
const names = somePictures(subject.images, Number(options.images)).map(({ name }) => name);
const rounds = Number(options.rounds), workers = Number(options.workers);

console.log(`${subject.name}, ${names.length} pictures, a second: median (middle half)`);
const site = await serveFolders({ '/dist': dist, '/model': dirname(subject.file), '/images': subject.images });
const browser = await launch();
try {
  const page = await browser.newPage();
  await page.goto(site.address);
  const rates = await page.evaluate(measure, [`/model/${basename(subject.file)}`, names, recipe, rounds, runsATurn, workers]);
  const [runs, one, many] = Object.values(rates).map(median);
  for (const [name, list] of Object.entries(rates)) console.log(`  Chromium, ${name.padEnd(24)} ${shown(list)}`);
  console.log(`  one worker calibrates at ${(100 * one / runs).toFixed(0)} % of the rate of float runs; ${workers} are ${(many / one).toFixed(2)} times as fast as one`);
} finally {
  await browser.close();
  site.close();
}

const folder = temporary();
try {
  const seconds = { 1: [], [workers]: [] };
  for (let round = 0; round < rounds; ++round) {
    for (const threads of Object.keys(seconds)) {
      const { status, stdout, stderr } = faces.native(['quantize', subject.file, '-o', join(folder.path, 'int8.onnx'), '--images', subject.images,
        ...flagsOf({ ...recipe, limit: names.length }), '--threads', threads, '--json', '--quiet', '--force']);
      if (status !== 0) throw new Error(stderr);
      seconds[threads].push(JSON.parse(stdout).seconds);
    }
  }
  for (const [threads, list] of Object.entries(seconds)) {
    console.log(`  natively, calibrated and quantized, ${threads} threads ${shown(list.map((s) => names.length / s))}`);
  }
  console.log(`  natively ${workers} threads are ${(median(seconds[1]) / median(seconds[workers])).toFixed(2)} times as fast as one`);
} finally {
  folder.remove();
}

const { createHost } = await import(inRoot('dist/node.js'));
const pixels = ({ bytes }) => bytes.length; // as good as counting them
const all = somePictures(subject.images, 500).sort((a, b) => pixels(b) - pixels(a));
const few = all.slice(0, 10);

/** Of the engine in wasm: its heap after the first few pictures and after all. */
async function heaps(observer) {
  const host = await createHost();
  const { model } = await host.call('open', subject.file, {});
  const calibration = await host.call('calibration', model, { ...recipe, observer });
  const seen = [];
  for (const [i, { name, bytes }] of all.entries()) {
    await host.call('calibrate', calibration, i, name, bytes);
    seen.push(host.module.HEAPU8.length);
  }
  host.close();
  return [seen[few.length - 1], seen.at(-1)];
}

/** Natively: the most that a run on few pictures and one on all hold. */
async function peaks(observer, folder) {
  const ranges = (images) => peakOf(['ranges', subject.file, '-o', join(folder, 'ranges.txt'), '--force', '--quiet', '--images', images,
    ...flagsOf(recipe), '--observer', observer, '--threads', '1']);
  return [await ranges(join(folder, 'few')), await ranges(subject.images)];
}

const memory = temporary();
try {
  mkdirSync(join(memory.path, 'few'));
  for (const { name, bytes } of few) writeFileSync(join(memory.path, 'few', basename(name)), bytes);
  const shownPair = (pair) => pair.map((bytes) => (bytes / 1e6).toFixed(1)).join(' -> ');
  console.log(`MB after ${few.length} pictures, the largest, and after ${all.length}`);
  for (const observer of observers) {
    console.log(`  ${observer.padEnd(20)} natively ${shownPair(await peaks(observer, memory.path))}, heap in wasm ${shownPair(await heaps(observer))}`);
  }
} finally {
  memory.remove();
}
