// What the commands of the command line share: flags, the engine and the terminal.
import { readFileSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { listFiles, read } from './cli_files.js';
import type { Model, Octavo } from './client.js';
import { asManyAsCores } from './engines.js';
import { OctavoError } from './errors.js';
import { type Host, taken } from './host.js';
import { octavoOn } from './node.js';
import type { Module, Session } from './octavo.js';
import type { Progress } from './types.js';

export interface RecipeKey {
  key: string;
  flag: string;
  value: string;
  help: string;
  repeatable: boolean;
}

export interface Flag {
  value: string;
  help: string;
  repeatable?: boolean;
  short?: string;
}

export interface Command {
  help: string;
  positionals: string[];
  flags: Record<string, Flag>;
  required: string[];
  recipe: boolean;
  run(tool: Tool, args: string[], flags: Flags): Promise<number>;
}

export type Flags = Record<string, string[] | undefined>;

export const exit = { ok: 0, failure: 1, usage: 2, model: 3, calibration: 4, threshold: 5 };
const sniffBytes = 64;

/** What the commands share: the engine and the terminal. */
export class Tool {
  #last = 0;
  constructor(readonly host: Host, readonly module: Module) {}

  /** As many as `--threads` says; their threads end with the process. */
  engines(flags: Flags): { octavo: Octavo; threads: number } {
    const threads = flags['threads'] === undefined ? asManyAsCores(undefined, availableParallelism()) : countOf(flags['threads'], '--threads', 1024);
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

  /** The configuration's keys, then the file's, then the flags'; `images` of the configuration become the flag where there are none. */
  recipe(flags: Flags): string {
    let recipe = '{}';
    const config = flags['config']?.[0], file = flags['recipe']?.[0];
    if (config !== undefined) {
      const found = JSON.parse(taken(this.module.readMnnConfig(read(config)), config)) as { recipe: string; images: string; warnings: string[] };
      this.noteWarnings(found.warnings.map((warning) => `${config}: ${warning}`));
      recipe = found.recipe;
      if (flags['images'] === undefined && flags['ranges'] === undefined && found.images !== '') flags['images'] = [found.images];
    }
    if (file !== undefined) recipe = taken(this.module.overlayRecipe(recipe, read(file)), file);
    for (const { key, flag } of this.keys()) {
      for (const text of flags[flag.slice(2)] ?? []) recipe = taken(this.module.setFlag(recipe, key, text));
    }
    return taken(this.module.normalizeRecipe(recipe));
  }

  keys(): RecipeKey[] {
    return JSON.parse(this.module.recipeKeys());
  }

  findSamples(folder: string, model: Session): string[] {
    const files = model.samplesAmong(listFiles(folder));
    const good: string[] = [];
    const skipped: { name: string; reason: string }[] = [];
    for (const file of files) {
      if (statSync(file).isDirectory()) {
        good.push(file);
        continue;
      }
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

  noteWarnings(warnings: string[]): void {
    for (const warning of warnings) this.note(`  warning      ${warning}\n`);
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

export function countOf(values: string[], flag: string, most: number): number {
  const text = one(values), count = Number(text);
  if (Number.isInteger(count) && count >= 1 && count <= most) return count;
  throw new OctavoError('E_INVALID_ARGUMENT', `'${text}' is no number from 1 to ${most}`, flag);
}

export function one(values: string[] | undefined): string {
  return values?.at(-1) ?? '';
}
