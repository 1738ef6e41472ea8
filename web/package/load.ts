// Fetches and starts the wasm; a failure names the URL and the way out.
import createModule, { type Module } from './octavo.js';
import { OctavoError } from './errors.js';

export type WasmSource = URL | string | ArrayBuffer | ArrayBufferView;

export async function loadModule(wasm: WasmSource): Promise<Module> {
  const bytes = wasm instanceof URL || typeof wasm === 'string' ? await fetchWasm(wasm) : wasm;
  try {
    return await createModule({ wasmBinary: bytesOf(bytes), locateFile: (path) => path });
  } catch (error) {
    throw new OctavoError('E_WASM_LOAD', `the engine does not start: ${String(error)}; it needs WebAssembly SIMD ` +
      '(Chrome 91, Firefox 89, Safari 16.4, Node 20 or newer)');
  }
}

async function fetchWasm(url: URL | string): Promise<ArrayBuffer> {
  const wayOut = "; pass `wasm` to say where the package's octavo.wasm is, or import 'octavo/inline'";
  let response: Response;
  try {
    response = await fetch(url);
  } catch (error) {
    throw new OctavoError('E_WASM_LOAD', `cannot fetch the engine: ${String(error)}${wayOut}`, String(url));
  }
  if (!response.ok) throw new OctavoError('E_WASM_LOAD', `the server answers ${response.status}${wayOut}`, String(url));
  const bytes = await response.arrayBuffer();
  if (new DataView(bytes).byteLength < 4 || new DataView(bytes).getUint32(0) !== 0x0061736d) {
    throw new OctavoError('E_WASM_LOAD', `this is no wasm but ${response.headers.get('content-type') ?? 'something else'}${wayOut}`, String(url));
  }
  return bytes;
}

export function bytesOf(data: ArrayBuffer | ArrayBufferView): Uint8Array {
  return data instanceof ArrayBuffer ? new Uint8Array(data) : new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}
