#!/usr/bin/env node
// npx octavo: the command line on the wasm engine. The recipe's flags come from the engine's own table;
// words, results and exit codes are those of the native program.
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename, dirname, join, relative } from 'node:path';
import { parseArgs, type ParseArgsConfig } from 'node:util';
import { type Model, type Octavo, spread } from './client.js';
import { engineCount } from './engines.js';
import { OctavoError } from './errors.js';
import { type Host, taken } from './host.js';
import { createHost, octavoOn } from './node.js';
import type { Calibration, Comparison, Module, Session } from './octavo.js';
import type { Progress, Recipe } from './types.js';

interface RecipeKey {
  key: string;
  flag: string;
  value: string;
  help: string;
  repeatable: boolean;
}

interface Flag {
  value: string;
  help: string;
  repeatable?: boolean;
  short?: string;
}

interface Command {
  help: string;
  positionals: string[];
  flags: Record<string, Flag>;
  required: string[];
  recipe: boolean;
  run(tool: Tool, args: string[], flags: Flags): Promise<number>;
}

type Flags = Record<string, string[] | undefined>;

const exit = { ok: 0, failure: 1, usage: 2, model: 3, calibration: 4, threshold: 5 };
const exitCodes: Record<string, number> = {
  E_INVALID_ARGUMENT: exit.usage,
  E_MODEL_UNREADABLE: exit.model,
  E_MODEL_UNSUPPORTED: exit.model,
  E_CALIBRATION_DATA: exit.calibration,
  E_IMAGE: exit.calibration,
};
const sniffBytes = 64;

const json: Flag = { value: '', help: 'one JSON object on stdout' };
const force: Flag = { value: '', help: 'replace files that exist', short: 'f' };
const quiet: Flag = { value: '', help: 'no plan, no progress', short: 'q' };
const threads: Flag = { value: 'N', help: 'threads, each with an engine of its own; all cores, up to 4, unless given' };

