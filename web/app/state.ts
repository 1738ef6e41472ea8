// All that the page knows, and what can be done with it. Views read signals and call actions.
import { computed, signal } from '@preact/signals';
import { Calibration, type Choices, type CompareReport, type Model, OctavoError, type Picture as Seen, type PreprocessReport, type Progress, type Recipe, type SensitivityReport, type Skipped, spread } from 'octavo/inline';
import { engine } from './engine.js';
import { asPictures, bytesFromBase64, parseLabels, type Picture, withLabel } from './files.js';

export interface Opened {
  name: string;
  model: Model;
}

export interface Result {
  model: Model;
  bytes: Uint8Array;
  /** Null without pictures to compare on. */
  report: CompareReport | null;
}

/** Of a step of the page. */
export type Place = 'model' | 'scheme' | 'pictures' | 'work' | 'result';

/** What is being done, and where it was asked for; 'fold' is done in one go. */
export interface Work extends Omit<Progress, 'phase'> {
  phase: Progress['phase'] | 'fold';
  place: Place;
}

export const opened = signal<Opened | null>(null);
export const pictures = signal<Picture[]>([]);
export const tests = signal<Picture[]>([]);
export const skipped = signal<Skipped[]>([]);
export const choices = signal<Choices | null>(null);
export const recipe = signal<Recipe>({ preset: 'best', preprocess: 'tf', limit: 100 });
export const full = signal<Recipe>({}); // with what the preset says, and the defaults
export const seen = signal<Seen[]>([]);
export const plan = signal('');
export const wantsPictures = signal(true); // of the recipe and the model
export const work = signal<Work | null>(null);
export const paused = signal<Progress | null>(null);
export const result = signal<Result | null>(null);
export const earlier = signal<Pick<Result, 'bytes' | 'report'> | null>(null); // what layers were then left in float for
export const sensitivity = signal<SensitivityReport | null>(null);
export const picked = signal<string[]>([]); // layers of it, to leave in float
export const checked = signal<PreprocessReport | null>(null);
export const problem = signal<{ place: Place; error: OctavoError } | null>(null);

export const ready = computed(() => opened.value !== null && (pictures.value.length > 0 || !wantsPictures.value) && work.value === null);

const previews = 6;
const headBytes = 64;
const compareLimit = 200;
let calibration: Calibration | null = null;
let abort: AbortController | null = null;

/** Runs an action; what it throws is shown at its place. */
async function attempt(place: Place, action: () => Promise<void>): Promise<void> {
  problem.value = null;
  try {
    await action();
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') return;
    const known = error instanceof OctavoError ? error : new OctavoError('E_INTERNAL', String(error));
    problem.value = { place, error: known };
  }
}

export function openModel(files: File[]): Promise<void> {
  return attempt('model', async () => {
    const main = files.find((file) => file.name.endsWith('.onnx')) ?? files[0];
    if (main === undefined) return;
    const siblings = Object.fromEntries(files.filter((file) => file !== main).map((file) => [file.name, file]));
    await useModel(main.name, main, siblings);
  });
}

async function useModel(name: string, source: Blob, siblings: Record<string, Blob> = {}): Promise<void> {
  const model = await (await engine()).open(source, { siblings });
  opened.value?.model.dispose();
  opened.value = { name, model };
  const { exclude, ...others } = recipe.value; // layers of another model
  await setRecipe(others);
  await showSeen();
}

export function takePictures(files: File[]): Promise<void> {
  return attempt('pictures', async () => usePictures(await asPictures(files)));
}

/** Sorts out what is no picture before samples are spread, as every face of the engine does. */
async function usePictures(all: Picture[]): Promise<void> {
  const octavo = await engine();
  const good: Picture[] = [];
  const bad: Skipped[] = [];
  for (const picture of all) {
    const head = new Uint8Array(await picture.file.slice(0, headBytes).arrayBuffer());
    const reason = await octavo.sniff(head);
    reason === null ? good.push(picture) : bad.push({ name: picture.name, reason });
  }
  pictures.value = good;
  tests.value = [];
  skipped.value = bad;
  forget();
  if (good.length === 0) {
    const first = bad[0] === undefined ? '' : `; the first, ${bad[0].name}: ${bad[0].reason}`;
    throw new OctavoError('E_CALIBRATION_DATA', `none of the ${all.length} files is a picture that can be read${first}`);
  }
  await showSeen();
}

