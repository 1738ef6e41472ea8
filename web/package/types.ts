/// <reference lib="esnext.disposable" />
// The words of the API. Everything is plain data that survives JSON and structured cloning,
// but for the three classes of client.ts.

/**
 * Where a model comes from. A string is a path in Node and a URL in browsers. Files are read when weights are needed,
 * as long as the model is open: once one has changed, that fails with E_IO. Buffers are copied.
 */
export type ModelSource = Blob | ArrayBuffer | ArrayBufferView | URL | string;

/** A picture (JPEG, PNG, BMP), a .npy array, or pixels. A string is a path in Node and a URL in browsers. */
export type Sample = Blob | ArrayBuffer | ArrayBufferView | ImageData | URL | string;

/** Of a model with several inputs: a .npy array for each, as the file 'NAME.npy'. In Node the path of such a folder is a sample. */
export type SampleFiles = Record<string, Uint8Array>;

/** A sample with a name for reports; the file's name or the place in the list where it is left out. */
export interface NamedSample {
  name?: string;
  data: Sample | SampleFiles;
  /** Class index from 0; needed for accuracy, not for calibration. */
  label?: number;
}

export type DType =
  | 'float32' | 'float64' | 'uint8' | 'int8' | 'uint16' | 'int16'
  | 'uint32' | 'int32' | 'uint64' | 'int64' | 'bool';

export type TensorData =
  | Float32Array | Float64Array | Uint8Array | Int8Array | Uint16Array | Int16Array
  | Uint32Array | Int32Array | BigUint64Array | BigInt64Array;

export interface Tensor {
  /** Of an output; not needed for inputs, which are in the model's order. */
  name?: string;
  dtype: DType;
  dims: readonly number[];
  data: TensorData;
}

/** The user's wishes: the words of the command line, without the dashes. All have defaults. */
export interface Recipe {
  /** Keys that others refine, by name; `octavo.choices()` says which. */
  preset?: 'best' | 'fast' | 'safe' | 'qnnpack' | 'fbgemm';
  /** `(x - mean) * norm` and the usual geometry by name. */
  preprocess?: 'tf' | 'imagenet' | 'caffe' | 'unit' | 'raw';
  color?: 'rgb' | 'bgr' | 'gray' | 'rgba';
  /** The shorter side, or [width, height]. */
  resize?: number | [number, number];
  /** [width, height] cut from the centre. */
  crop?: [number, number];
  mean?: number | number[];
  norm?: number | number[];
  /** Share of width and height, or of each, that is kept before resizing. */
  center_fraction?: number | [number, number];
  interpolation?: 'bilinear' | 'bilinear-plain' | 'bilinear-corners';
  /** Turn pictures as the camera says. */
  exif?: boolean;
  /**
   * Ranges of activations from samples, or found in every run (of Conv, MatMul, Gemm and LSTM), or none: only weights become
   * small, as integers or float16. All but static go without samples.
   */
  scheme?: 'static' | 'dynamic' | 'weight-only' | 'float16';
  /** Calibrate on so many samples, spread evenly; 0 is all. */
  limit?: number;
  /** Which samples a limit leaves; spread unless given. */
  pick?: 'spread' | 'first';
  /** Ranges from the statistics of BatchNormalization, where the file still has it, in place of samples. */
  data_free?: boolean;
  observer?:
    | 'auto' | 'min_max' | 'moving_average' | 'mse' | 'percentile' | 'extremes_percentile'
    | 'kl_ncnn' | 'kl_mnn' | 'kl_onnxruntime' | 'aciq' | 'admm' | 'cosine';
  /** Observer percentile: per cent of the values kept; extremes_percentile: of the samples. */
  percentile?: number;
  /** Observer moving_average: the weight of the newest sample. */
  momentum?: number;
  weights?: 'per-channel' | 'per-tensor';
  /** How scales of weights are chosen. */
  weight_method?: 'max_abs' | 'mse' | 'admm' | 'percentile';
  /** Weight method percentile: per cent of the weights kept. */
  weight_percentile?: number;
  /** 7 (-64..64) for processors that saturate: x86 without VNNI; 4 in the scheme weight-only. */
  weight_bits?: 8 | 7 | 4;
  /** Weights of 4 bits: inputs of an output channel that share a scale; 0 is all. */
  block_size?: 0 | 16 | 32 | 64 | 128 | 256;
  /** int16 is multiplied in float. */
  activations?: 'uint8' | 'int8' | 'int16';
  /** 7 keeps to half the integers, for processors whose sums of products saturate. */
  activation_bits?: 8 | 7;
  /** The zero point of activations is the middle integer. */
  symmetric?: boolean;
  /** Weights of 3 x 3 convolutions of stride 1 in 6 bits, as ncnn's Winograd wants them. */
  six_bit_3x3?: boolean;
  /** Ranges given by hand, by the names of values; they win over what was observed. */
  input_ranges?: Record<string, [number, number]>;
  /** What to do about errors that stay, on some of the samples. 'smooth' is for transformers, 'equalize' for weights per tensor; with `data_free` there are 'equalize' and 'analytic_bias'. */
  corrections?: ('smooth' | 'equalize' | 'analytic_bias' | 'bias' | 'reconstruct')[];
  /** Patterns (* and ?) for names of nodes, or of their outputs, to leave in float. */
  exclude?: string[];
  /** Operators to leave in float. */
  exclude_ops?: string[];
  /** Patterns as above, and operators: where there are any, nothing else is quantized. */
  only?: string[];
  only_ops?: string[];
  /** More layers stay in float until at most so many points of top-1 are lost; the samples of the calibration need labels. */
  max_drop?: number;
  /** The same until so many per cent of the samples get the float model's answer. */
  min_agreement?: number;
  /** Per cent of the multiply-adds that stay integer whatever these say; 50 unless given. */
  min_int8?: number;
  /** Seconds of looking for layers to leave in float; 0 is as long as it takes. */
  time_limit?: number;
}

