// The engine with threads, for pages that may share memory: those that are cross-origin isolated.
import { asManyAsCores } from './engines.js';
import type { Transport } from './protocol.js';
import { wasmUrlWithThreads } from './wasm_url.js';
import { startEngine } from './worker_transport.js';

export function threadCount(asked: number | undefined, cores: number): number {
  return globalThis.crossOriginIsolated && typeof SharedArrayBuffer !== 'undefined' ? asManyAsCores(asked, cores) : 1;
}

/** Of a name of its own: webpack would join scripts of workers of one name. */
export const threadsWorker = () => new Worker(new URL('./threads_worker.js', import.meta.url), { type: 'module', name: 'octavo_threads' });

/** An engine with threads; where they do not start, the one of `plain`, and the console says why. */
export function startWithThreads(threads: number, plain: () => Transport): Transport {
  const engine = startEngine(threadsWorker(), { wasm: wasmUrlWithThreads().href, threads });
  const started = engine.call('threads').then(() => engine, (error: Error) => {
    engine.close();
    console.warn(`octavo: each run takes one thread, because several do not start: ${error.message}`);
    return plain();
  });
  return {
    call: async (name, ...args) => (await started).call(name, ...args),
    close: () => void started.then((transport) => transport.close()),
  };
}
