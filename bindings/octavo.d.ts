// The compiled module, exactly as embind.cc exposes it: synchronous, for one worker.
// People use the package (web/package); this is what the package is written on.

/** Every call that can fail returns either its value or this. */
export interface Failed {
  error: { code: string; message: string; where: string };
}
export type Outcome<T> = { value: T } | Failed;

/**
 * Random access to bytes. `read` fills `into`, a view that is void after the call, from `offset`; false when it cannot.
 * Weights are read when they are needed: `close` is called once no session reads any more.
 */
export interface Source {
  size: number;
  read(offset: number, into: Uint8Array): boolean;
  close(): void;
}

export interface RawTensor {
  dtype: string;
  dims: number[];
  data: Uint8Array;
}

export interface RawImage {
  width: number;
  height: number;
  channels: number;
  data: Uint8Array;
}

/** `summary` for people. */
export interface RangeFile {
  bytes: Uint8Array;
  summary: string;
  warnings: string[];
}

/** Handles live in the module's memory until `delete`. */
export interface Handle {
  delete(): void;
}

/** A sample's file, or those of a folder by their names. */
export type SampleBytes = Uint8Array | Record<string, Uint8Array>;

export interface Session extends Handle {
  /** JSON of engine/inspect.h, or its text. */
  inspect(): Outcome<string>;
  inspectText(): Outcome<string>;
  /** The resolved recipe in a few lines. */
  describe(recipe: string): Outcome<string>;
  /** What the recipe asks for without effect on this model: a JSON list of sentences. */
  warnings(recipe: string): Outcome<string>;
  /** What the network sees of a picture: RGB or grey, 8 bits, before mean and norm. */
  preview(recipe: string, picture: Uint8Array): Outcome<RawImage>;
  /** The inputs that a sample becomes, ready for `run`. */
  inputsOf(recipe: string, file: SampleBytes): Outcome<RawTensor[]>;
  /** Paths of files as samples of this model: a folder of a file for each input (engine/sample_files.h) stands for its files. */
  samplesAmong(files: string[]): string[];
  calibrate(recipe: string): Outcome<Calibration>;
  /** From a calibration to the quantized model; its samples are wanted again, where the recipe tries or corrects. */
  tuning(calibration: Calibration): Outcome<Tuning>;
  /** Which layers the loss comes from; the samples of the calibration are wanted again. */
  sensitivity(calibration: Calibration): Outcome<Sensitivity>;
  /** Whether this recipe needs a calibration: of the static scheme, where training left no ranges in the model. */
  wantsSamples(recipe: string): Outcome<boolean>;
  /** By a recipe of the dynamic scheme, data_free, or with the ranges of a file or of the recipe; `ranges` '' for none. */
  quantizeUncalibrated(recipe: string, ranges: string | Uint8Array): Outcome<Session>;
  /** What the ranges of a file, or those of the recipe alone, come to: JSON {recipe, source, plan, warnings}. */
  givenRanges(recipe: string, ranges: string | Uint8Array): Outcome<string>;
  /** A file of ranges, of a calibration, of a data_free recipe or of another file. Logs are merged by percentile. */
  rangeFile(calibration: Calibration, format: string): Outcome<RangeFile>;
  rangeFileWithoutSamples(recipe: string, format: string): Outcome<RangeFile>;
  convertRanges(recipe: string, ranges: Uint8Array, format: string, percentile: number, enhance: boolean): Outcome<RangeFile>;
  rangeLog(recipe: string): Outcome<RangeLog>;
  compare(quantized: Session, recipe: string, samples: number): Outcome<Comparison>;
  check(recipe: string): Outcome<Check>;
  run(inputs: RawTensor[]): Outcome<RawTensor[]>;
  outputNames(): string[];
  /** JSON of engine/profile.h, or its text. */
  profile(inputs: RawTensor[], runs: number): Outcome<string>;
  profileText(inputs: RawTensor[], runs: number): Outcome<string>;
  /** JSON list of engine/findings.h, or its text. */
  lint(): Outcome<string>;
  lintText(): Outcome<string>;
  /** Hands the file to `sink` piece by piece; a piece is a view that is void after the call. */
  save(format: string, sink: (piece: Uint8Array) => void): Outcome<null>;
  /** After quantize: JSON of the report; `output` and `seconds` are put into it. */
  quantizeReport(output: string, bytes: number, seconds: number): string;
  quantizeReportText(output: string, bytes: number, seconds: number): string;
}

/** Filled with samples one by one, so that JavaScript can report progress and stop between them. */
export interface Calibration extends Handle {
  /** Samples that are in it, skipped ones included. */
  count(): number;
  /** `value` false: the sample was skipped, and is in `skipped`. */
  addFile(name: string, file: SampleBytes): Outcome<boolean>;
  addImage(name: string, image: RawImage): Outcome<boolean>;
  /** What was added, as bytes for `merge` of another engine's calibration of the same model and recipe; nothing stays. */
  take(): Uint8Array;
  /** `later` was taken from one that saw the samples after those of this one. */
  merge(later: Uint8Array): Outcome<null>;
  samples(): number;
  /** JSON list of {name, reason}. */
  skipped(): string;
}

