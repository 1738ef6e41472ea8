// What the JavaScript suites share.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inRoot, root } from '../scripts/lib.mjs';

export { inRoot, root };

/** Where the shared models and images are; tests on them say that they skip where they are not. */
export const dataFolder = process.env.OCTAVO_DATA ?? inRoot('../shared/data');
export const needsData = existsSync(dataFolder) ? false : 'skipped: the shared data is not there';

export const demo = (path) => inRoot('models/demo', path);

/** A picture of the demo by its place: { name, bytes }. */
export function demoPictures(folder) {
  return readdirSync(demo(folder)).sort().map((name) => ({ name, bytes: readFileSync(demo(join(folder, name))) }));
}

export const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

/** A folder, until it is removed. */
export function temporary() {
  const path = mkdtempSync(join(tmpdir(), 'octavo-test-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** A folder that is gone when the test is over. */
export function temporaryFolder(t) {
  const { path, remove } = temporary();
  t.after(remove);
  return path;
}

/** The command line, native or from the npm package: { status, stdout, stderr }. */
export const faces = {
  native: (args, options) => spawnSync(inRoot('build/native/octavo'), args, { encoding: 'utf8', cwd: root, ...options }),
  npm: (args, options) => spawnSync('node', [inRoot('dist/cli.js'), ...args], { encoding: 'utf8', cwd: root, ...options }),
};

/** The most memory that a run of the native program holds at a time, in bytes, where there is /proc. */
export function peakOf(args) {
  return new Promise((resolve, reject) => {
    const child = spawn(inRoot('build/native/octavo'), args, { stdio: 'ignore', cwd: root });
    let peak = 0;
    const look = setInterval(() => {
      try {
        peak = 1024 * Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))[1]);
      } catch {
        // It has ended.
      }
    }, 1);
    child.on('close', (code) => {
      clearInterval(look);
      code === 0 ? resolve(peak) : reject(new Error(`ended with ${code}`));
    });
  });
}

/** models/models.json with whole paths; what is not on this machine has `skip` with the reason. */
export const models = Object.entries(JSON.parse(readFileSync(inRoot('models/models.json'), 'utf8'))).map(([name, model]) => {
  const at = (path) => (model.data === undefined ? inRoot(path) : join(dataFolder, path));
  const images = at(model.images);
  return {
    ...model, name, images, file: at(model.file ?? model.data), skip: model.data === undefined ? false : needsData,
    calibration: model.calibration === undefined ? images : at(model.calibration),
    labels: model.labels === 'folders' ? 'folders' : at(model.labels),
  };
});

/** The names of the engine's lists. */
const namesIn = (file) => [...readFileSync(inRoot(file), 'utf8').matchAll(/\{"(\w+)",/g)].map((match) => match[1]);
export const observers = namesIn('src/quant/observers/observer_list.cc');
export const weightMethods = namesIn('src/quant/weight_methods.cc');

/** A recipe as flags of the command line. */
export const flagsOf = (recipe) => Object.entries(recipe).flatMap(([key, value]) => [`--${key}`, key === 'crop' ? value.join('x') : String(value)]);

/** Pictures of a folder, spread evenly: [{ name, bytes }]. */
export function somePictures(folder, count) {
  const names = readdirSync(folder, { recursive: true }).filter((name) => /\.(jpe?g|png)$/i.test(name)).sort();
  return names.filter((_, i) => (i * count) % names.length < count).map((name) => ({ name, bytes: readFileSync(join(folder, name)) }));
}

/** A NumPy file of a Float32Array or BigInt64Array. */
export function npy(dims, values) {
  const header = `{'descr': '${values instanceof BigInt64Array ? '<i8' : '<f4'}', 'fortran_order': False, 'shape': (${dims.join(', ')}), }\n`;
  const head = Buffer.from([0x93, ...Buffer.from('NUMPY'), 1, 0, header.length & 255, header.length >> 8]);
  return Buffer.concat([head, Buffer.from(header), Buffer.from(values.buffer)]);
}
