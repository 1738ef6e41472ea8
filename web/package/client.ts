// The classes that people hold. They own a handle each and ask the host over a transport; many samples
// are shared over several engines.
import type { Engines } from './engines.js';
import { OctavoError } from './errors.js';
import type { Handle, Quantized, Transport } from './protocol.js';
import { blockSize, InOrder, type Named, share } from './sharing.js';
import type {
  Choices, CompareReport, Finding, Isa, ModelInfo, ModelSource, NamedSample, OpenOptions, Picture, PreprocessReport, Profile, QuantizeOptions, QuantizeReport, Recipe, Sample, SampleFiles, SensitivityReport, Skipped,
  Tensor, WorkOptions,
} from './types.js';

const timedRuns = 12;
const checkedSamples = 100;

/** The engine, running in its worker. */
export class Octavo {
  #engines: Engines;
  constructor(engines: Engines) {
    this.#engines = engines;
  }

  /** Opens a model of any known format. One with operators that are not supported opens too: see `info`. */
  async open(source: ModelSource, { signal, siblings = {} }: OpenOptions = {}): Promise<Model> {
    signal?.throwIfAborted();
    const kept = await this.#engines.keep(absolute(source));
    const beside: Record<string, ModelSource> = {};
    for (const [name, data] of Object.entries(siblings)) beside[name] = await this.#engines.keep(absolute(data));
    const { model, info } = await this.#engines.first.call('open', kept, beside);
    const opened = new Model(this.#engines, model, info, async (engine) => (await engine.call('open', kept, beside)).model);
    if (signal?.aborted) opened.dispose();
    signal?.throwIfAborted();
    return opened;
  }

  /** Checks a recipe and fills in the defaults. */
  normalize(recipe: Recipe): Promise<Recipe> {
    return this.#engines.first.call('normalize', recipe);
  }

  /** What keys of a recipe can be, for faces that let people choose. */
  choices(): Promise<Choices> {
    return this.#engines.first.call('choices');
  }

  /** Which kernels run here: those with relaxed SIMD, where engine and processor compute it exactly, or plain ones. */
  isa(): Promise<Isa> {
    return this.#engines.first.call('isa');
  }

  /**
   * How many threads share one run: more than 1 in a page that is cross-origin isolated, on more than one
   * core, with the worker and wasm of this package. Where they were wanted and did not start, the console says why.
   */
  threads(): Promise<number> {
    return this.#engines.first.call('threads');
  }

  /**
   * A report as one HTML file for people, light and dark, that needs no network: of a comparison, of sensitivity, or of
   * a comparison that has it. `title`: what it is of.
   */
  html(report: CompareReport | { sensitivity: SensitivityReport }, title = 'A comparison'): Promise<string> {
    return this.#engines.first.call('html', report, title);
  }

  /** Why a file that begins so cannot be a sample; null where it can. 64 bytes are enough. */
  sniff(head: Uint8Array): Promise<string | null> {
    return this.#engines.first.call('sniff', head);
  }

  /** Ends the workers and gives all memory back; what was opened is void. */
  dispose(): void {
    this.#engines.close();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}

/** An object of the engine, and its twins on other engines. */
class Owned {
  protected readonly engines: Engines;
  /** Of the first engine's host; not for use outside the package. */
  readonly handle: Handle;
  #make: (engine: Transport) => Promise<Handle>;
  #twins = new Map<Transport, Promise<Handle>>();
  #disposed = false;

  constructor(engines: Engines, handle: Handle, make: (engine: Transport) => Promise<Handle>) {
    this.engines = engines;
    this.handle = handle;
    this.#make = make;
  }

  protected get transport(): Transport {
    return this.engines.first;
  }

  get disposed(): boolean {
    return this.#disposed;
  }

  /** Its twin on another engine, made when it is first asked for; not for use outside the package. */
  twin(engine: Transport): Promise<Handle> {
    let twin = this.#twins.get(engine);
    if (twin === undefined) {
      twin = this.#make(engine);
      this.#twins.set(engine, twin);
      twin.catch(() => this.#twins.delete(engine));
    }
    return twin;
  }

  /** Gives its memory back. */
  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    const free = (engine: Transport, handle: Handle) => engine.call('dispose', handle).catch(() => {}); // it may be gone already
    free(this.transport, this.handle);
    for (const [engine, twin] of this.#twins) twin.then((handle) => free(engine, handle), () => {});
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}

/** A model, float or quantized. */
export class Model extends Owned {
  readonly info: ModelInfo;
  /** What became of each node; only of a model that `quantize` made. */
  readonly report: QuantizeReport | undefined;

  constructor(engines: Engines, handle: Handle, info: ModelInfo, make: (engine: Transport) => Promise<Handle>, report?: QuantizeReport) {
    super(engines, handle, make);
    this.info = info;
    this.report = report;
  }

  /** Whether `quantize` by this recipe wants a calibration: of the static scheme, where training left no ranges in the model. */
  wantsSamples(recipe: Recipe): Promise<boolean> {
    return this.transport.call('wantsSamples', this.handle, recipe);
  }

  /** The recipe as it will be carried out, in a few lines, and what it asks for without effect. */
  describe(recipe: Recipe): Promise<{ text: string; warnings: string[] }> {
    return this.transport.call('describe', this.handle, recipe);
  }

  /** What the network sees of a picture, before mean and norm. */
  preview(recipe: Recipe, sample: Sample): Promise<Picture> {
    return this.transport.call('preview', this.handle, recipe, absolute(sample));
  }

  /** The input that a picture or array becomes, ready for `run` here or in another runtime. */
  async inputOf(recipe: Recipe, sample: Exclude<Sample, ImageData>): Promise<Tensor> {
    const [input] = await this.transport.call('inputs', this.handle, recipe, absolute(sample) as Exclude<Sample, ImageData>);
    return input as Tensor;
  }

  /** Runs `runs` times and tells where the time goes. Timers of browsers are coarse: let there be many. */
  profile(inputs: Tensor[], runs: number): Promise<Profile> {
    return this.transport.call('profile', this.handle, inputs, runs);
  }

  /** One run; inputs and outputs in the model's order. */
  run(inputs: Tensor[]): Promise<Tensor[]> {
    return this.transport.call('run', this.handle, inputs);
  }

  /** A calibration without samples yet. */
  async calibration(recipe: Recipe): Promise<Calibration> {
    return new Calibration(this.engines, await this.transport.call('calibration', this.handle, recipe), this, recipe);
  }

  /**
   * Runs the samples and observes the model's values. `recipe.limit` spreads evenly over the samples, unless `recipe.pick` says otherwise.
   * To stop and go on later, use `calibration` and its `add`.
   */
  async calibrate(samples: Iterable<Sample | NamedSample>, recipe: Recipe = {}, options: WorkOptions = {}): Promise<Calibration> {
    const calibration = await this.calibration(recipe);
    try {
      await calibration.add(picked([...samples], recipe), options);
      return calibration;
    } catch (error) {
      calibration.dispose();
      throw error;
    }
  }

  /**
   * The int8 model: by a calibration, or by a recipe that needs none: of the dynamic scheme, `data_free`, or with
   * `input_ranges` or a file of `ranges` (MACE's overall_range, an ncnn table, ONNX Runtime's calibration.json, .cache or .flatbuffers).
   * A recipe with `max_drop` or `min_agreement` that cannot be met fails with E_GOAL_MISSED, and says what came nearest.
   */
  async quantize(by: Calibration | Recipe, { ranges = '', ...options }: QuantizeOptions = {}): Promise<Model> {
    const { model, info, report } = by instanceof Calibration ? await this.#tune(by, options)
      : await this.transport.call('quantize', this.handle, by, ranges);
    const made: Model = new Model(this.engines, model, info, async (engine) => (await engine.call('open', await made.save(), {})).model, report);
    return made;
  }

  /**
   * Whether pictures reach this float model as it was trained on them: its accuracy on labelled samples with
   * the usual colour orders, means and norms. `recipe.limit` samples, or 100, spread evenly; each is run ten times.
   */
  async check(samples: Iterable<Sample | NamedSample>, recipe: Recipe = {}, options: WorkOptions = {}): Promise<PreprocessReport> {
    const check = await this.startCheck(samples, recipe, options);
    try {
      return await this.transport.call('checked', check);
    } finally {
      this.transport.call('dispose', check).catch(() => {});
    }
  }

  /** What `check` reports on, of the first engine's host; not for use outside the package. */
  async startCheck(samples: Iterable<Sample | NamedSample>, recipe: Recipe, options: WorkOptions): Promise<Handle> {
    const labelled = [...samples].map(withName).filter(({ label }) => label !== undefined && label >= 0);
    const check = await this.transport.call('preprocessCheck', this.handle, recipe);
    try {
      await share('check', spread(labelled, recipe.limit || checkedSamples), (left) => left, [this.transport], options,
        (engine, { name, data, label }) => engine.call('check', check, name, data, label as number));
      return check;
    } catch (error) {
      this.transport.call('dispose', check).catch(() => {});
      throw error;
    }
  }

  async #tune(calibration: Calibration, options: QuantizeOptions): Promise<Quantized> {
    const { state = '', onState } = options;
    const { tuning, samples } = await this.transport.call('tuning', this.handle, calibration.handle);
    try {
      if (state !== '') await this.transport.call('restore', tuning, state);
      const chosen = samples > 0 ? spread(calibration.samples, samples) : [];
      await share('load', chosen, () => chosen.length, [this.transport], options, (engine, { name, data, label }) =>
        engine.call('tune', tuning, name, data, label ?? -1));
      let known = state;
      await this.#step(tuning, options, async () => {
        const now = onState === undefined ? '' : await this.transport.call('state', tuning);
        if (now !== '' && now !== known) onState?.(known = now);
      });
      return await this.transport.call('tuned', tuning);
    } finally {
      this.transport.call('dispose', tuning).catch(() => {});
    }
  }

  /** Until no step is left. */
  async #step(work: Handle, { signal, onProgress }: WorkOptions, after: () => Promise<void> = async () => {}): Promise<void> {
    for (let at = await this.transport.call('step', work); at !== null; at = await this.transport.call('step', work)) {
      await after();
      signal?.throwIfAborted();
      onProgress?.(at);
    }
  }

  /**
   * Which layers the loss of int8 comes from: each quantized alone, and each left in float alone, on up to 64 samples
   * of the calibration. Of observer auto it takes the first ranges, and corrects nothing.
   */
  async sensitivity(calibration: Calibration, options: WorkOptions = {}): Promise<SensitivityReport> {
    const sensitivity = await this.startSensitivity(calibration, options);
    try {
      return await this.transport.call('sensed', sensitivity);
    } finally {
      this.transport.call('dispose', sensitivity).catch(() => {});
    }
  }

  /** What `sensitivity` reports on, of the first engine's host; not for use outside the package. */
  async startSensitivity(calibration: Calibration, options: WorkOptions): Promise<Handle> {
    const { sensitivity, samples } = await this.transport.call('sensitivity', this.handle, calibration.handle);
    try {
      const chosen = spread(calibration.samples, samples);
      await share('load', chosen, () => chosen.length, [this.transport], options, (engine, { name, data }) =>
        engine.call('sense', sensitivity, name, data));
      await this.#step(sensitivity, options);
      return sensitivity;
    } catch (error) {
      this.transport.call('dispose', sensitivity).catch(() => {});
      throw error;
    }
  }

  /** This float model and `quantized` side by side. With labels, accuracy too. */
  async compare(
    quantized: Model, samples: Iterable<Sample | NamedSample>, recipe: Recipe = {}, options: WorkOptions = {},
  ): Promise<CompareReport> {
    const comparison = await this.comparison(quantized, samples, recipe, options);
    try {
      return await this.transport.call('report', comparison);
    } finally {
      this.transport.call('dispose', comparison).catch(() => {});
    }
  }

  /** What `compare` reports on, of the first engine's host; not for use outside the package. */
  async comparison(quantized: Model, samples: Iterable<Sample | NamedSample>, recipe: Recipe, options: WorkOptions): Promise<Handle> {
    const all = [...samples].map(withName);
    const engines = await this.engines.for(all.length, this.info.bytes + quantized.info.bytes);
    const begun: { engine: Transport; handle: Handle }[] = [];
    const begin = async (engine: Transport) => {
      const [float, int8] = engine === this.transport ? [this.handle, quantized.handle] : await Promise.all([this.twin(engine), quantized.twin(engine)]);
      const part = { engine, handle: await engine.call('comparison', float, int8, recipe, all.length) };
      begun.push(part);
      return part;
    };
    try {
      const parts = await Promise.all(engines.map(begin));
      await share('compare', all, () => 1, parts, options, ({ engine, handle }, { name, data, label }, index) =>
        engine.call('compare', handle, index, name, data, label ?? -1));
      const [first, ...others] = parts as [typeof parts[0], ...typeof parts];
      for (const { engine, handle } of others) await first.engine.call('merge', first.handle, await engine.call('take', handle));
      if (others.length > 0) {
        await share('time', spread(all, timedRuns), () => timedRuns, [first], options, ({ engine, handle }, { name, data }) =>
          engine.call('time', handle, name, data));
      }
      begun.splice(begun.indexOf(first), 1);
      return first.handle;
    } finally {
      for (const { engine, handle } of begun) engine.call('dispose', handle).catch(() => {});
    }
  }

  /** Faults of a quantized model that can be seen without running it, with a remedy each; of a float one it fails. */
  lint(): Promise<Finding[]> {
    return this.transport.call('lint', this.handle);
  }

  /** The model's file. */
  save(format: 'onnx' = 'onnx'): Promise<Uint8Array> {
    return this.transport.call('save', this.handle, format);
  }
}

/** Statistics of a model's values, filled sample by sample. */
export class Calibration extends Owned {
  #model: Model;
  #done = 0;
  /** Those that were given to `add` and got in: quantization may look at some of them again. Not for use outside the package. */
  readonly samples: Named[] = [];

