// The engine's side of the protocol: owns the module and what handles stand for. Runs in a worker,
// or on the caller's thread.
import type { Calibration, Check, Comparison, Failed, Module, Outcome, RawImage, RawTensor, SampleBytes, Sensitivity, Session, Tuning } from './octavo.js';
import { OctavoError } from './errors.js';
import { bytesOf, type Engine } from './load.js';
import type { Arguments, CallName, Calls, Handle, Quantized, Returned } from './protocol.js';
import type { DType, Isa, ModelInfo, ModelSource, QuantizeReport, Recipe, Sample, SampleFiles, Tensor, TensorData } from './types.js';

/** What differs between a page, a worker and Node: how bytes are reached. */
export interface Platform {
  /** Random access without holding the whole, where the platform can. */
  openSource(source: ModelSource): Promise<RandomAccess>;
  readSample(sample: Exclude<Sample, ImageData> | SampleFiles): Promise<SampleBytes>;
  /** Files beside the model, where the platform can look for them. */
  sibling?(source: ModelSource, name: string): RandomAccess | null;
}

export interface RandomAccess {
  size: number;
  /** False where the bytes are not there any more, or not as they were; does not throw. */
  read(offset: number, into: Uint8Array): boolean;
  close(): void;
}

type Handlers = { [N in CallName]: (...args: Arguments<N>) => Returned<N> | Promise<Returned<N>> };

type Held = Session | Calibration | Check | Comparison | Sensitivity | Tuning;

export class Host {
  /** For faces on the same thread. */
  readonly module: Module;
  #compiled: WebAssembly.Module;
  #platform: Platform;
  #next = 1;
  #handles = new Map<Handle, Held>();
  #turns = new Map<Handle, Promise<unknown>>();

  constructor({ module, compiled }: Engine, platform: Platform) {
    this.module = module;
    this.#compiled = compiled;
    this.#platform = platform;
  }

  async call<N extends CallName>(name: N, ...args: Arguments<N>): Promise<Returned<N>> {
    return this.#handlers[name](...args);
  }

