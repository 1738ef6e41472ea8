// The engine in a worker: requests by number, answers in any order.
import { OctavoError } from './errors.js';
import type { Response, Transport } from './protocol.js';

type Waiting = { resolve: (value: never) => void; reject: (error: unknown) => void };

export function workerTransport(worker: Worker): Transport {
  const waiting = new Map<number, Waiting>();
  let next = 1;
  let dead: OctavoError | undefined;

  const end = (error: OctavoError) => {
    dead ??= error;
    for (const { reject } of waiting.values()) reject(dead);
    waiting.clear();
  };
  worker.addEventListener('message', ({ data }: MessageEvent<Response>) => {
    const request = waiting.get(data.id);
    waiting.delete(data.id);
    if ('error' in data) request?.reject(new OctavoError(data.error.code, data.error.message, data.error.where));
    else request?.resolve(data.value as never);
  });
  worker.addEventListener('error', (event) => {
    end(new OctavoError('E_WASM_LOAD', `the worker stopped: ${event.message || 'its script could not be loaded'}; ` +
      "say where it is with `worker`, or import 'octavo/inline'"));
  });

  return {
    call(name, ...args) {
      return new Promise((resolve, reject) => {
        if (dead !== undefined) return reject(dead);
        const id = next++;
        waiting.set(id, { resolve, reject });
        worker.postMessage({ id, call: name, arguments: args });
      });
    },
    close() {
      worker.terminate();
      end(new OctavoError('E_CANCELLED', 'the engine has been disposed'));
    },
  };
}
