// For Node: the same API on this thread, with more engines on threads of their own where there are many
// samples; strings are paths.
import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { Octavo } from './client.js';
import { directTransport } from './direct.js';
import { asManyAsCores, Engines } from './engines.js';
import { Host } from './host.js';
import { loadEngine } from './load.js';
import { keepInNode, nodePlatform, pathOf } from './node_platform.js';
import createModule from './octavo.js';
import type { Transport } from './protocol.js';
import type { EngineOptions } from './types.js';
import { wasmUrl } from './wasm_url.js';
import { type Port, workerTransport } from './worker_transport.js';

export { Calibration, Model, Octavo, spread } from './client.js';
export { OctavoError } from './errors.js';
export type * from './types.js';

/** Starts the engine. */
export async function createOctavo(options: EngineOptions = {}): Promise<Octavo> {
  return octavoOn(await createHost(options), options.workers);
}

/** The engine itself, for the command line of this package. */
export async function createHost({ wasm = wasmUrl() }: EngineOptions = {}): Promise<Host> {
  const local = pathOf(wasm);
  return new Host(await loadEngine(local === null ? wasm : await readFile(local), createModule), nodePlatform);
}

export function octavoOn(host: Host, workers: number | undefined): Octavo {
  const count = asManyAsCores(workers, availableParallelism());
  return new Octavo(new Engines(directTransport(host), count > 1 ? { keep: keepInNode, start: startThread } : undefined, count));
}

async function startThread(first: Transport): Promise<Transport> {
  const thread = new Worker(new URL('./node_worker.js', import.meta.url), { name: 'octavo' });
  thread.postMessage({ wasm: await first.call('compiled') });
  return workerTransport(threadPort(thread));
}

function threadPort(thread: Worker): Port {
  thread.unref();
  return {
    post: (message) => thread.postMessage(message),
    listen(onMessage, onError) {
      thread.on('message', onMessage);
      thread.on('error', (error) => onError(String(error)));
    },
    end: () => void thread.terminate(),
    busy: (busy) => (busy ? thread.ref() : thread.unref()),
  };
}