/** A word that a key of the recipe can be, with a line for people. */
export interface Choice {
  name: string;
  description: string;
}

export interface Choices {
  /** `sets`: the keys that it stands for. */
  preset: (Choice & { sets: Recipe })[];
  scheme: Choice[];
  observer: Choice[];
  weight_method: Choice[];
  corrections: Choice[];
}

export interface ValueInfo {
  name: string;
  dtype: string;
  /** "[N, 3, 224, 224]" */
  shape: string;
}

export interface LayerInfo {
  name: string;
  op: string;
  shape: string;
  parameters: number;
  supported: boolean;
  quantizable: boolean;
  /** Runs in integers as the model is. */
  quantized: boolean;
  /** Why it is not supported, or stays in float. */
  reason: string;
}

/** What an opened model is. */
export interface ModelInfo {
  format: string;
  producer: string;
  opset: number;
  bytes: number;
  parameters: number;
  inputs: ValueInfo[];
  outputs: ValueInfo[];
  is_quantized: boolean;
  nodes: number;
  quantizable: number;
  quantized: number;
  unsupported: { name: string; op: string }[];
  warnings: string[];
  /** In running order; without QuantizeLinear, DequantizeLinear and DynamicQuantizeLinear, which say how others run. */
  layers: LayerInfo[];
}

export type Isa = 'simd128' | 'relaxed';

export interface StepTime {
  /** Of the node, and the operator that lowering made of it. */
  name: string;
  op: string;
  /** Of its first output. */
  shape: string;
  /** Mean of the middle half of the runs. */
  ms: number;
  /** Multiply-adds; 0 for what is no product. */
  macs: number;
}

export interface Profile {
  /** Of a whole run. */
  ms: number;
  peak_bytes: number;
  /** In running order. */
  steps: StepTime[];
}

export interface Skipped {
  name: string;
  reason: string;
}

export interface ModelScore {
  /** Shares from 0 to 1; null without labels, or where the model gives no list of classes. */
  top1: number | null;
  top5: number | null;
  /** Median of single runs, each on one thread. */
  ms: number;
  bytes: number;
}

/** One tensor: how the float model's values lie, and what of them the integers reach. */
export interface TensorReport {
  dtype: string;
  /** One, or one a channel. */
  scale: number[];
  zero_point: number[];
  /** What the integers reach; of the widest channel. */
  chosen: { min: number; max: number };
  observed: { min: number; max: number };
  /** Share of values beyond the range by more than half a step, 0 to 1. */
  clipped: number;
  /** Of weights: the largest magnitude of a channel by that of the least. */
  channel_spread?: number;
  /** Counts in bins of one width, the first of which begins at `from`. */
  histogram: { from: number; width: number; counts: number[] };
}

