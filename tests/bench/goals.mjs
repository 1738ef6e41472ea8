// What Octavo asks of itself. A line is a figure of the results (main.mjs) and the least that it
// should be; null stands for what this run did not measure.
import { median } from './turns.mjs';

const model = (results, name) => results.models.find((one) => one.name === name);
const times = (results, name, host, who) => model(results, name)?.times[host]?.[who];
/** How many times as fast `who` is as `peer`, each [host, name]. */
const faster = (name, who, peer) => (results) => {
  const [mine, theirs] = [times(results, name, ...who), times(results, name, ...peer)];
  return mine && theirs ? median(theirs) / median(mine) : null;
};
const chromium = (who) => ['chromium', who];
const native = (who) => ['native', who];
const int8 = chromium('octavo int8'), float = chromium('octavo float'), plain = chromium('octavo int8, simd128 only');
const ortFloat = chromium('onnxruntime float'), ortInt8 = chromium('onnxruntime int8');

const [mobilenet, resnet] = ['mobilenet_v2_1.0_224', 'resnet18'];
const all = [mobilenet, resnet, 'squeezenet_v1.1', 'mobilenet_v3_small', 'shufflenet_v2_x0_5', 'mobilenet_v1_0.25_224', 'resnet8_cifar10', 'text_encoder_4x192'];
const int8Goals = { [mobilenet]: 5, [resnet]: 5.5, 'squeezenet_v1.1': 5, text_encoder_4x192: 2 };
const fullSpeed = 105; // GMAC/s of a large product of bytes in Chromium on the machine that these goals were set on

const shareOfFullSpeed = (results) => {
  const ms = times(results, resnet, ...int8);
  return ms ? model(results, resnet).macs / median(ms) / 1e6 / fullSpeed : null;
};
const kernelShare = (host, pattern) => (results) => {
  const found = Object.entries(results.kernels[host] ?? {}).filter(([name]) => pattern.test(name)).map(([, { share }]) => share);
  return found.length > 0 ? Math.min(...found) : null;
};

/** [two threads, one], of the same face. */
const threads = (host, kind) => (host === 'native' ? [', 2 threads', ''] : [' in a worker, 2 threads', ' in a worker, 1 thread']).map((how) => [host, `octavo ${kind}${how}`]);

export const goals = [
  { what: `${mobilenet} int8 to LiteRT.js int8`, least: 1.5, seen: faster(mobilenet, int8, chromium('litert int8')) },
  { what: `${mobilenet} int8 to ONNX Runtime Web int8`, least: 5, seen: faster(mobilenet, int8, ortInt8) },
  ...all.map((name) => ({ what: `${name} int8 to ONNX Runtime Web float`, least: int8Goals[name] ?? 3, seen: faster(name, int8, ortFloat) })),
  { what: `${resnet} int8, share of ${fullSpeed} GMAC/s`, least: 0.65, seen: shareOfFullSpeed },
  ...[mobilenet, resnet].map((name) => ({ what: `${name} int8 without relaxed SIMD to ONNX Runtime Web float`, least: 2.5, seen: faster(name, plain, ortFloat) })),
  ...all.map((name) => ({ what: `${name} float to ONNX Runtime Web float`, least: 1, seen: faster(name, float, ortFloat) })),
  ...['chromium', 'native'].flatMap((host) => [['int8 relaxed', /^q.*_gemm_.*__relaxed\/L1$/], ['int8 simd128', /^q.*_gemm_.*__simd128\/L1$/], ['float', /^f32_gemm_.*\/L1$/]]
    .map(([kind, pattern]) => ({ what: `gemm ${kind} in L1, ${host}: share of its instruction mix`, least: 0.9, seen: kernelShare(host, pattern) }))),
  ...['chromium', 'native'].flatMap((host) => [mobilenet, resnet].flatMap((name) => ['int8', 'float'].map((kind) => (
    { what: `${name} ${kind} on 2 threads to 1, ${host}`, least: 1.4, seen: faster(name, ...threads(host, kind)) })))),
  ...all.flatMap((name) => ['int8', 'float'].map((kind) => (
    { what: `${name} ${kind}, native to Chromium`, least: 1, seen: faster(name, native(`octavo ${kind}`), chromium(`octavo ${kind}`)) }))),
];

export function goalLines(results) {
  const figure = (value) => (value === null ? '-' : value.toFixed(2)).padStart(8);
  return [`${'times as fast, or share'.padEnd(72)}${'seen'.padStart(8)}${'goal'.padStart(8)}`,
    ...goals.map(({ what, least, seen }) => `${what.padEnd(72)}${figure(seen(results))}${figure(least)}`)];
}
