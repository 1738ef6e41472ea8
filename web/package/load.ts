// Fetches, compiles and starts the wasm; a failure names the URL and the way out.
import type { CreateModule, Module } from './octavo.js';
import { OctavoError } from './errors.js';

export type WasmSource = URL | string | ArrayBuffer | ArrayBufferView | WebAssembly.Module;

/** A running module, and what it was made of: workers share that. */
export interface Engine {
  module: Module;
  compiled: WebAssembly.Module;
}

/** `create` is the glue of that wasm; `workers` are for one with threads. */
export async function loadEngine(wasm: WasmSource, create: CreateModule, workers: Worker[] | Promise<Worker[]> = []): Promise<Engine> {
  try {
    const [compiled, ready] = await Promise.all([compile(wasm), workers]);
    const threads = ready.length + 1; // it takes them out
    const module = await start(compiled, create, ready);
    module.useThreads(threads);
    return { compiled, module };
  } catch (error) {
    if (error instanceof OctavoError) throw error;
    throw new OctavoError('E_WASM_LOAD', `the engine does not start: ${String(error)}; it needs WebAssembly SIMD ` +
      '(Chrome 91, Firefox 89, Safari 16.4, Node 20 or newer)');
  }
}

function start(compiled: WebAssembly.Module, create: CreateModule, workers: Worker[]): Promise<Module> {
  return new Promise((resolve, reject) => {
    create({
      instantiateWasm(imports, done) {
        WebAssembly.instantiate(compiled, imports).then((instance) => done(instance, compiled)).catch(reject);
        return {};
      },
      locateFile: (path) => path,
      workers,
    }).then(resolve, reject);
  });
}

async function compile(wasm: WasmSource): Promise<WebAssembly.Module> {
  if (wasm instanceof WebAssembly.Module) return wasm;
  if (typeof wasm !== 'string' && !(wasm instanceof URL)) return WebAssembly.compile(bytesOf(wasm) as Uint8Array<ArrayBuffer>);
  const response = await fetchWasm(wasm);
  if (response.headers.get('content-type') === 'application/wasm') return WebAssembly.compileStreaming(response);
  const bytes = await response.arrayBuffer();
  if (bytes.byteLength >= 4 && new DataView(bytes).getUint32(0) === 0x0061736d) return WebAssembly.compile(bytes);
  throw new OctavoError('E_WASM_LOAD', `this is no wasm but ${response.headers.get('content-type') ?? 'something else'}${wayOut}`, String(wasm));
}

const wayOut = "; pass `wasm` to say where the package's octavo.wasm is, or import 'octavo/inline'";

async function fetchWasm(url: URL | string): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(url);
  } catch (error) {
    throw new OctavoError('E_WASM_LOAD', `cannot fetch the engine: ${String(error)}${wayOut}`, String(url));
  }
  if (!response.ok) throw new OctavoError('E_WASM_LOAD', `the server answers ${response.status}${wayOut}`, String(url));
  return response;
}

export function bytesOf(data: ArrayBuffer | ArrayBufferView): Uint8Array {
  return data instanceof ArrayBuffer ? new Uint8Array(data) : new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}
