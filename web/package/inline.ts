// The same API with worker and wasm embedded: fetches nothing, so it runs under `connect-src 'none'`,
// from file:// and through bundlers that do not copy assets. Its worker is a Blob, which inherits the
// page's policy; a policy needs `worker-src blob:` and `script-src 'wasm-unsafe-eval'`.
import { Octavo } from './client.js';
import { workerSource } from './embedded.js';
import { hasRelaxedSimd } from './variant.js';
import { workerTransport } from './worker_transport.js';

export { Calibration, Model, Octavo, spread } from './client.js';
export { OctavoError } from './errors.js';
export type * from './types.js';

/** Starts the engine. `dispose` of the result ends its worker. */
export async function createOctavo(): Promise<Octavo> {
  const { wasmBase64 } = await (hasRelaxedSimd() ? import('./embedded_relaxed.js') : import('./embedded_simd128.js'));
  const wasm = decode(wasmBase64);
  const script = URL.createObjectURL(new Blob([workerSource], { type: 'text/javascript' }));
  const own = new Worker(script, { type: 'module', name: 'octavo' });
  URL.revokeObjectURL(script);
  own.postMessage({ wasm }, [wasm.buffer]);
  return new Octavo(workerTransport(own));
}

function decode(base64: string): Uint8Array<ArrayBuffer> {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; ++i) bytes[i] = text.charCodeAt(i);
  return bytes;
}
