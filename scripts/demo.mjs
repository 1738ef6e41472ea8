// npm run demo: quantizes the demo model with its own pictures and shows what was lost, then what
// happens with one weight scale a layer instead of one a channel. --quick leaves out the lesson.
import { mkdirSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { relative } from 'node:path';
import { compile } from './build.mjs';
import { Failure, inRoot, main, root } from './lib.mjs';
import { setup } from './setup.mjs';

const demo = (path) => `models/demo/${path}`;
const out = inRoot('build/demo');

function octavo(...args) {
  const { status, stdout } = spawnSync(inRoot('build/native/octavo'), args, {
    cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (status !== 0) throw new Failure(`octavo ${args.join(' ')}: ended with ${status}`);
  return stdout;
}

function quantize(name, ...flags) {
  const file = relative(root, `${out}/${name}.onnx`);
  octavo('quantize', demo('demo.onnx'), '-o', file, '--images', demo('calibration'), '--preprocess', 'tf', '--force', '--quiet', ...flags);
  return file;
}

const compare = (file, ...flags) =>
  octavo('compare', demo('demo.onnx'), file, '--images', demo('test'), '--labels', demo('labels.txt'), '--preprocess', 'tf', '--quiet', ...flags);

const percent = (share) => `${(share * 100).toFixed(1)} %`;

function lesson() {
  const report = JSON.parse(compare(quantize('demo_per_tensor', '--weights', 'per-tensor'), '--json'));
  return [
    '\nThe same with one weight scale a layer (--weights per-tensor):',
    `  top-1 ${percent(report.float.top1)} -> ${percent(report.quantized.top1)}, same answer ${percent(report.agreement)}`,
    '  Depthwise channels differ in size; one scale for all of them leaves the small ones no bits.\n',
  ].join('\n');
}

await main(async () => {
  await compile('native', await setup('native'), 'octavo');
  mkdirSync(out, { recursive: true });
  console.log('\nFolding models/demo/demo.onnx, a classifier of folded paper, to eight bits:');
  console.log('calibrated on its calibration pictures, judged on others.\n');
  const file = quantize('demo_int8');
  console.log(compare(file));
  if (!process.argv.includes('--quick')) console.log(lesson());
  console.log(`The int8 model: ${file}`);
  console.log('Yours: build/native/octavo quantize MODEL.onnx -o OUT.onnx --images FOLDER   (npm start: the same in a browser tab)');
});