  constructor(engines: Engines, handle: Handle, model: Model, recipe: Recipe) {
    // On every engine that helps, the first too, samples are gathered in a calibration of their own.
    super(engines, handle, async (engine) =>
      engine.call('calibration', engine === engines.first ? model.handle : await model.twin(engine), recipe));
    this.#model = model;
  }

  /**
   * Adds samples. Those that are no pictures are skipped and noted. When `signal` stops it, what was
   * added stays: call again with the samples from `done` on to resume.
   */
  async add(samples: Iterable<Sample | NamedSample>, options: WorkOptions = {}): Promise<void> {
    const all = [...samples].map(withName);
    const before = this.#done;
    try {
      await this.#add(all, options);
    } finally {
      this.samples.push(...all.slice(0, this.#done - before));
    }
  }

  async #add(all: Named[], options: WorkOptions): Promise<void> {
    const engines = this.#model.disposed ? [this.transport] : await this.engines.for(all.length, this.#model.info.bytes);
    if (engines.length === 1) {
      const before = this.#done;
      return share('calibrate', all, () => all.length, engines, options, async (engine, { name, data }, index) => {
        await engine.call('calibrate', this.handle, before + index, name, data);
        this.#done += 1;
      });
    }
    const parts = await Promise.all(engines.map(async (engine) => ({ engine, handle: await this.twin(engine) })));
    const from = this.#done;
    const merged = new InOrder<Uint8Array>(async (state, to) => {
      await this.transport.call('merge', this.handle, state);
      this.#done = from + to;
    });
    try {
      await share('calibrate', all, (left) => blockSize(left, engines.length), parts, options,
        ({ engine, handle }, { name, data }, _, place) => engine.call('calibrate', handle, place, name, data),
        async ({ engine, handle }, begin, end) => merged.add(begin, end, await engine.call('take', handle)));
    } finally {
      await merged.done();
    }
  }

  /**
   * Samples that are in it, skipped ones included. Engines that share the work add them in blocks, in order:
   * of a block that is not whole when work stops, and of those after it, some may have been run in vain.
   */
  get done(): number {
    return this.#done;
  }

  skipped(): Promise<Skipped[]> {
    return this.transport.call('skipped', this.handle);
  }
}

/** Those that a recipe's `limit` and `pick` leave. */
export function picked<T>(all: readonly T[], { limit = 0, pick }: Recipe): T[] {
  return pick === 'first' && limit > 0 ? all.slice(0, limit) : spread(all, limit);
}

/** `count` of `all`, spread evenly, in order; all where count is 0 or more than there are. */
export function spread<T>(all: readonly T[], count: number): T[] {
  if (count <= 0 || count >= all.length) return [...all];
  return Array.from({ length: count }, (_, i) => all[Math.floor((i * all.length) / count)] as T);
}

function withName(sample: Sample | NamedSample, index: number): Named {
  const named = isNamed(sample) ? sample : { data: sample };
  const data = absolute(named.data);
  return { name: named.name ?? nameOf(data) ?? `sample ${index + 1}`, data, label: named.label };
}

function isNamed(sample: Sample | NamedSample): sample is NamedSample {
  const plain = typeof sample === 'object' && Object.getPrototypeOf(sample) === Object.prototype;
  if (plain && !('data' in sample)) throw new OctavoError('E_INVALID_ARGUMENT', 'a sample wants `data`: a file, bytes, pixels or a URL');
  return plain;
}

function nameOf(data: Sample | SampleFiles): string | undefined {
  if (typeof data === 'string') return data.split('/').at(-1);
  return typeof File !== 'undefined' && data instanceof File ? data.name : undefined;
}

/** URL objects do not survive cloning, and a worker resolves relative ones against its own address. */
function absolute<T>(source: T): T | string {
  if (source instanceof URL) return source.href;
  if (typeof source === 'string' && typeof document !== 'undefined') return new URL(source, document.baseURI).href;
  return source;
}
