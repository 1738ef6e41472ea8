// Calibration streams: what it needs does not grow with the number of samples.
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { demo, demoPictures, inRoot, peakOf, temporaryFolder } from '../support.mjs';

const { createHost } = await import(inRoot('dist/node.js'));

const MB = 1 << 20;
const few = 10, many = 500;
const pictures = demoPictures('calibration').slice(0, few);
// One of each kind of state: extremes, those of the last samples, the farthest of them, histograms.
const observers = ['min_max', 'moving_average', 'extremes_percentile', 'auto'];

for (const observer of observers) test(`the engine's heap is as large after ${many} samples as after ${few}: ${observer}`, async (t) => {
  const host = await createHost();
  t.after(() => host.close());
  const { model } = await host.call('open', demo('demo.onnx'), {});
  const calibration = await host.call('calibration', model, { preprocess: 'tf', observer });
  const heaps = [];
  for (let i = 0; i < many; ++i) {
    const { name, bytes } = pictures[i % few];
    await host.call('calibrate', calibration, i, name, bytes);
    heaps.push(host.module.HEAPU8.length);
  }
  assert.equal(heaps.at(-1), heaps[few - 1]);
});

for (const observer of observers) test(`natively likewise: ${observer}`, { skip: process.platform !== 'linux' && 'skipped: /proc tells of memory' }, async (t) => {
  const folder = temporaryFolder(t);
  const peaks = [];
  for (const count of [few, many]) {
    const images = join(folder, String(count));
    mkdirSync(images);
    for (let i = 0; i < count; ++i) writeFileSync(join(images, `${i}.jpg`), pictures[i % few].bytes);
    peaks.push(await peakOf(['ranges', demo('demo.onnx'), '-o', join(folder, `${count}.txt`), '--images', images, '--preprocess', 'tf', '--observer', observer, '--quiet']));
  }
  assert.ok(peaks[0] > MB && peaks[1] - peaks[0] < 2 * MB, `from ${peaks[0]} to ${peaks[1]} bytes`);
});
