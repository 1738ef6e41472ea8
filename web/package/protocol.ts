// What client and host say to each other: every call with what goes in and what comes out.
// All of it survives structured cloning. Handles are numbers; the objects stay with the host.
import type { Choices, CompareReport, Finding, Isa, ModelInfo, ModelSource, Picture, PreprocessReport, Profile, Progress, QuantizeReport, Recipe, Sample, SampleFiles, SensitivityReport, Skipped, Tensor } from './types.js';

export type Handle = number;
export type Quantized = { model: Handle; info: ModelInfo; report: QuantizeReport };

export interface Calls {
  open(source: ModelSource, siblings: Record<string, ModelSource>): { model: Handle; info: ModelInfo };
  wantsSamples(model: Handle, recipe: Recipe): boolean;
  describe(model: Handle, recipe: Recipe): { text: string; warnings: string[] };
  preview(model: Handle, recipe: Recipe, sample: Sample): Picture;
  inputs(model: Handle, recipe: Recipe, sample: Exclude<Sample, ImageData>): Tensor[];
  run(model: Handle, inputs: Tensor[]): Tensor[];
  save(model: Handle, format: string): Uint8Array;
  lint(model: Handle): Finding[];
  normalize(recipe: Recipe): Recipe;
  choices(): Choices;

  calibration(model: Handle, recipe: Recipe): Handle;
  /** `index`: how many samples must be in it, skipped ones included; after another number it is refused. */
  calibrate(calibration: Handle, index: number, name: string, sample: Sample | SampleFiles): boolean;
  /** What a calibration or comparison has found, leaving it empty, for `merge` into one of another engine. */
  take(handle: Handle): Uint8Array;
  merge(handle: Handle, state: Uint8Array): null;
  skipped(calibration: Handle): Skipped[];
  quantize(model: Handle, recipe: Recipe, ranges: string | Uint8Array): Quantized;
  /** `samples`: how many of the calibration's it wants again, in `tune`. */
  tuning(model: Handle, calibration: Handle): { tuning: Handle; samples: number };
  /** `label` -1 for none. */
  tune(tuning: Handle, name: string, sample: Sample | SampleFiles, label: number): boolean;
  restore(tuning: Handle, state: string): null;
  /** What a search for layers to leave in float knows; '' before it began. */
  state(tuning: Handle): string;
  /** The next step of a tuning or sensitivity; null when none is left. */
  step(handle: Handle): Progress | null;
  tuned(tuning: Handle): Quantized;

  sensitivity(model: Handle, calibration: Handle): { sensitivity: Handle; samples: number };
  sense(sensitivity: Handle, name: string, sample: Sample | SampleFiles): boolean;
  sensed(sensitivity: Handle): SensitivityReport;

  comparison(model: Handle, quantized: Handle, recipe: Recipe, samples: number): Handle;
  compare(comparison: Handle, index: number, name: string, sample: Sample | SampleFiles, label: number): boolean;
  time(comparison: Handle, name: string, sample: Sample | SampleFiles): null;
  report(comparison: Handle): CompareReport;
  preprocessCheck(model: Handle, recipe: Recipe): Handle;
  check(check: Handle, name: string, sample: Sample | SampleFiles, label: number): boolean;
  checked(check: Handle): PreprocessReport;
  html(report: CompareReport | { sensitivity: SensitivityReport }, title: string): string;

  isa(): Isa;
  threads(): number;
  /** For workers beside this one. */
  compiled(): WebAssembly.Module;
  profile(model: Handle, inputs: Tensor[], runs: number): Profile;
  /** Whether the head of a file can be a sample; the sentence why not. */
  sniff(head: Uint8Array): string | null;
  dispose(handle: Handle): void;
}

export type CallName = keyof Calls;
export type Arguments<N extends CallName> = Parameters<Calls[N]>;
export type Returned<N extends CallName> = ReturnType<Calls[N]>;

export interface Request {
  id: number;
  call: CallName;
  arguments: unknown[];
}

export interface Failure {
  code: string;
  message: string;
  where: string;
}

export type Response = { id: number; value: unknown } | { id: number; error: Failure };

/** How a client reaches its host. */
export interface Transport {
  call<N extends CallName>(name: N, ...args: Arguments<N>): Promise<Returned<N>>;
  close(): void;
}
