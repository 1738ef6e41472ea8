// The engine on the caller's own thread.
import type { Host } from './host.js';
import type { Transport } from './protocol.js';

/** Gives other work its turn before each call, so that signals are seen and timers run. */
export function directTransport(host: Host): Transport {
  return {
    async call(name, ...args) {
      await new Promise((resolve) => setTimeout(resolve, 0));
      return host.call(name, ...args);
    },
    close() {},
  };
}