const commands: Record<string, Command> = {
  inspect: {
    help: 'show inputs, layers and what can be quantized',
    positionals: ['MODEL'],
    flags: { json },
    required: [],
    recipe: false,
    async run(tool, [path], flags) {
      const session = await tool.open(flags, path as string);
      tool.print(flags['json'] ? `${session.inspect()}\n` : session.inspectText());
      return exit.ok;
    },
  },
  quantize: {
    help: 'calibrate on images and write the int8 model',
    positionals: ['MODEL'],
    flags: {
      output: { value: 'FILE', help: 'where the int8 model goes', short: 'o' },
      images: { value: 'DIR', help: 'folder of pictures (or .npy arrays) to calibrate on; not for --scheme dynamic' },
      'write-recipe': { value: 'FILE', help: 'write the recipe as it was used' },
      threads, json, force, quiet,
    },
    required: ['output'],
    recipe: true,
    run: quantize,
  },
  compare: {
    help: 'run a float and a quantized model side by side',
    positionals: ['FLOAT', 'QUANTIZED'],
    flags: {
      images: { value: 'DIR', help: 'folder of pictures (or .npy arrays) to run' },
      labels: { value: 'FILE', help: 'file of `file class-index` lines; or `folders`: each sub-folder is a class' },
      'fail-below': { value: 'NAME=X,...', help: 'exit with 5 where a figure is lower: top1=0.7,agreement=0.9,sqnr=20' },
      threads, json, quiet,
    },
    required: ['images'],
    recipe: true,
    run: compare,
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
  for (const warning of JSON.parse(taken(session.warnings(recipe)))) tool.note(`  warning      ${warning}\n`);
  const start = performance.now();
  const plan: Plan = { title: `octavo quantize ${path} -> ${output}\n`, recipe, model, session, threads, flags };
  const quantized = (JSON.parse(recipe) as Recipe).scheme === 'dynamic' ? quantizeUncalibrated(tool, plan) : await quantizeCalibrated(tool, plan);
  const pieces: Uint8Array[] = [];
  taken(quantized.save('onnx', (piece) => pieces.push(piece.slice())));
  const bytes = Buffer.concat(pieces);
  writeAtomically(output, bytes);
  const seconds = (performance.now() - start) / 1000;
  tool.print(flags['json'] ? `${quantized.quantizeReport(output, bytes.length, seconds)}\n`
    : quantized.quantizeReportText(output, bytes.length, seconds));
  return exit.ok;
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
  const images = one(flags['images']);
  if (images === '') {
    throw new OctavoError('E_INVALID_ARGUMENT',
      'the static scheme finds ranges on samples: give --images a folder of them, or use --scheme dynamic');
  }
  const found = tool.findSamples(images);
  const files = spread(found, (JSON.parse(recipe) as Recipe).limit ?? 0);
  const plan = taken(session.describe(recipe));
  if (!flags['quiet']) {
    tool.note(`${title}  samples      ${files.length} of ${found.length} in ${images}, ${threads} ${threads === 1 ? 'thread' : 'threads'}\n${plan}`);
  }
  writeRecipe(recipe, flags);
  const calibration = await model.calibration(JSON.parse(recipe));
  await calibration.add(files.map((file) => ({ name: file, data: file })), { onProgress: (progress) => tool.progress(progress, flags) });
  tool.noteSkipped(await calibration.skipped());
  return taken(session.quantize(tool.host.object<Calibration>(calibration.handle)));
}

/** The dynamic scheme looks at no samples. */
function quantizeUncalibrated(tool: Tool, { title, recipe, session, flags }: Plan): Session {
  if (flags['images'] !== undefined) {
    throw new OctavoError('E_INVALID_ARGUMENT', 'the dynamic scheme looks at no samples: leave --images out, or use --scheme static');
  }
  if (!flags['quiet']) tool.note(title + taken(session.describe(recipe)));
  writeRecipe(recipe, flags);
  return taken(session.quantizeUncalibrated(recipe));
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
  const recipe = tool.recipe(flags);
  const { octavo } = tool.engines(flags);
  const float = await tool.model(octavo, floatPath as string);
  const quantized = await tool.model(octavo, quantizedPath as string);
  const images = one(flags['images']);
  const files = spread(tool.findSamples(images), (JSON.parse(recipe) as Recipe).limit ?? 0);
  const labels = labelsOf(tool.module, images, flags['labels'], files);
  const samples = files.map((file, i) => ({ name: file, data: file, label: labels?.[i] ?? -1 }));
  const comparison = tool.host.object<Comparison>(
    await float.comparison(quantized, samples, JSON.parse(recipe), { onProgress: (progress) => tool.progress(progress, flags) }));
  const report = taken(comparison.report());
  tool.noteSkipped(JSON.parse(report).skipped);
  const color = process.stdout.isTTY === true && process.env['NO_COLOR'] === undefined;
  tool.print(flags['json'] ? `${report}\n` : taken(comparison.reportText(Math.min(process.stderr.columns ?? 80, 100), color)));
  const missed = taken(comparison.missed(thresholds));
  tool.note(missed);
  return missed === '' ? exit.ok : exit.threshold;
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

/** What the commands share: the engine and the terminal. */
class Tool {
  #last = 0;
  constructor(readonly host: Host, readonly module: Module) {}

  /** As many as `--threads` says; their threads end with the process. */
  engines(flags: Flags): { octavo: Octavo; threads: number } {
    const threads = flags['threads'] === undefined ? engineCount(undefined, availableParallelism()) : countOf(flags['threads'], '--threads', 1024);
    return { octavo: octavoOn(this.host, threads), threads };
  }

  async model(octavo: Octavo, path: string): Promise<Model> {
    try {
      return await octavo.open(path);
    } catch (error) {
      if (!(error instanceof OctavoError) || error.where === path) throw error;
      throw new OctavoError(error.code, error.message, error.where === '' ? path : `${path}: ${error.where}`);
    }
  }

  async open(flags: Flags, path: string): Promise<Session> {
    return this.host.object<Session>((await this.model(this.engines(flags).octavo, path)).handle);
  }

  /** The file's keys, then the flags'. */
  recipe(flags: Flags): string {
    let recipe = '{}';
    const file = flags['recipe']?.[0];
    if (file !== undefined) recipe = taken(this.module.normalizeRecipe(read(file)), file);
    for (const { key, flag } of this.keys()) {
      for (const text of flags[flag.slice(2)] ?? []) recipe = taken(this.module.setFlag(recipe, key, text));
    }
    return taken(this.module.normalizeRecipe(recipe));
  }

  keys(): RecipeKey[] {
    return JSON.parse(this.module.recipeKeys());
  }

  findSamples(folder: string): string[] {
    const files = listFiles(folder);
    const good: string[] = [];
    const skipped: { name: string; reason: string }[] = [];
    for (const file of files) {
      const outcome = this.module.checkSampleHead(readFileSync(file).subarray(0, sniffBytes));
      if ('error' in outcome) skipped.push({ name: file, reason: outcome.error.message });
      else good.push(file);
    }
    this.noteSkipped(skipped);
    if (good.length > 0) return good;
    throw new OctavoError('E_CALIBRATION_DATA', `none of its ${files.length} files is a JPEG, PNG, BMP or .npy; the first: ${skipped[0]?.reason}`, folder);
  }

  print(text: string): void {
    process.stdout.write(text);
  }

  note(text: string): void {
    process.stderr.write(text);
  }

  noteSkipped(skipped: { name: string; reason: string }[]): void {
    for (const { name, reason } of skipped) this.note(`  skipped      ${name}: ${reason}\n`);
  }

  progress({ phase, done, total }: Progress, flags: Flags): void {
    const terminal = process.stderr.isTTY === true;
    const now = performance.now();
    const due = terminal ? now - this.#last >= 50 || done === total : now - this.#last >= 5000 && done < total;
    if (flags['quiet'] || !due) return;
    this.#last = now;
    const filled = Math.floor((done * 30) / total);
    const bar = `\r  ${phase.padEnd(11)} ${'█'.repeat(filled)}${'░'.repeat(30 - filled)} ${done}/${total}`;
    this.note(terminal ? bar + (done === total ? '\r\x1b[K' : '') : `  ${phase} ${done}/${total}\n`);
  }
}

function countOf(values: string[], flag: string, most: number): number {
  const text = one(values), count = Number(text);
  if (Number.isInteger(count) && count >= 1 && count <= most) return count;
  throw new OctavoError('E_INVALID_ARGUMENT', `'${text}' is no number from 1 to ${most}`, flag);
}

function one(values: string[] | undefined): string {
  return values?.at(-1) ?? '';
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new OctavoError('E_IO', `cannot open: ${(error as Error).message}`, path);
  }
}

function listFiles(folder: string): string[] {
  if (existsSync(folder) && statSync(folder).isFile()) return [folder];
  let names: string[];
  try {
    names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  } catch (error) {
    throw new OctavoError('E_CALIBRATION_DATA', `cannot read the folder: ${(error as Error).message}`, folder);
  }
  const visible = names.filter((name) => !name.split('/').some((part) => part.startsWith('.')));
  const files = visible.filter((name) => statSync(join(folder, name)).isFile());
  if (files.length === 0) throw new OctavoError('E_CALIBRATION_DATA', 'the folder holds no files; give one with pictures', folder);
  return files.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))).map((name) => join(folder, name));
}

