// How a page or its worker reaches bytes. Workers read files piece by piece; a page must read them whole.
import { readBlob } from './blob.js';
import { bytesOf } from './load.js';
import { OctavoError } from './errors.js';
import type { Platform, RandomAccess } from './host.js';
import type { ModelSource, SampleFiles } from './types.js';

/** Of workers only, so that TypeScript's page library has none. */
declare const FileReaderSync: { new (): { readAsArrayBuffer(blob: Blob): ArrayBuffer } };

export const browserPlatform: Platform = {
  async openSource(source) {
    if (source instanceof Blob) return typeof FileReaderSync === 'undefined' ? inMemory(await readBlob(source)) : fromBlob(source);
    return inMemory(typeof source === 'string' || source instanceof URL ? await bytesAt(source) : bytesOf(source).slice());
  },
  async readSample(sample) {
    if (sample instanceof Blob) return readBlob(sample);
    if (isFiles(sample)) return sample;
    return typeof sample === 'string' || sample instanceof URL ? bytesAt(sample) : bytesOf(sample);
  },
};

/** Files by their names, in a plain object. */
export function isFiles(sample: unknown): sample is SampleFiles {
  return typeof sample === 'object' && sample !== null && Object.getPrototypeOf(sample) === Object.prototype;
}

/** Bytes that nobody else changes. */
export function inMemory(bytes: Uint8Array): RandomAccess {
  return {
    size: bytes.length,
    read(offset, into) {
      into.set(bytes.subarray(offset, offset + into.length));
      return true;
    },
    close() {},
  };
}

function fromBlob(blob: Blob): RandomAccess {
  const reader = new FileReaderSync();
  return {
    size: blob.size,
    read(offset, into) {
      try {
        into.set(new Uint8Array(reader.readAsArrayBuffer(blob.slice(offset, offset + into.length))));
        return true;
      } catch {
        return false; // the file has changed or is gone
      }
    },
    close() {},
  };
}

async function fetched(url: URL | string): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(url);
  } catch (error) {
    throw new OctavoError('E_IO', `cannot be fetched: ${String(error)}`, String(url));
  }
  if (!response.ok) throw new OctavoError('E_IO', `the server answers ${response.status}`, String(url));
  return response;
}

const bytesAt = async (url: URL | string) => new Uint8Array(await (await fetched(url)).arrayBuffer());

/** A Blob: fetched once, out of the page's memory, and read by every worker piece by piece. */
export async function keepInBrowser(source: ModelSource): Promise<Blob> {
  if (source instanceof Blob) return source;
  if (typeof source === 'string' || source instanceof URL) return (await fetched(source)).blob();
  return new Blob([source as ArrayBuffer]);
}
