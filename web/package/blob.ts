import { OctavoError } from './errors.js';

export async function readBlob(blob: Blob): Promise<Uint8Array> {
  try {
    return new Uint8Array(await blob.arrayBuffer());
  } catch (error) {
    throw new OctavoError('E_IO', `the file cannot be read any more: ${String(error)}`, blob instanceof File ? blob.name : '');
  }
}