/** The class of each file; -1 where there is none. */
function labelsOf(module: Module, folder: string, flag: string[] | undefined, files: string[]): number[] | undefined {
  const path = flag?.at(-1);
  if (path === undefined) return undefined;
  const names = files.map((file) => relative(folder, file) || basename(file));
  return path === 'folders' ? module.labelsFromFolders(names) : taken(module.labelsFromLines(read(path), names), path);
}

function checkWritable(path: string, flags: Flags): void {
  if (!existsSync(path)) return;
  if (statSync(path).isDirectory()) throw new OctavoError('E_INVALID_ARGUMENT', 'this is a folder; give the name of a file', path);
  if (!flags['force']) throw new OctavoError('E_INVALID_ARGUMENT', 'exists already; use --force to replace it', path);
}

function writeAtomically(path: string, bytes: Uint8Array): void {
  const temporary = `${path}.tmp${process.pid}`;
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(temporary, bytes);
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw new OctavoError('E_IO', (error as Error).message, path);
  }
}

// --- parsing -----------------------------------------------------------------------------------------

function flagsOf(command: Command, keys: RecipeKey[]): Record<string, Flag> {
  if (!command.recipe) return command.flags;
  const recipe = Object.fromEntries(keys.map(({ flag, ...rest }) => [flag.slice(2), rest]));
  return { ...command.flags, recipe: { value: 'FILE', help: 'JSON file with any of the following; flags win over it' }, ...recipe };
}