/** What there is to choose from, once the engine runs. */
export function learnChoices(): Promise<void> {
  return attempt('work', async () => {
    choices.value = await (await engine()).choices();
    await setRecipe(recipe.value);
  });
}

export function changeRecipe(change: Partial<Recipe>, place: Place = 'pictures'): Promise<void> {
  const next: Record<string, unknown> = { ...recipe.value, ...change };
  for (const [key, value] of Object.entries(next)) if (value === undefined) delete next[key];
  return attempt(place, async () => {
    await setRecipe(next as Recipe);
    await showSeen();
  });
}

async function setRecipe(next: Recipe): Promise<void> {
  recipe.value = next;
  forget();
  full.value = await (await engine()).normalize(next);
  wantsPictures.value = opened.value === null ? full.value.scheme === 'static' : await opened.value.model.wantsSamples(next);
}

/** A scheme as it is: what was chosen by hand for another is undone. */
export function chooseScheme(scheme: string): Promise<void> {
  const undone = { ...ofPresets(), activations: undefined, weight_bits: undefined, block_size: undefined };
  return changeRecipe({ ...undone, preset: scheme === 'static' ? 'best' : undefined, scheme } as Partial<Recipe>, 'scheme');
}

/** The keys that presets are of, undone. */
function ofPresets(): Record<string, undefined> {
  return Object.fromEntries((choices.value?.preset ?? []).flatMap(({ sets }) => Object.keys(sets)).map((key) => [key, undefined]));
}

/** A preset as it is: what was chosen by hand of its keys is undone. */
export function choosePreset(preset: string): Promise<void> {
  return changeRecipe({ ...ofPresets(), preset: preset as NonNullable<Recipe['preset']> });
}

/** What the network will see of the first pictures, and the recipe in words. */
async function showSeen(): Promise<void> {
  const current = opened.value;
  seen.value = [];
  plan.value = '';
  if (current === null || (wantsPictures.value && pictures.value.length === 0)) return;
  plan.value = (await current.model.describe(recipe.value)).text;
  const shown: Seen[] = [];
  for (const { file } of spread(pictures.value, previews)) {
    try {
      shown.push(await current.model.preview(recipe.value, file));
    } catch {
      // A picture that cannot be read is reported when it is calibrated on.
    }
  }
  seen.value = shown;
}

/** Whether pictures with labels say that the network was trained on other pixels. */
export function checkPreprocessing(): Promise<void> {
  return attempt('pictures', async () => {
    const current = opened.value;
    if (current === null) return;
    abort = new AbortController();
    checked.value = null;
    try {
      const { limit, ...preprocessing } = recipe.value;
      checked.value = await current.model.check([...pictures.value, ...tests.value].map(sampleOf), preprocessing, {
        signal: abort.signal,
        onProgress: showAt('pictures'),
      });
    } finally {
      work.value = null;
      abort = null;
    }
  });
}

/** What was measured belongs to the old choices. */
function forget(): void {
  checked.value = null;
  sensitivity.value = null;
  earlier.value = null;
  calibration?.dispose();
  calibration = null;
  paused.value = null;
  result.value?.model.dispose();
  result.value = null;
}

/** Quantizes, calibrated from where it was stopped where samples are wanted, and compares where there are pictures. */
export function start(): Promise<void> {
  return attempt('work', async () => {
    const current = opened.value;
    if (current === null) return;
    abort = new AbortController();
    const { signal } = abort;
    result.value?.model.dispose();
    result.value = null;
    sensitivity.value = null;
    try {
      const model = wantsPictures.value ? await quantizeOnPictures(current.model, signal) : await quantizeAlone(current.model);
      let report: CompareReport | null = null;
      if (pictures.value.length > 0) { // where that fails or is stopped, there is a model still
        await attempt('pictures', async () => {
          report = await compareWith(current.model, model, signal);
        });
      }
      result.value = { model, bytes: await model.save(), report };
    } finally {
      work.value = null;
      abort = null;
    }
  });
}

async function quantizeOnPictures(float: Model, signal: AbortSignal): Promise<Model> {
  calibration ??= await float.calibration(recipe.value);
  await calibrateFrom(calibration, spread(pictures.value, recipe.value.limit ?? 0), signal);
  return float.quantize(calibration, { signal, onProgress: showAt('work') });
}

function quantizeAlone(float: Model): Promise<Model> {
  work.value = { place: 'work', phase: 'fold', done: 0, total: 0, name: '' };
  return float.quantize(recipe.value);
}

