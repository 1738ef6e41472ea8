// The classes that people hold. They own a handle each and ask the host over a transport.
import { OctavoError } from './errors.js';
import type { Handle, Transport } from './protocol.js';
import type {
  CompareReport, Isa, ModelInfo, ModelSource, NamedSample, OpenOptions, Picture, Profile, Progress, QuantizeReport, Recipe, Sample, Skipped,
  Tensor, WorkOptions,
} from './types.js';

/** The engine, running in its worker. */
export class Octavo {
  #transport: Transport;
  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Opens a model of any known format. One with operators that are not supported opens too: see `info`. */
  async open(source: ModelSource, { signal, siblings = {} }: OpenOptions = {}): Promise<Model> {
    signal?.throwIfAborted();
    const { model, info } = await this.#transport.call('open', absolute(source), siblings);
    const opened = new Model(this.#transport, model, info);
    if (signal?.aborted) opened.dispose();
    signal?.throwIfAborted();
    return opened;
  }

  /** Checks a recipe and fills in the defaults. */
  normalize(recipe: Recipe): Promise<Recipe> {
    return this.#transport.call('normalize', recipe);
  }

  /** Which kernels run here: those with relaxed SIMD, where engine and processor compute it exactly, or plain ones. */
  isa(): Promise<Isa> {
    return this.#transport.call('isa');
  }

  /** Why a file that begins so cannot be a sample; null where it can. 64 bytes are enough. */
  sniff(head: Uint8Array): Promise<string | null> {
    return this.#transport.call('sniff', head);
  }

  /** Ends the worker and gives all memory back; what was opened is void. */
  dispose(): void {
    this.#transport.close();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}

class Owned {
  protected readonly transport: Transport;
  /** Of the host; not for use outside the package. */
  readonly handle: Handle;
  #disposed = false;

  constructor(transport: Transport, handle: Handle) {
    this.transport = transport;
    this.handle = handle;
  }

  /** Gives its memory back. */
  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.transport.call('dispose', this.handle).catch(() => {}); // the engine may be gone already
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

  constructor(transport: Transport, handle: Handle, info: ModelInfo, report?: QuantizeReport) {
    super(transport, handle);
    this.info = info;
    this.report = report;
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
    return new Calibration(this.transport, await this.transport.call('calibration', this.handle, recipe));
  }

  /**
   * Runs the samples and observes the model's values. `recipe.limit` spreads evenly over the samples.
   * To stop and go on later, use `calibration` and its `add`.
   */
  async calibrate(samples: Iterable<Sample | NamedSample>, recipe: Recipe = {}, options: WorkOptions = {}): Promise<Calibration> {
    const calibration = await this.calibration(recipe);
    try {
      await calibration.add(spread([...samples], recipe.limit ?? 0), options);
      return calibration;
    } catch (error) {
      calibration.dispose();
      throw error;
    }
  }

  /** The int8 model: by a calibration, or by a recipe of the dynamic scheme, which needs none. */
  async quantize(by: Calibration | Recipe): Promise<Model> {
    const { model, info, report } = await this.transport.call('quantize', this.handle, by instanceof Calibration ? by.handle : by);
    return new Model(this.transport, model, info, report);
  }

  /** This float model and `quantized` side by side. With labels, accuracy too. */
  async compare(
    quantized: Model, samples: Iterable<Sample | NamedSample>, recipe: Recipe = {}, options: WorkOptions = {},
  ): Promise<CompareReport> {
    const all = [...samples];
    const comparison = await this.transport.call('comparison', this.handle, quantized.handle, recipe, all.length);
    try {
      await forEach('compare', all, options, ({ name, data, label }) =>
        this.transport.call('compare', comparison, name, data, label ?? -1));
      return await this.transport.call('report', comparison);
    } finally {
      this.transport.call('dispose', comparison).catch(() => {});
    }
  }

  /** The model's file. */
  save(format: 'onnx' = 'onnx'): Promise<Uint8Array> {
    return this.transport.call('save', this.handle, format);
  }
}

/** Statistics of a model's values, filled sample by sample. */
export class Calibration extends Owned {
  #done = 0;

  /**
   * Adds samples. Those that are no pictures are skipped and noted. When `signal` stops it, what was
   * added stays: call again with the samples from `done` on to resume.
   */
  async add(samples: Iterable<Sample | NamedSample>, options: WorkOptions = {}): Promise<void> {
    await forEach('calibrate', [...samples], options, async ({ name, data }) => {
      await this.transport.call('calibrate', this.handle, name, data);
      this.#done += 1;
    });
  }

  /** Samples taken so far, skipped ones included. */
  get done(): number {
    return this.#done;
  }

  skipped(): Promise<Skipped[]> {
    return this.transport.call('skipped', this.handle);
  }
}

/** `count` of `all`, spread evenly, in order; all where count is 0 or more than there are. */
export function spread<T>(all: readonly T[], count: number): T[] {
  if (count <= 0 || count >= all.length) return [...all];
  return Array.from({ length: count }, (_, i) => all[Math.floor((i * all.length) / count)] as T);
}

type Named = { name: string; data: Sample; label?: number | undefined };

async function forEach(
  phase: Progress['phase'], samples: readonly (Sample | NamedSample)[], { signal, onProgress }: WorkOptions,
  use: (sample: Named) => Promise<unknown>,
): Promise<void> {
  for (const [index, sample] of samples.entries()) {
    signal?.throwIfAborted();
    const named = withName(sample, index);
    await use(named);
    onProgress?.({ phase, done: index + 1, total: samples.length, name: named.name });
  }
  signal?.throwIfAborted();
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

function nameOf(data: Sample): string | undefined {
  if (typeof data === 'string') return data.split('/').at(-1);
  return typeof File !== 'undefined' && data instanceof File ? data.name : undefined;
}

/** URL objects do not survive cloning, and a worker resolves relative ones against its own address. */
function absolute<T>(source: T): T | string {
  if (source instanceof URL) return source.href;
  if (typeof source === 'string' && typeof document !== 'undefined') return new URL(source, document.baseURI).href;
  return source;
}
