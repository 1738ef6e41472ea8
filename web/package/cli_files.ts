// Files and folders that the command line reads and writes.
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import type { Flags } from './cli_tool.js';
import { OctavoError } from './errors.js';
import { taken } from './host.js';
import { reasonOf } from './node_platform.js';
import type { Module } from './octavo.js';

export function readBytes(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new OctavoError('E_IO', `cannot open: ${reasonOf(error)}`, path);
  }
}

export const read = (path: string): string => readBytes(path).toString('utf8');

export function listFiles(folder: string): string[] {
  if (existsSync(folder) && statSync(folder).isFile()) return [folder];
  let names: string[];
  try {
    names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  } catch (error) {
    throw new OctavoError('E_CALIBRATION_DATA', `cannot read the folder: ${reasonOf(error)}`, folder);
  }
  const visible = names.filter((name) => !name.split('/').some((part) => part.startsWith('.')));
  const files = visible.filter((name) => statSync(join(folder, name)).isFile());
  if (files.length === 0) throw new OctavoError('E_CALIBRATION_DATA', 'the folder holds no files; give one with pictures', folder);
  return files.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))).map((name) => join(folder, name));
}

/** The class of each file; -1 where there is none. */
export function labelsOf(module: Module, folder: string, flag: string[] | undefined, files: string[]): number[] | undefined {
  const path = flag?.at(-1);
  if (path === undefined) return undefined;
  const names = files.map((file) => relative(folder, file) || basename(file));
  return path === 'folders' ? module.labelsFromFolders(names) : taken(module.labelsFromLines(read(path), names), path);
}

export function checkWritable(path: string, flags: Flags): void {
  if (!existsSync(path)) return;
  if (statSync(path).isDirectory()) throw new OctavoError('E_INVALID_ARGUMENT', 'this is a folder; give the name of a file', path);
  if (!flags['force']) throw new OctavoError('E_INVALID_ARGUMENT', 'exists already; use --force to replace it', path);
}

export function writeAtomically(path: string, bytes: Uint8Array): void {
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