async function calibrateFrom(target: Calibration, samples: Picture[], signal: AbortSignal): Promise<void> {
  const from = target.done;
  paused.value = null;
  work.value = { place: 'work', phase: 'calibrate', done: from, total: samples.length, name: '' };
  try {
    await target.add(samples.slice(from).map(sampleOf), {
      signal,
      onProgress: (at) => showAt('work')({ ...at, done: from + at.done, total: samples.length }),
    });
  } catch (error) {
    if (signal.aborted) paused.value = { phase: 'calibrate', done: target.done, total: samples.length, name: '' };
    throw error;
  }
  skipped.value = [...skipped.value.filter(({ name }) => !samples.some((s) => s.name === name)), ...(await target.skipped())];
}

function compareWith(float: Model, quantized: Model, signal: AbortSignal): Promise<CompareReport> {
  const from = tests.value.length > 0 ? tests.value : pictures.value;
  const samples = spread(from, compareLimit).map(sampleOf);
  work.value = { place: 'work', phase: 'compare', done: 0, total: samples.length, name: '' };
  return float.compare(quantized, samples, recipe.value, { signal, onProgress: showAt('work') });
}

const showAt = (place: Place) => (progress: Progress) => {
  work.value = { ...progress, place };
};

/** Which layers the loss comes from, on pictures of the calibration. */
export function measureSensitivity(): Promise<void> {
  return attempt('result', async () => {
    const current = opened.value;
    if (current === null || calibration === null) return;
    abort = new AbortController();
    work.value = { place: 'result', phase: 'load', done: 0, total: calibration.samples.length, name: '' };
    try {
      const found = await current.model.sensitivity(calibration, { signal: abort.signal, onProgress: showAt('result') });
      const advised = found.advice.exclude;
      sensitivity.value = found;
      picked.value = found.layers.map(({ name }) => name).filter((name) => advised.includes(patternOf(name)));
    } finally {
      work.value = null;
      abort = null;
    }
  });
}

/** In a pattern `*` is more than itself. */
const patternOf = (name: string) => name.replaceAll('*', '?');

export function pick(layer: string, wanted: boolean): void {
  const others = picked.value.filter((name) => name !== layer);
  picked.value = wanted ? [...others, layer] : others;
}

/** The picked layers stay in float, and everything is done again. */
export async function keepPicked(): Promise<void> {
  const before = result.value;
  await changeRecipe({ exclude: [...new Set([...(recipe.value.exclude ?? []), ...picked.value.map(patternOf)])] }, 'result');
  earlier.value = before;
  await start();
}

const sampleOf = ({ name, file, label }: Picture) => ({ name, data: file, ...(label === undefined ? {} : { label }) });

export function cancel(): void {
  abort?.abort();
}

/** The built-in model with its own pictures: calibrated on some, judged on others. */
export function runDemo(): Promise<void> {
  return attempt('model', async () => {
    const { default: demo } = await import('virtual:demo');
    const blob = (base64: string) => new Blob([bytesFromBase64(base64)]);
    const labels = parseLabels(demo.labels);
    await setRecipe({ preset: 'best', preprocess: 'tf', limit: 0 });
    pictures.value = [];
    await useModel('demo.onnx', blob(demo.model));
    await usePictures(demo.calibration.map(({ name, base64 }) => ({ name, file: blob(base64) })));
    tests.value = demo.test.map(({ name, base64 }) => withLabel({ name, file: blob(base64) }, labels));
    await start();
  });
}

/** What the file is called after. */
export const kind = computed(() => (full.value.scheme === 'float16' ? 'float16' : full.value.weight_bits === 4 ? 'int4' : 'int8'));

export function download(): void {
  if (result.value !== null) save(`_${kind.value}.onnx`, new Blob([result.value.bytes.slice()], { type: 'application/octet-stream' }));
}

/** The report as one HTML file. */
export function downloadReport(): Promise<void> {
  return attempt('result', async () => {
    const report = result.value?.report;
    if (!report || opened.value === null) return;
    const measured = sensitivity.value === null ? {} : { sensitivity: sensitivity.value };
    const html = await (await engine()).html({ ...report, ...measured }, `${opened.value.name} in ${kind.value}`);
    save('_report.html', new Blob([html], { type: 'text/html' }));
  });
}

/** Hands the user a file named after the model. */
function save(ending: string, content: Blob): void {
  const url = URL.createObjectURL(content);
  const link = document.createElement('a');
  link.href = url;
  link.download = `${opened.value?.name.replace(/\.[^.]*$/, '')}${ending}`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