/** Quantization step by step: samples, then `step` until it gives false, then `finish`. */
export interface Tuning extends Handle {
  /** How many samples it can use, spread over those of the calibration; 0 for none. */
  samples(): number;
  /** `label` -1 for none. `value` false: the sample was passed over. */
  addFile(name: string, file: SampleBytes, label: number): Outcome<boolean>;
  addImage(name: string, image: RawImage, label: number): Outcome<boolean>;
  /** Before the first step: what a search for layers to leave in float knew; and what it knows, '' before it began. */
  restore(state: string): Outcome<null>;
  state(): string;
  /** `value` false: none was left. */
  step(): Outcome<boolean>;
  /** Of the step that comes next, and where in it. */
  phase(): 'try' | 'choose' | 'correct' | 'rank' | 'search' | 'remake';
  done(): number;
  steps(): number;
  /** What the last step tried, or the layer that it corrected. */
  name(): string;
  finish(): Outcome<Session>;
}

/** Each layer quantized alone, and left in float alone: samples, then `step` until it gives false. */
export interface Sensitivity extends Handle {
  samples(): number;
  addFile(name: string, file: SampleBytes): Outcome<boolean>;
  addImage(name: string, image: RawImage): Outcome<boolean>;
  step(): Outcome<boolean>;
  phase(): 'measure';
  done(): number;
  steps(): number;
  /** JSON of engine/sensitivity_json.h, or its text. */
  report(): string;
  reportText(): string;
}

/** The ranges of every value in every sample, as MACE logs them. */
export interface RangeLog extends Handle {
  addFile(name: string, file: SampleBytes): Outcome<boolean>;
  file(): Outcome<RangeFile>;
  skipped(): string;
}

/** The float model's accuracy under other preprocessing than the recipe's, filled with samples one by one. */
export interface Check extends Handle {
  /** `value` false: the sample was skipped, and is in the report. */
  addFile(name: string, file: SampleBytes, label: number): Outcome<boolean>;
  addImage(name: string, image: RawImage, label: number): Outcome<boolean>;
  /** JSON of engine/preprocess_check.h, or its text. */
  report(): Outcome<string>;
  reportText(): Outcome<string>;
}

export interface Comparison extends Handle {
  /** `index` of all samples, in any order; `label` -1 for none. */
  addFile(index: number, name: string, file: SampleBytes, label: number): Outcome<boolean>;
  addImage(index: number, name: string, image: RawImage, label: number): Outcome<boolean>;
  /** Both models on one more sample, for the times alone; the first time replaces those of `add`. */
  timeFile(name: string, file: SampleBytes): Outcome<null>;
  timeImage(name: string, image: RawImage): Outcome<null>;
  /** As of Calibration; the order does not matter. */
  take(): Uint8Array;
  merge(other: Uint8Array): Outcome<null>;
  /** JSON of engine/report_json.h, its text, and the thresholds of `--fail-below` that were missed. */
  report(): Outcome<string>;
  reportText(width: number, color: boolean): Outcome<string>;
  missed(thresholds: string): Outcome<string>;
}

export interface Module {
  version(): string;
  /** Of its kernels on this machine: "simd128" or "relaxed". */
  isa(): string;
  /** Sessions opened from now on share each run over so many threads: of the module with threads, `workers` and the caller's. */
  useThreads(threads: number): void;
  threads(): number;
  open(source: Source, sibling: (name: string) => Source | null): Outcome<Session>;
  /** JSON list of the recipe's keys: {key, flag, value, help, repeatable}. */
  recipeKeys(): string;
  /** What some of them can be: JSON of engine/choices.h. */
  choices(): string;
  /** Checks a recipe and writes it in full. */
  normalizeRecipe(recipe: string): Outcome<string>;
  /** The keys of `recipe` over those of `base`, in full. */
  overlayRecipe(base: string, recipe: string): Outcome<string>;
  /** MNN's configuration: JSON {recipe, images, warnings}; `recipe` is text. */
  readMnnConfig(text: string): Outcome<string>;
  /** Whether there is a format of files of ranges of this name. */
  checkRangeFormat(name: string): Outcome<null>;
  /** A recipe changed by one flag of the command line. */
  setFlag(recipe: string, key: string, text: string): Outcome<string>;
  /** Whether a text for `--fail-below` can be read. */
  checkThresholds(text: string): Outcome<null>;
  /** One self-contained HTML file of a comparison's report. */
  reportHtml(report: string, title: string): Outcome<string>;
  /** A class index for each path below the folder of samples, -1 for none: by `file class-index` lines, or by folder. */
  labelsFromLines(text: string, names: string[]): Outcome<number[]>;
  labelsFromFolders(names: string[]): number[];
  readNpy(file: Uint8Array): Outcome<RawTensor>;
  writeNpy(tensor: RawTensor): Outcome<Uint8Array>;
  /** Whether a file that begins so can be a sample at all. */
  checkSampleHead(head: Uint8Array): Outcome<null>;
}

export interface ModuleOptions {
  wasmBinary?: ArrayBuffer | Uint8Array;
  instantiateWasm?(
    imports: WebAssembly.Imports,
    done: (instance: WebAssembly.Instance, module: WebAssembly.Module) => void,
  ): object;
  locateFile?(path: string): string;
  /** Of the module with threads: those that its threads run in. They have loaded the same script, and are taken out. */
  workers?: Worker[];
}

export type CreateModule = (options?: ModuleOptions) => Promise<Module>;

declare const createModule: CreateModule;
export default createModule;
