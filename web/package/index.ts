// For browsers and bundlers: the engine in a worker of its own. Nothing happens at import.
import { browserPlatform } from './browser.js';
import { Octavo } from './client.js';
import { directTransport } from './direct.js';
import { Host } from './host.js';
import { loadModule } from './load.js';
import type { EngineOptions } from './types.js';
import { wasmUrl } from './wasm_url.js';
import { workerTransport } from './worker_transport.js';

export { Calibration, Model, Octavo, spread } from './client.js';
export { OctavoError } from './errors.js';
export type * from './types.js';

/** Starts the engine. `dispose` of the result ends its worker. */
export async function createOctavo({ wasm, worker }: EngineOptions = {}): Promise<Octavo> {
  const source = wasm instanceof URL ? wasm.href : (wasm ?? wasmUrl().href);
  if (worker === false) return new Octavo(directTransport(new Host(await loadModule(source), browserPlatform)));
  const own = worker === undefined
    ? new Worker(new URL('./worker.js', import.meta.url), { type: 'module', name: 'octavo' })
    : worker instanceof Worker ? worker : startWorker(worker);
  own.postMessage({ wasm: typeof source === 'string' ? new URL(source, location.href).href : source });
  return new Octavo(workerTransport(own));
}

/** A script of another origin cannot be a worker; a module of this origin that imports it can. */
function startWorker(script: URL | string): Worker {
  const url = new URL(script, location.href);
  if (url.origin === location.origin || url.protocol === 'blob:') return new Worker(url, { type: 'module', name: 'octavo' });
  const shim = URL.createObjectURL(new Blob([`import ${JSON.stringify(url.href)};`], { type: 'text/javascript' }));
  return new Worker(shim, { type: 'module', name: 'octavo' });
}
