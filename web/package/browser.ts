// How a page or its worker reaches bytes. Workers read files piece by piece; a page must read them whole.
import { bytesOf } from './load.js';
import { OctavoError } from './errors.js';
import type { Platform, RandomAccess } from './host.js';

/** Of workers only, so that TypeScript's page library has none. */
declare const FileReaderSync: { new (): { readAsArrayBuffer(blob: Blob): ArrayBuffer } };

export const browserPlatform: Platform = {
  async openSource(source) {
    if (source instanceof Blob) return typeof FileReaderSync === 'undefined' ? inMemory(await readBlob(source)) : fromBlob(source);
    return inMemory(typeof source === 'string' || source instanceof URL ? await fetchBytes(source) : bytesOf(source));
  },
  async readSample(sample) {
    if (sample instanceof Blob) return readBlob(sample);
    return typeof sample === 'string' || sample instanceof URL ? fetchBytes(sample) : bytesOf(sample);
  },
};

export function inMemory(bytes: Uint8Array): RandomAccess {
  return {
    size: bytes.length,
    read(offset, into) {
      into.set(bytes.subarray(offset, offset + into.length));
      return true;
    },
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
  };
}

async function readBlob(blob: Blob): Promise<Uint8Array> {
  try {
    return new Uint8Array(await blob.arrayBuffer());
  } catch (error) {
    throw new OctavoError('E_IO', `the file cannot be read any more: ${String(error)}`, blob instanceof File ? blob.name : '');
  }
}

async function fetchBytes(url: URL | string): Promise<Uint8Array> {
  let response: Response;
  try {
    response = await fetch(url);
  } catch (error) {
    throw new OctavoError('E_IO', `cannot be fetched: ${String(error)}`, String(url));
  }
  if (!response.ok) throw new OctavoError('E_IO', `the server answers ${response.status}`, String(url));
  return new Uint8Array(await response.arrayBuffer());
}
