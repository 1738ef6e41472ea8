// The same API with worker and wasm embedded: fetches nothing, so it runs under `connect-src 'none'`,
// from file:// and through bundlers that do not copy assets. Its workers are Blobs, which inherit the
// page's policy; a policy needs `worker-src blob:` and `script-src 'wasm-unsafe-eval'`.
import { keepInBrowser } from './browser.js';
import { Octavo } from './client.js';
import { workerSource } from './embedded.js';
import { asManyAsCores, Engines } from './engines.js';
import type { EngineOptions } from './types.js';
import { hasRelaxedSimd } from './variant.js';
import { startBeside, startEngine } from './worker_transport.js';

export { Calibration, Model, Octavo, spread } from './client.js';
export { OctavoError } from './errors.js';
export type * from './types.js';

/** Starts the engine. `dispose` of the result ends its workers. */
export async function createOctavo({ workers }: Pick<EngineOptions, 'workers'> = {}): Promise<Octavo> {
  const { wasmBase64 } = await (hasRelaxedSimd() ? import('./embedded_relaxed.js') : import('./embedded_simd128.js'));
  const wasm = decode(wasmBase64);
  const first = startEngine(startWorker(), { wasm }, [wasm.buffer]);
  const more = { keep: keepInBrowser, start: (running: typeof first) => startBeside(running, startWorker()) };
  return new Octavo(new Engines(first, more, asManyAsCores(workers, navigator.hardwareConcurrency)));
}

function startWorker(): Worker {
  const script = URL.createObjectURL(new Blob([workerSource], { type: 'text/javascript' }));
  const worker = new Worker(script, { type: 'module', name: 'octavo' });
  URL.revokeObjectURL(script);
  return worker;
}

function decode(base64: string): Uint8Array<ArrayBuffer> {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; ++i) bytes[i] = text.charCodeAt(i);
  return bytes;
}
