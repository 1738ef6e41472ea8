// The engine in a worker: requests by number, answers in any order.
import { OctavoError } from './errors.js';
import type { Response, Transport } from './protocol.js';
import type { Start } from './serve.js';

/** What differs between workers of browsers and of Node. */
export interface Port {
  post(message: unknown): void;
  listen(onMessage: (response: Response) => void, onError: (message: string) => void): void;
  end(): void;
  /** Whether answers are due, for which a process stays alive. */
  busy?(busy: boolean): void;
}

type Waiting = { resolve: (value: never) => void; reject: (error: unknown) => void };

export function workerTransport(port: Port): Transport {
  const waiting = new Map<number, Waiting>();
  let next = 1;
  let dead: OctavoError | undefined;

  const end = (error: OctavoError) => {
    dead ??= error;
    for (const { reject } of waiting.values()) reject(dead);
    waiting.clear();
  };
  port.listen((response) => {
    const request = waiting.get(response.id);
    waiting.delete(response.id);
    if (waiting.size === 0) port.busy?.(false);
    if ('error' in response) request?.reject(new OctavoError(response.error.code, response.error.message, response.error.where));
    else request?.resolve(response.value as never);
  }, (message) => {
    end(new OctavoError('E_WASM_LOAD', `the worker stopped: ${message || 'its script could not be loaded'}; ` +
      "say where it is with `worker`, or import 'octavo/inline'"));
  });

  return {
    call(name, ...args) {
      return new Promise((resolve, reject) => {
        if (dead !== undefined) return reject(dead);
        const id = next++;
        port.post({ id, call: name, arguments: args });
        waiting.set(id, { resolve, reject });
        port.busy?.(true);
      });
    },
    close() {
      port.end();
      end(new OctavoError('E_CANCELLED', 'the engine has been disposed'));
    },
  };
}

function browserPort(worker: Worker): Port {
  return {
    post: (message) => worker.postMessage(message),
    listen(onMessage, onError) {
      worker.addEventListener('message', ({ data }) => onMessage(data));
      worker.addEventListener('error', ({ message }) => onError(message));
    },
    end: () => worker.terminate(),
  };
}

/** An engine in a worker of this package. */
export function startEngine(worker: Worker, start: Start, transfer: Transferable[] = []): Transport {
  worker.postMessage(start, transfer);
  return workerTransport(browserPort(worker));
}

/** Starts an engine with the wasm that the first one has compiled. */
export const startBeside = async (first: Transport, worker: Worker): Promise<Transport> =>
  startEngine(worker, { wasm: await first.call('compiled') });