export interface LayerReport {
  name: string;
  op: string;
  /** The layer alone, fed with the float model's values. */
  sqnr_db: number;
  /** With everything before it quantized too. */
  accumulated_sqnr_db: number;
  cosine: number;
  /** Of its output; null where that stays float. */
  activations: TensorReport | null;
  /** Null where it has none in integers. */
  weights: TensorReport | null;
  /** What to try where it loses much. */
  advice: { code: string; text: string }[];
}

export interface Guess {
  /** As labels count classes: from 0, -1 for the background of TensorFlow's 1001. */
  class: number;
  /** The probability that the model itself gives it. */
  confidence: number;
}

/** Float and quantized model side by side. */
export interface CompareReport {
  images: number;
  agreement: number | null;
  float: ModelScore;
  quantized: ModelScore;
  /** `kl`: mean Kullback-Leibler divergence of the answers in nats; null where the model gives no list of classes. */
  output: { sqnr_db: number; cosine: number; kl: number | null };
  /** In running order. */
  layers: LayerReport[];
  /** Samples to which the models give different answers. */
  flips: { name: string; label: number | null; float: Guess; quantized: Guess }[];
  skipped: Skipped[];
  /** What makes figures doubtful: metadata that does not fit the float model. */
  warnings: string[];
  /** For `octavo.html`, where it was measured too. */
  sensitivity?: SensitivityReport;
}

/** The float model's accuracy with its pixels in other colour orders, means and norms. */
export interface PreprocessReport {
  /** Used, all of them with labels. */
  images: number;
  /** Place of the given preprocessing in `scores`. */
  given: number;
  /** Place of the best of those that beat it beyond chance (by two standard errors); null where none does. */
  clearly_better: number | null;
  /** A sentence where one does. */
  warning: string | null;
  scores: {
    /** "caffe", "caffe in rgb"; "yours" where the given one is no usual one. */
    name: string;
    color: 'rgb' | 'bgr';
    mean: number[];
    norm: number[];
    top1: number;
    /** Samples on which it is right and the given one wrong, and the other way round. */
    better: number;
    worse: number;
  }[];
  skipped: Skipped[];
}

/** What became of each node. */
export interface QuantizeReport {
  bytes_before: number;
  bytes_after: number;
  images: number;
  skipped: Skipped[];
  nodes: { name: string; op: string; quantized: boolean; reason: string }[];
  /** What to know before the file is taken away. */
  findings: Finding[];
  /** What the recipe asks for and was left out, because it wants samples and there were none. */
  warnings: string[];
  /** Whole models that were tried; none where the recipe leaves no choice. */
  /** `kl`: nats, of classes' probabilities; null where outputs are none. The kept one has the least, else the highest SQNR. */
  trials: { name: string; sqnr_db: number; kl: number | null; kept: boolean }[];
  /** Layers of the one that was kept: mean squared errors on samples held back, or, of smooth and analytic_bias, those that are expected. */
  corrections: { name: string; error_before: number; error_after: number }[];
  /** Of a recipe with a goal, else null. */
  fallback: FallbackReport | null;
}

/** How far the outputs of a quantized model are from those of the float model, on samples. */
export interface Verdict {
  /** Null where there is no error, or where outputs are not finite. */
  sqnr_db: number | null;
  /** Share of samples with the same first answer; null, as the next two, where the model gives no list of classes. */
  agreement: number | null;
  /** Share of the probabilities of the classes that both give: what agreement comes to over many samples. */
  overlap: number | null;
  /** Mean KL divergence of the answers, nats. */
  kl: number | null;
  /** What labelled samples lose, as shares: of top-1, and of the mean probability of the right class. */
  top1_drop: number | null;
  confidence_drop: number | null;
}

/** Layers that stay in float so that `max_drop` or `min_agreement` is met. */
export interface FallbackReport {
  met: boolean;
  /** Why it was not, and the best that was found; empty where it was. */
  shortfall: string;
  images: number;
  /** Without and with these layers in float. */
  before: Verdict;
  after: Verdict;
  /** Share of the multiply-adds that stay integer. */
  int8_share: number;
  trials: number;
  /** Whether the model was tuned anew with these layers in float. */
  remade: boolean;
  /** In running order: the bytes that each adds, and its milliseconds in float and in int8. */
  layers: { name: string; op: string; macs: number; more_bytes: number; float_ms: number; int8_ms: number }[];
}

