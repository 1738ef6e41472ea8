// What the benchmarks print.
import { basename } from 'node:path';
import { median, quantile } from './turns.mjs';

/** "5.91 (5.80-6.02)": the median and the middle half. */
export const shown = (times) => `${median(times).toFixed(2)} (${quantile(times, 0.25).toFixed(2)}-${quantile(times, 0.75).toFixed(2)})`;
const percent = (share) => `${(100 * share).toFixed(0)} %`;

/** A line a kernel: on each host its speed and its share of the mix's. */
export function kernelLines(kernels) {
  const hosts = Object.keys(kernels);
  if (hosts.length === 0) return [];
  const names = [...new Set(hosts.flatMap((host) => Object.keys(kernels[host])))];
  const cell = (found) => (found ? `${(found.rate / 1e9).toFixed(1)} G${found.unit}/s`.padStart(16) + (found.share === null ? '' : percent(found.share)).padStart(7) : ''.padStart(23));
  return [`\n${'kernels, and their share of the instruction mix'.padEnd(50)}${hosts.map((host) => host.padStart(23)).join('')}`,
    ...names.map((name) => `  ${name.padEnd(48)}${hosts.map((host) => cell(kernels[host][name])).join('')}`)];
}

/**
 * Every subject on every host: milliseconds, GMAC/s, and how many times as fast as that host's ONNX
 * Runtime on the float model. Where more than one core was busy, other programs ran too.
 */
export function modelLines({ name, macs, times, about, busy }) {
  const lines = [`\n${name}, ${(macs / 1e6).toFixed(0)} million multiply-adds, ms a run, ${busy.toFixed(1)} cores busy`];
  for (const [host, list] of Object.entries(times)) {
    const peer = median(list['onnxruntime float']);
    const { isa, once, skipped } = about[host];
    lines.push(`  ${host}${isa ? `, kernels ${isa}` : ''}`);
    for (const [who, ms] of Object.entries(list)) {
      lines.push(`    ${who.padEnd(27)} ${shown(ms).padEnd(24)} ${(macs / median(ms) / 1e6).toFixed(0).padStart(4)} GMAC/s  ${(peer / median(ms)).toFixed(2).padStart(5)} times as fast as onnxruntime float`);
    }
    for (const [what, ms] of Object.entries(once)) lines.push(`    ${what}: ${ms.toFixed(0)} ms`);
    for (const [what, reason] of Object.entries(skipped)) lines.push(`    ${what}: skipped, ${reason}`);
  }
  return lines;
}

/** GMAC/s that the best kernel of each kind reached in Chromium. */
const limits = { relaxed: 105, simd128: 50, float: 26 };

/** The slowest layers in Chromium, with multiply-adds a second and their share of the limit. */
export function layerLines({ profiles, about }, most) {
  return Object.entries(profiles).filter(([, profile]) => profile !== null && most > 0).flatMap(([who, { steps, peak_bytes: peak }]) => {
    const limit = limits[who.includes('float') ? 'float' : who.includes('only') ? 'simd128' : about.chromium.isa];
    const slowest = [...steps].sort((a, b) => b.ms - a.ms).slice(0, most);
    return [`  ${who}, peak memory of a run ${(peak / 1e6).toFixed(1)} MB`, ...slowest.map(({ ms, macs, op, shape, name }) => {
      const rate = ms > 0 ? macs / ms / 1e6 : 0;
      const share = macs > 0 ? `${rate.toFixed(0).padStart(4)} GMAC/s ${((100 * rate) / limit).toFixed(0).padStart(3)} %` : ''.padStart(17);
      return `    ${ms.toFixed(3).padStart(7)} ms ${share}  ${op.padEnd(14)} ${shape.padEnd(18)} ${basename(name)}`;
    })];
  });
}

const titles = {
  'mobilenet_v2_1.0_224': 'MobileNet V2 1.0', 'squeezenet_v1.1': 'SqueezeNet 1.1', resnet18: 'ResNet-18', 'mobilenet_v1_0.25_224': 'MobileNet V1 0.25',
  mobilenet_v3_small: 'MobileNet V3 small', shufflenet_v2_x0_5: 'ShuffleNet V2 x0.5', resnet8_cifar10: 'ResNet-8 (CIFAR-10)',
  text_encoder_4x192: 'a text encoder, 64 tokens',
};
const columns = {
  'Octavo float': 'octavo float', 'ONNX Runtime float': 'onnxruntime float', 'Octavo int8': 'octavo int8',
  'without relaxed SIMD': 'octavo int8, simd128 only', 'ONNX Runtime, the same int8 file': 'onnxruntime int8',
};

/** The README's table, in Markdown. */
export function modelTable({ date, machine, hosts, models }) {
  const row = (cells) => `| ${cells.join(' | ')} |`;
  const cell = (ms) => (ms === undefined ? '' : median(ms) < 1 ? median(ms).toFixed(2) : median(ms).toPrecision(3));
  const known = Object.entries(titles).map(([name, title]) => ({ title, ...models.find((model) => model.name === name) })).filter(({ times }) => times);
  const rows = known.flatMap(({ title, times }) => Object.entries(times).map(([host, list], i) => {
    const int8 = list['octavo int8'];
    return row([i === 0 ? title : '', hosts[host], ...Object.values(columns).map((who) => cell(list[who])), int8 ? (median(list['onnxruntime float']) / median(int8)).toFixed(1) : '']);
  }));
  const heads = ['model', 'where', ...Object.keys(columns), 'int8 to ONNX Runtime float'];
  const litert = known.flatMap(({ title, times }) => Object.entries(times).filter(([, list]) => list['litert int8'])
    .map(([host, list]) => `LiteRT.js takes ${cell(list['litert int8'])} for its int8 ${title} in ${hosts[host]}.`));
  return [`Milliseconds a run on ${date}, ${machine}, one thread, batch 1, medians of turns:`, '', row(heads), row(heads.map(() => '---')), ...rows, '', ...litert, ''].join('\n');
}
