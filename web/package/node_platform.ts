// How Node reaches bytes; strings are paths.
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inMemory, isFiles } from './browser.js';
import { OctavoError } from './errors.js';
import type { Platform, RandomAccess } from './host.js';
import { bytesOf } from './load.js';
import type { ModelSource, SampleFiles } from './types.js';

export const nodePlatform: Platform = {
  async openSource(source) {
    const path = pathOf(source);
    if (path !== null) return fromFile(path);
    const bytes = await bytesFrom(source as Blob | ArrayBuffer | ArrayBufferView | URL);
    return inMemory(source instanceof ArrayBuffer || ArrayBuffer.isView(source) ? bytes.slice() : bytes);
  },
  async readSample(sample) {
    if (isFiles(sample)) return sample;
    const path = pathOf(sample);
    if (path === null) return bytesFrom(sample as Blob | ArrayBuffer | ArrayBufferView | URL);
    try {
      return (await stat(path)).isDirectory() ? await filesIn(path) : await readFile(path);
    } catch (error) {
      throw new OctavoError('E_IO', `cannot be read: ${reasonOf(error)}`, path);
    }
  },
  sibling(source, name) {
    const path = pathOf(source);
    return path === null || basename(name) !== name ? null : fromFile(join(dirname(path), name));
  },
};

/** Those right in a folder, by their names. */
async function filesIn(folder: string): Promise<SampleFiles> {
  const entries = (await readdir(folder, { withFileTypes: true })).filter((entry) => entry.isFile());
  return Object.fromEntries(await Promise.all(entries.map(async ({ name }) => [name, await readFile(join(folder, name))] as const)));
}

/** The path that a string or a file: URL names; null for all else. */
export function pathOf(source: unknown): string | null {
  if (source instanceof URL) return source.protocol === 'file:' ? fileURLToPath(source) : null;
  if (typeof source !== 'string') return null;
  if (source.startsWith('file:')) return fileURLToPath(source);
  return /^(https?|data|blob):/.test(source) ? null : source;
}

/** Of "ENOENT: no such file or directory, open 'x'" what the place does not tell already. */
export const reasonOf = (error: unknown) => (error as Error).message.replace(/, \w+ '.*'$/s, '');

function fromFile(path: string): RandomAccess {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (error) {
    throw new OctavoError('E_MODEL_UNREADABLE', `cannot open: ${reasonOf(error)}`, path);
  }
  const opened = fstatSync(file, { bigint: true });
  return {
    size: Number(opened.size),
    read(offset, into) {
      try {
        for (let done = 0; done < into.length; ) {
          const got = readSync(file, into, done, into.length - done, offset + done);
          if (got === 0) return false;
          done += got;
        }
        const { size, mtimeNs } = fstatSync(file, { bigint: true });
        return size === opened.size && mtimeNs === opened.mtimeNs; // else somebody writes to it
      } catch {
        return false;
      }
    },
    close: () => closeSync(file),
  };
}

async function bytesFrom(source: Blob | ArrayBuffer | ArrayBufferView | URL | string): Promise<Uint8Array> {
  if (source instanceof Blob) return new Uint8Array(await source.arrayBuffer());
  if (source instanceof URL || typeof source === 'string') {
    const response = await fetch(source);
    if (!response.ok) throw new OctavoError('E_IO', `the server answers ${response.status}`, String(source));
    return new Uint8Array(await response.arrayBuffer());
  }
  return bytesOf(source);
}

/** Files stay where they are; all else is held as it is now. */
export async function keepInNode(source: ModelSource): Promise<ModelSource> {
  const path = pathOf(source);
  if (path !== null) return resolve(path);
  return source instanceof Blob ? source : new Blob([(await bytesFrom(source as URL | ArrayBuffer)) as Uint8Array<ArrayBuffer>]);
}
