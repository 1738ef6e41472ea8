// The commands: their flags, and what each does.
import { existsSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { checkWritable, labelsOf, read, readBytes, writeAtomically } from './cli_files.js';
import { type Command, countOf, exit, type Flag, type Flags, one, type Tool } from './cli_tool.js';
import { ranges } from './cli_ranges.js';
import { type Model, picked } from './client.js';
import { OctavoError } from './errors.js';
import { taken } from './host.js';
import type { Calibration, Check, Comparison, Sensitivity, Session } from './octavo.js';
import type { Finding, PreprocessReport, Progress, Recipe } from './types.js';

const json: Flag = { value: '', help: 'one JSON object on stdout' };
const force: Flag = { value: '', help: 'replace files that exist', short: 'f' };
const html: Flag = { value: 'FILE', help: 'write the report as one HTML file that needs no network' };
const quiet: Flag = { value: '', help: 'no plan, no progress', short: 'q' };
const labelsFlag: Flag = { value: 'FILE', help: 'file of `file class-index` lines; or `folders`: each sub-folder is a class' };
const threads: Flag = { value: 'N', help: 'threads, each with an engine of its own; all cores, up to 4, unless given' };

export const commands: Record<string, Command> = {
  inspect: {
    help: 'show inputs, layers and what can be quantized',
    positionals: ['MODEL'],
    flags: { json },
    required: [],
    recipe: false,
    async run(tool, [path], flags) {
      const session = await tool.open(flags, path as string);
      tool.print(flags['json'] ? `${taken(session.inspect())}\n` : taken(session.inspectText()));
      return exit.ok;
    },
  },
  quantize: {
    help: 'calibrate on images and write the int8 model',
    positionals: ['MODEL'],
    flags: {
      output: { value: 'FILE', help: 'where the int8 model goes', short: 'o' },
      images: { value: 'DIR', help: 'folder of pictures (or .npy arrays, or a folder of them for each sample) to calibrate on; for the static scheme' },
      labels: { ...labelsFlag, help: `for --max-drop: ${labelsFlag.help}` },
      state: { value: 'FILE', help: 'file in which a search for layers to leave in float keeps what it knows, and from which it goes on' },
      ranges: { value: 'FILE', help: "file of ranges in place of images: MACE's, an ncnn table, ONNX Runtime's" },
      'write-recipe': { value: 'FILE', help: 'write the recipe as it was used' },
      threads, json, force, quiet,
    },
    required: ['output'],
    recipe: true,
    run: quantize,
  },
  ranges,
  sensitivity: {
    help: 'show which layers the loss of int8 comes from',
    positionals: ['MODEL'],
    flags: {
      images: { value: 'DIR', help: 'folder of pictures (or .npy arrays, or a folder of them for each sample) to calibrate on' },
      html, threads, json, force, quiet,
    },
    required: ['images'],
    recipe: true,
    run: sensitivity,
  },
  compare: {
    help: 'run a float and a quantized model side by side',
    positionals: ['FLOAT', 'QUANTIZED'],
    flags: {
      images: { value: 'DIR', help: 'folder of pictures (or .npy arrays, or a folder of them for each sample) to run' },
      labels: labelsFlag,
      'fail-below': { value: 'NAME=X,...', help: 'exit with 5 where a figure is lower: top1=0.7,agreement=0.9,sqnr=20' },
      html, threads, json, force, quiet,
    },
    required: ['images'],
    recipe: true,
    run: compare,
  },
  check: {
    help: 'try other preprocessing on labelled pictures',
    positionals: ['MODEL'],
    flags: { images: { value: 'DIR', help: 'folder of pictures' }, labels: labelsFlag, threads, json, quiet },
    required: ['images', 'labels'],
    recipe: true,
    run: check,
  },
  lint: {
    help: 'look for faults of a quantized model',
    positionals: ['MODEL'],
    flags: { json },
    required: [],
    recipe: false,
    async run(tool, [path], flags) {
      const session = await tool.open(flags, path as string);
      const findings: Finding[] = JSON.parse(taken(session.lint()));
      tool.print(flags['json'] ? `${JSON.stringify({ schema: 1, findings }, null, 2)}\n` : taken(session.lintText()));
      return findings.some(({ severity }) => severity === 'error') ? exit.threshold : exit.ok;
    },
  },
  run: {
    help: 'run a model on one array',
    positionals: ['MODEL'],
    flags: {
      input: { value: 'X.npy', help: "array for an input; repeat it for each, in the model's order", repeatable: true },
      output: { value: 'Y.npy', help: 'where an output goes; repeat it for more than the first', repeatable: true },
      profile: { value: 'N', help: 'run N times and show where the time goes' },
      threads: { value: 'N', help: 'accepted as by the native program; here one thread runs a model' },
      force,
    },
    required: ['input', 'output'],
    recipe: false,
    run: runModel,
  },
};

async function quantize(tool: Tool, [path]: string[], flags: Flags): Promise<number> {
  const output = one(flags['output']);
  checkWritable(output, flags);
  const recipe = tool.recipe(flags);
  const { octavo, threads } = tool.engines(flags);
  const model = await tool.model(octavo, path as string);
  const session = tool.host.object<Session>(model.handle);
  tool.noteWarnings(JSON.parse(taken(session.warnings(recipe))));
  const start = performance.now();
  const plan: Plan = { title: `octavo quantize ${path} -> ${output}\n`, recipe, model, session, threads, flags };
  const quantized = await quantizedBy(tool, plan);
  const pieces: Uint8Array[] = [];
  taken(quantized.save('onnx', (piece) => pieces.push(piece.slice())));
  const bytes = Buffer.concat(pieces);
  writeAtomically(output, bytes);
  const seconds = (performance.now() - start) / 1000;
  tool.print(flags['json'] ? `${quantized.quantizeReport(output, bytes.length, seconds)}\n`
    : quantized.quantizeReportText(output, bytes.length, seconds));
  return exit.ok;
}

function quantizedBy(tool: Tool, plan: Plan): Session | Promise<Session> {
  const { scheme, input_ranges = {}, data_free = false } = JSON.parse(plan.recipe) as Recipe;
  if (scheme !== 'static') return quantizeUncalibrated(tool, plan);
  const byHand = plan.flags['images'] === undefined && Object.keys(input_ranges).length > 0;
  if (byHand || data_free || plan.flags['ranges'] !== undefined) return quantizeGiven(tool, plan);
  const trained = plan.flags['images'] === undefined && !taken(plan.session.wantsSamples(plan.recipe));
  return trained ? quantizeUncalibrated(tool, plan) : quantizeCalibrated(tool, plan);
}

interface Plan {
  title: string;
  recipe: string;
  model: Model;
  session: Session;
  threads: number;
  flags: Flags;
}

async function quantizeCalibrated(tool: Tool, { title, recipe, model, session, threads, flags }: Plan): Promise<Session> {
  const memory = stateOf(recipe, flags);
  const images = one(flags['images']);
  if (images === '') {
    throw new OctavoError('E_INVALID_ARGUMENT',
      'the static scheme finds ranges on samples: give --images a folder of them, --ranges a file, --data-free, or use --scheme dynamic');
  }
  const found = tool.findSamples(images, session);
  const files = picked(found, JSON.parse(recipe) as Recipe);
  const plan = taken(session.describe(recipe));
  if (!flags['quiet']) {
    tool.note(`${title}  samples      ${files.length} of ${found.length} in ${images}, ${threads} ${threads === 1 ? 'thread' : 'threads'}\n${plan}`);
  }
  writeRecipe(recipe, flags);
  const calibration = await model.calibration(JSON.parse(recipe));
  const labels = labelsOf(tool.module, images, flags['labels'], files);
  const onProgress = (progress: Progress) => tool.progress(progress, flags);
  await calibration.add(files.map((file, i) => ({ name: file, data: file, label: labels?.[i] ?? -1 })), { onProgress });
  tool.noteSkipped(await calibration.skipped());
  const quantized = await model.quantize(calibration, { onProgress, ...memory });
  return tool.host.object<Session>(quantized.handle);
}

/** The memory of a search for layers to leave in float. */
function stateOf(recipe: string, flags: Flags): { state?: string; onState?: (state: string) => void } {
  const { max_drop, min_agreement } = JSON.parse(recipe) as Recipe;
  if (max_drop === undefined && min_agreement === undefined) {
    if (flags['labels'] === undefined && flags['state'] === undefined) return {};
    throw new OctavoError('E_INVALID_ARGUMENT', '--labels and --state are of use with --max-drop or --min-agreement');
  }
  const file = one(flags['state']);
  if (file === '') return {};
  return { state: existsSync(file) ? read(file) : '', onState: (state) => writeAtomically(file, Buffer.from(`${state}\n`)) };
}

async function sensitivity(tool: Tool, [path]: string[], flags: Flags): Promise<number> {
  const html = one(flags['html']);
  if (html !== '') checkWritable(html, flags);
  const recipe: Recipe = JSON.parse(tool.recipe(flags));
  const model = await tool.model(tool.engines(flags).octavo, path as string);
  const files = picked(tool.findSamples(one(flags['images']), tool.host.object<Session>(model.handle)), recipe);
  const onProgress = (progress: Progress) => tool.progress(progress, flags);
  const calibration = await model.calibrate(files.map((file) => ({ name: file, data: file })), { ...recipe, limit: 0 }, { onProgress });
  tool.noteSkipped(await calibration.skipped());
  const found = tool.host.object<Sensitivity>(await model.startSensitivity(calibration, { onProgress }));
  if (html !== '') {
    const page = taken(tool.module.reportHtml(`{"sensitivity": ${found.report()}}`, basename(path as string)));
    writeAtomically(html, Buffer.from(page));
  }
  tool.print(flags['json'] ? `${found.report()}\n` : found.reportText());
  return exit.ok;
}

/** Ranges of a file, of BatchNormalization, or by hand alone. */
function quantizeGiven(tool: Tool, { title, recipe, session, flags }: Plan): Session {
  if (flags['images'] !== undefined) {
    throw new OctavoError('E_INVALID_ARGUMENT', 'ranges come from --images, or from --ranges or --data-free: give one');
  }
  const file = one(flags['ranges']);
  const ranges = file === '' ? '' : readBytes(file);
  const source = file !== '' ? file : (JSON.parse(recipe) as Recipe).data_free ? 'of BatchNormalization' : 'by hand';
  const given = JSON.parse(taken(session.givenRanges(recipe, ranges), file)) as { recipe: string; source: string; plan: string; warnings: string[] };
  if (!flags['quiet']) tool.note(`${title}  ranges       ${source}${file === '' ? '' : ` (${given.source})`}\n${given.plan}`);
  tool.noteWarnings(given.warnings);
  writeRecipe(given.recipe, flags);
  return taken(session.quantizeUncalibrated(recipe, ranges));
}

/** All schemes but the static one look at no samples, and that one needs none where training left ranges in the model. */
function quantizeUncalibrated(tool: Tool, { title, recipe, session, flags }: Plan): Session {
  if (flags['images'] !== undefined || flags['ranges'] !== undefined) {
    throw new OctavoError('E_INVALID_ARGUMENT',
      `the ${(JSON.parse(recipe) as Recipe).scheme} scheme looks at no samples: leave --images and --ranges out, or use --scheme static`);
  }
  if (!flags['quiet']) tool.note(title + taken(session.describe(recipe)));
  writeRecipe(recipe, flags);
  return taken(session.quantizeUncalibrated(recipe, ''));
}

function writeRecipe(recipe: string, flags: Flags): void {
  if (!flags['write-recipe']) return;
  const where = one(flags['write-recipe']);
  checkWritable(where, flags);
  writeAtomically(where, Buffer.from(`${recipe}\n`));
}

async function compare(tool: Tool, [floatPath, quantizedPath]: string[], flags: Flags): Promise<number> {
  const thresholds = flags['fail-below']?.[0] ?? '';
  taken(tool.module.checkThresholds(thresholds));
  const html = one(flags['html']);
  if (html !== '') checkWritable(html, flags);
  const recipe = tool.recipe(flags);
  const { octavo } = tool.engines(flags);
  const float = await tool.model(octavo, floatPath as string);
  const quantized = await tool.model(octavo, quantizedPath as string);
  const images = one(flags['images']);
  const files = picked(tool.findSamples(images, tool.host.object<Session>(float.handle)), JSON.parse(recipe) as Recipe);
  const labels = labelsOf(tool.module, images, flags['labels'], files);
  const samples = files.map((file, i) => ({ name: file, data: file, label: labels?.[i] ?? -1 }));
  const comparison = tool.host.object<Comparison>(
    await float.comparison(quantized, samples, JSON.parse(recipe), { onProgress: (progress) => tool.progress(progress, flags) }));
  const report = taken(comparison.report());
  tool.noteSkipped(JSON.parse(report).skipped);
  if (html !== '') {
    const title = `${basename(floatPath as string)} → ${basename(quantizedPath as string)}`;
    writeAtomically(html, Buffer.from(taken(tool.module.reportHtml(report, title))));
  }
  const color = process.stdout.isTTY === true && process.env['NO_COLOR'] === undefined;
  tool.print(flags['json'] ? `${report}\n` : taken(comparison.reportText(Math.min(process.stderr.columns ?? 80, 100), color)));
  const missed = taken(comparison.missed(thresholds));
  tool.note(missed);
  return missed === '' ? exit.ok : exit.threshold;
}

async function check(tool: Tool, [path]: string[], flags: Flags): Promise<number> {
  const recipe: Recipe = JSON.parse(tool.recipe(flags));
  const model = await tool.model(tool.engines(flags).octavo, path as string);
  const images = one(flags['images']);
  const files = tool.findSamples(images, tool.host.object<Session>(model.handle));
  const labels = labelsOf(tool.module, images, flags['labels'], files);
  const samples = files.map((file, i) => ({ name: file, data: file, label: labels?.[i] ?? -1 }));
  const checked = tool.host.object<Check>(await model.startCheck(samples, recipe, { onProgress: (progress) => tool.progress(progress, flags) }));
  const json = taken(checked.report());
  const report: PreprocessReport = JSON.parse(json);
  tool.noteSkipped(report.skipped);
  tool.print(flags['json'] ? `${json}\n` : taken(checked.reportText()));
  return report.clearly_better === null ? exit.ok : exit.threshold;
}

async function runModel(tool: Tool, [path]: string[], flags: Flags): Promise<number> {
  const outputs = flags['output'] ?? [];
  for (const file of outputs) checkWritable(file, flags);
  const session = await tool.open(flags, path as string);
  const names = session.outputNames();
  if (outputs.length > names.length) {
    throw new OctavoError('E_INVALID_ARGUMENT', `the model has ${names.length} outputs; give as many files`);
  }
  const inputs = (flags['input'] ?? []).map((file) => taken(tool.module.readNpy(readFileSync(file)), file));
  if (flags['profile'] !== undefined) tool.print(taken(session.profileText(inputs, countOf(flags['profile'], '--profile', 100000))));
  const results = taken(session.run(inputs));
  for (const [i, file] of outputs.entries()) {
    const tensor = results[i]!;
    writeAtomically(file, taken(tool.module.writeNpy(tensor)));
    tool.print(`${file}: ${names[i]} ${tensor.dtype} [${tensor.dims.join(', ')}]\n`);
  }
  return exit.ok;
}
