// The engine on the caller's own thread.
import { OctavoError } from './errors.js';
import type { Host } from './host.js';
import type { Transport } from './protocol.js';

const turn = 50; // ms of work before others get their turn, so that signals are seen and timers run; what browsers call a long task begins there

export function directTransport(host: Host): Transport {
  let last = performance.now();
  let pause: Promise<void> | undefined; // one for all calls that come meanwhile: they keep their order
  let closed = false;
  return {
    async call(name, ...args) {
      if (performance.now() - last > turn) {
        pause ??= nextTask().then(() => {
          last = performance.now();
          pause = undefined;
        });
      }
      if (pause !== undefined) await pause;
      try {
        return await host.call(name, ...args);
      } catch (error) {
        throw closed ? new OctavoError('E_CANCELLED', 'the engine has been disposed') : error;
      }
    },
    close() {
      closed = true;
      host.close();
    },
  };
}

/** A timer would do, but browsers make nested ones wait for 4 ms. */
function nextTask(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
