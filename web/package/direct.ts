// The engine on the caller's own thread.
import type { Host } from './host.js';
import type { Transport } from './protocol.js';

const turn = 20; // ms of work before others get their turn, so that signals are seen and timers run

export function directTransport(host: Host): Transport {
  let last = performance.now();
  return {
    async call(name, ...args) {
      if (performance.now() - last > turn) {
        await new Promise((resolve) => setTimeout(resolve, 0));
        last = performance.now();
      }
      return host.call(name, ...args);
    },
    close() {},
  };
}
