// For browsers and bundlers: the engine in a worker of its own, more of them where there are many
// samples. Nothing happens at import.
import { browserPlatform, keepInBrowser } from './browser.js';
import { Octavo } from './client.js';
import { directTransport } from './direct.js';
import { asManyAsCores, Engines } from './engines.js';
import { Host } from './host.js';
import { loadEngine } from './load.js';
import createModule from './octavo.js';
import { startWithThreads, threadCount, threadsWorker } from './threads.js';
import type { EngineOptions } from './types.js';
import { wasmUrl } from './wasm_url.js';
import { startBeside, startEngine } from './worker_transport.js';

export { Calibration, Model, Octavo, spread } from './client.js';
export { OctavoError } from './errors.js';
export type * from './types.js';

/** Starts the engine. `dispose` of the result ends its workers. */
export async function createOctavo({ wasm, worker, workers, threads }: EngineOptions = {}): Promise<Octavo> {
  const source = wasm instanceof URL ? wasm.href : (wasm ?? wasmUrl().href);
  if (worker === false) return new Octavo(new Engines(directTransport(new Host(await loadEngine(source, createModule), browserPlatform))));
  const start = { wasm: typeof source === 'string' ? new URL(source, location.href).href : source };
  if (worker instanceof Worker) return new Octavo(new Engines(startEngine(worker, start)));
  const count = wasm === undefined && worker === undefined ? threadCount(threads, navigator.hardwareConcurrency) : 1;
  const plain = () => startEngine(startWorker(worker), start);
  const first = count > 1 ? startWithThreads(count, plain) : plain();
  const beside = async () => ((await first.call('threads')) > 1 ? threadsWorker() : startWorker(worker));
  const more = { keep: keepInBrowser, start: async (running: typeof first) => startBeside(running, await beside()) };
  return new Octavo(new Engines(first, more, asManyAsCores(workers, navigator.hardwareConcurrency)));
}

function startWorker(script: URL | string | undefined): Worker {
  if (script === undefined) return new Worker(new URL('./worker.js', import.meta.url), { type: 'module', name: 'octavo' });
  const url = new URL(script, location.href);
  if (url.origin === location.origin || url.protocol === 'blob:') return new Worker(url, { type: 'module', name: 'octavo' });
  // A script of another origin cannot be a worker; a module of this origin that imports it can.
  const shim = URL.createObjectURL(new Blob([`import ${JSON.stringify(url.href)};`], { type: 'text/javascript' }));
  return new Worker(shim, { type: 'module', name: 'octavo' });
}