  #handlers: Handlers = {
    open: async (source, siblings) => {
      const unused = new Map<string, RandomAccess>(); // the module closes what it is given, and nobody else the rest
      try {
        for (const [name, data] of Object.entries(siblings)) unused.set(name, await this.#platform.openSource(data));
        const beside = (name: string): RandomAccess | null => {
          const found = unused.get(name) ?? this.#platform.sibling?.(source, name) ?? null;
          unused.delete(name);
          return found;
        };
        const session = taken(this.module.open(await this.#platform.openSource(source), beside));
        return this.#opened(session);
      } finally {
        for (const access of unused.values()) access.close();
      }
    },
    wantsSamples: (model, recipe) => taken(this.#get<Session>(model).wantsSamples(text(recipe))),
    describe: (model, recipe) => {
      const session = this.#get<Session>(model);
      return { text: taken(session.describe(text(recipe))), warnings: JSON.parse(taken(session.warnings(text(recipe)))) };
    },
    preview: async (model, recipe, sample) => {
      if (isImageData(sample)) return { width: sample.width, height: sample.height, channels: 4, data: bytesOf(sample.data) };
      return taken(this.#get<Session>(model).preview(text(recipe), (await this.#platform.readSample(sample)) as Uint8Array));
    },
    inputs: async (model, recipe, sample) =>
      taken(this.#get<Session>(model).inputsOf(text(recipe), await this.#platform.readSample(sample))).map((tensor) => fromRaw(tensor, '')),
    run: (model, inputs) => {
      const session = this.#get<Session>(model);
      const names = session.outputNames();
      return taken(session.run(inputs.map(toRaw))).map((tensor, i) => fromRaw(tensor, names[i] ?? ''));
    },
    save: (model, format) => {
      const pieces: Uint8Array[] = [];
      taken(this.#get<Session>(model).save(format, (piece) => pieces.push(piece.slice())));
      return joined(pieces);
    },
    lint: (model) => JSON.parse(taken(this.#get<Session>(model).lint())),
    isa: () => this.module.isa() as Isa,
    threads: () => this.module.threads(),
    compiled: () => this.#compiled,
    profile: (model, inputs, runs) => JSON.parse(taken(this.#get<Session>(model).profile(inputs.map(toRaw), runs))),
    choices: () => JSON.parse(this.module.choices()),
    normalize: (recipe) => JSON.parse(taken(this.module.normalizeRecipe(text(recipe)))),

    calibration: (model, recipe) => this.#keep(taken(this.#get<Session>(model).calibrate(text(recipe)))),
    calibrate: (calibration, index, name, sample) =>
      this.#feed(calibration, sample,
        (target: Calibration, pixels) => having(target, index, name).addImage(name, pixels),
        (target, bytes) => having(target, index, name).addFile(name, bytes)),
    take: (handle) => this.#get<Calibration | Comparison>(handle).take(),
    merge: (handle, state) => taken(this.#get<Calibration | Comparison>(handle).merge(state)),
    skipped: (calibration) => JSON.parse(this.#get<Calibration>(calibration).skipped()),
    quantize: (model, recipe, ranges) => this.#quantized(taken(this.#get<Session>(model).quantizeUncalibrated(text(recipe), ranges))),
    tuning: (model, calibration) => {
      const tuning = taken(this.#get<Session>(model).tuning(this.#get<Calibration>(calibration)));
      return { tuning: this.#keep(tuning), samples: tuning.samples() };
    },
    tune: (tuning, name, sample, label) =>
      this.#feed(tuning, sample,
        (target: Tuning, pixels) => target.addImage(name, pixels, label),
        (target, bytes) => target.addFile(name, bytes, label)),
    restore: (tuning, state) => taken(this.#get<Tuning>(tuning).restore(state), 'state'),
    state: (tuning) => this.#get<Tuning>(tuning).state(),
    step: (handle) => {
      const work = this.#get<Tuning | Sensitivity>(handle);
      return taken(work.step()) ? { phase: work.phase(), done: work.done(), total: work.steps(), name: 'name' in work ? work.name() : '' } : null;
    },
    tuned: (tuning) => this.#quantized(taken(this.#get<Tuning>(tuning).finish())),
    sensitivity: (model, calibration) => {
      const sensitivity = taken(this.#get<Session>(model).sensitivity(this.#get<Calibration>(calibration)));
      return { sensitivity: this.#keep(sensitivity), samples: sensitivity.samples() };
    },
    sense: (sensitivity, name, sample) =>
      this.#feed(sensitivity, sample,
        (target: Sensitivity, pixels) => target.addImage(name, pixels),
        (target, bytes) => target.addFile(name, bytes)),
    sensed: (sensitivity) => JSON.parse(this.#get<Sensitivity>(sensitivity).report()),

    comparison: (model, quantized, recipe, samples) =>
      this.#keep(taken(this.#get<Session>(model).compare(this.#get<Session>(quantized), text(recipe), samples))),
    compare: (comparison, index, name, sample, label) =>
      this.#feed(comparison, sample,
        (target: Comparison, pixels) => target.addImage(index, name, pixels, label),
        (target, bytes) => target.addFile(index, name, bytes, label)),
    time: (comparison, name, sample) =>
      this.#feed(comparison, sample,
        (target: Comparison, pixels) => target.timeImage(name, pixels),
        (target, bytes) => target.timeFile(name, bytes)),
    report: (comparison) => JSON.parse(taken(this.#get<Comparison>(comparison).report())),
    preprocessCheck: (model, recipe) => this.#keep(taken(this.#get<Session>(model).check(text(recipe)))),
    check: (check, name, sample, label) =>
      this.#feed(check, sample,
        (target: Check, pixels) => target.addImage(name, pixels, label),
        (target, bytes) => target.addFile(name, bytes, label)),
    checked: (check) => JSON.parse(taken(this.#get<Check>(check).report())),

    html: (report, title) => taken(this.module.reportHtml(JSON.stringify(report), title)),

    sniff: (head) => {
      const outcome = this.module.checkSampleHead(head);
      return 'error' in outcome ? outcome.error.message : null;
    },
    dispose: (handle) => {
      this.#handles.get(handle)?.delete();
      this.#handles.delete(handle);
      this.#turns.delete(handle);
    },
  };

  /** The session, calibration or comparison behind a handle, for faces on the same thread. */
  object<T extends Held>(handle: Handle): T {
    return this.#get<T>(handle);
  }

  /** Gives all memory back, and the files. */
  close(): void {
    for (const object of this.#handles.values()) object.delete();
    this.#handles.clear();
  }

  #opened(session: Session): { model: Handle; info: ModelInfo } {
    try {
      const info = JSON.parse(taken(session.inspect()));
      return { model: this.#keep(session), info };
    } catch (error) {
      session.delete();
      throw error;
    }
  }

  /** Reads a sample at once, and gives it to the object behind a handle when its turn comes: pixels, or a file's bytes. */
  #feed<T extends Calibration | Check | Comparison | Sensitivity | Tuning, R>(
    handle: Handle, sample: Sample | SampleFiles, image: (target: T, pixels: RawImage) => Outcome<R>,
    file: (target: T, bytes: SampleBytes) => Outcome<R>,
  ): Promise<R> {
    const read = isImageData(sample) ? Promise.resolve(sample) : this.#platform.readSample(sample);
    read.catch(() => {}); // told in its turn
    return this.#inTurn(handle, async () => {
      const data = await read;
      const target = this.#get<T>(handle);
      return taken(isImageData(data) ? image(target, rawImage(data)) : file(target, data));
    });
  }

  /** After what was asked of the same object before: reading takes one sample longer than the next. */
  async #inTurn<T>(handle: Handle, work: () => Promise<T>): Promise<T> {
    const turn = (this.#turns.get(handle) ?? Promise.resolve()).then(work);
    this.#turns.set(handle, turn.catch(() => {}));
    return turn;
  }

  #quantized(session: Session): Quantized {
    const { model, info } = this.#opened(session);
    const report: QuantizeReport = JSON.parse(session.quantizeReport('', info.bytes, 0));
    if (report.fallback === null || report.fallback.met) return { model, info, report };
    this.#handlers.dispose(model);
    throw new OctavoError('E_GOAL_MISSED', report.fallback.shortfall);
  }

  #keep(object: Held): Handle {
    this.#handles.set(this.#next, object);
    return this.#next++;
  }

  #get<T extends Held>(handle: Handle): T {
    const object = this.#handles.get(handle);
    if (object === undefined) throw new OctavoError('E_INVALID_ARGUMENT', 'this object has been disposed');
    return object as T;
  }
}

/** The value, or its error thrown, placed within `place`. */
export function taken<T>(outcome: Outcome<T>, place = ''): T {
  if (!isFailed(outcome)) return outcome.value;
  const { code, message, where } = outcome.error;
  throw new OctavoError(code, message, [place, where].filter((part) => part !== '').join(': '));
}

function isFailed<T>(outcome: Outcome<T>): outcome is Failed {
  return 'error' in outcome;
}

const text = (recipe: Recipe) => JSON.stringify(recipe);

export function isImageData(sample: unknown): sample is ImageData {
  return typeof ImageData !== 'undefined' && sample instanceof ImageData;
}

const rawImage = (image: ImageData): RawImage => ({ width: image.width, height: image.height, channels: 4, data: bytesOf(image.data) });

/** A calibration in which so many samples are; refused where one before `name` failed. */
function having(calibration: Calibration, index: number, name: string): Calibration {
  if (calibration.count() !== index) throw new OctavoError('E_CANCELLED', 'a sample before this one failed', name);
  return calibration;
}

function joined(pieces: Uint8Array[]): Uint8Array {
  const all = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}

const arrays: Record<DType, new (buffer: ArrayBuffer) => TensorData> = {
  float32: Float32Array, float64: Float64Array, uint8: Uint8Array, int8: Int8Array, uint16: Uint16Array, int16: Int16Array,
  uint32: Uint32Array, int32: Int32Array, uint64: BigUint64Array, int64: BigInt64Array, bool: Uint8Array,
};

const toRaw = ({ dtype, dims, data }: Tensor): RawTensor => ({ dtype, dims: [...dims], data: bytesOf(data) });

function fromRaw({ dtype, dims, data }: RawTensor, name: string): Tensor {
  return { name, dtype: dtype as DType, dims, data: new arrays[dtype as DType](data.slice().buffer as ArrayBuffer) };
}