function usage(name: string, command: Command, keys: RecipeKey[]): string {
  const lines = Object.entries(flagsOf(command, keys)).map(([flag, { value, help, short }]) =>
    `  ${`${short === undefined ? '' : `-${short},`}--${flag} ${value}`.padEnd(40)} ${help}\n`);
  return `${command.help}\n\noctavo ${name} ${command.positionals.join(' ')} [flags]\n\n${lines.join('')}`;
}

function overview(): string {
  const lines = Object.entries(commands).map(([name, { help }]) => `  ${name.padEnd(10)} ${help}\n`);
  return `Folds a neural network to eight bits.\n\noctavo COMMAND ...\n\n${lines.join('')}\n` +
    'Exit codes: 0 ok, 1 failure, 2 usage, 3 model not readable or not supported,\n4 calibration data, 5 threshold missed.\n';
}

class Usage extends Error {}

function parse(command: Command, keys: RecipeKey[], args: string[]): { positionals: string[]; flags: Flags } {
  const known = flagsOf(command, keys);
  const options: NonNullable<ParseArgsConfig['options']> = {};
  for (const [name, { value, short }] of Object.entries(known)) {
    options[name] = { type: value === '' ? 'boolean' : 'string', multiple: true, ...(short === undefined ? {} : { short }) };
  }
  let parsed: ReturnType<typeof parseArgs>;
  try {
    parsed = parseArgs({ args, options, allowPositionals: true });
  } catch (error) {
    throw new Usage((error as Error).message);
  }
  const flags: Flags = {};
  for (const [name, values] of Object.entries(parsed.values)) {
    const texts = (values as (string | boolean)[]).map(String);
    flags[name] = known[name]?.repeatable ? texts : texts.slice(-1);
  }
  const missing = command.required.find((name) => flags[name] === undefined);
  if (missing !== undefined) throw new Usage(`--${missing} is required`);
  if (parsed.positionals.length !== command.positionals.length) throw new Usage(`wants ${command.positionals.join(' ')}`);
  return { positionals: parsed.positionals, flags };
}

async function main([name, ...args]: string[]): Promise<number> {
  const host = await createHost();
  const tool = new Tool(host, host.module);
  const command = name === undefined ? undefined : commands[name];
  if (name === '--version') {
    tool.print(`octavo ${host.module.version()}\n`);
    return exit.ok;
  }
  if (command === undefined) {
    const asked = name === '--help' || name === '-h';
    asked ? tool.print(overview()) : tool.note(overview());
    return asked ? exit.ok : exit.usage;
  }
  if (args.includes('--help') || args.includes('-h')) {
    tool.print(usage(name as string, command, tool.keys()));
    return exit.ok;
  }
  try {
    const { positionals, flags } = parse(command, tool.keys(), args);
    return await command.run(tool, positionals, flags);
  } catch (error) {
    if (error instanceof Usage) {
      tool.note(`${error.message}\nRun with --help for more information.\n`);
      return exit.usage;
    }
    if (!(error instanceof OctavoError)) throw error;
    tool.note(`octavo: ${error.where === '' ? '' : `${error.where}: `}${error.message}\n`);
    return exitCodes[error.code] ?? exit.failure;
  }
}

process.exitCode = await main(process.argv.slice(2));