/** Which layers the loss comes from. */
export interface SensitivityReport {
  images: number;
  /** All layers in int8. */
  quantized: Verdict;
  int8_share: number;
  /** What to try, and the patterns of the layers that it would leave in float. */
  advice: { text: string; exclude: string[] };
  /** In running order. */
  layers: {
    name: string;
    op: string;
    /** Quantized alone, the rest in float; null where it cannot be, as Add, which needs an integer input. */
    alone: Verdict | null;
    /** Left in float alone, the rest in int8. */
    left_in_float: Verdict;
    /**
     * Shares of the loss of all layers (of the KL divergence, or of noise by signal): what comes when it alone is quantized,
     * and what goes away when it alone is left in float, below 0 where that makes it worse. Null where outputs are not finite.
     */
    loss_made: number | null;
    loss_saved: number | null;
    /** Multiply-adds of a run, bytes of the float weights, and milliseconds of a run on one thread. */
    macs: number;
    weight_bytes: number;
    float_ms: number;
    int8_ms: number;
  }[];
}

/** What lint found in a quantized model. */
export interface Finding {
  code: 'bad_scale' | 'zero_range' | 'zero_weights' | 'starved_channels' | 'scale_ratio' | 'bias_overflow' | 'not_fused' | 'saturation' | 'opset' | 'few_samples';
  /** error: wrong results; warning: lost accuracy or speed; note: good to know. */
  severity: 'error' | 'warning' | 'note';
  /** Empty where it is of the whole model. */
  node: string;
  message: string;
  remedy: string;
}

/** Pixels of 8 bits: what the network sees. */
export interface Picture {
  width: number;
  height: number;
  /** 1 grey, 3 RGB (or BGR where the recipe says so), 4 RGBA. */
  channels: number;
  data: Uint8Array;
}

export interface Progress {
  /**
   * 'load', 'try', 'choose' (ranges of each layer) and 'correct' are of `quantize`, where the recipe leaves a choice or wants corrections, and 'rank', 'search'
   * and 'remake' where it has a goal; 'load' and 'measure' are of `sensitivity`; 'time' follows
   * 'compare' where engines that shared the samples disturbed each other's times.
   */
  phase: 'calibrate' | 'load' | 'try' | 'choose' | 'correct' | 'rank' | 'search' | 'remake' | 'measure' | 'compare' | 'time' | 'check';
  /** Never falls within a phase. */
  done: number;
  total: number;
  /** The sample just used; of 'try' the choice, of 'choose' the value and of 'correct' the layer that was last. */
  name: string;
}

export interface WorkOptions {
  /** Stops between two samples; the promise rejects with `signal.reason`. */
  signal?: AbortSignal;
  onProgress?: (progress: Progress) => void;
}

export interface QuantizeOptions extends WorkOptions {
  /** A file of ranges, its text or its bytes, in place of samples. */
  ranges?: string | Uint8Array;
  /** Of a recipe with a goal: what `onState` was given last, for a search that was broken off to go on. */
  state?: string;
  /** Called after each trial of that search. */
  onState?: (state: string) => void;
}

export interface OpenOptions {
  signal?: AbortSignal;
  /** Files beside the model that hold its weights (ONNX external data), by name. In Node they are found by themselves. */
  siblings?: Record<string, ModelSource>;
}

export interface EngineOptions {
  /** The engine's wasm, where the bundler cannot find it. */
  wasm?: URL | string | ArrayBuffer | ArrayBufferView;
  /** Browsers: a worker of your own, where its script is, or false to run on this thread. */
  worker?: Worker | URL | string | false;
  /**
   * Most engines that calibration and comparison are shared over, each in a worker with its own memory and
   * copy of the model; fewer for few samples or a large model. The result is the same, byte for byte.
   * As many as there are cores, up to 4, unless given; 1 where `worker` is a Worker or false.
   */
  workers?: number;
  /**
   * Threads that share each run of a model, in a page that is cross-origin isolated and with the worker and
   * wasm of this package; elsewhere it is 1. The outputs are the same, byte for byte. As many as there are
   * cores, up to 4, unless given; see `octavo.threads()`.
   */
  threads?: number;
}
