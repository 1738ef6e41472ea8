// The worker in browsers where memory may be shared: the engine and, started from the same script by
// the engine's worker, each of its threads. In those all is done by the glue, which knows them by name.
import { browserPlatform } from './browser.js';
import { loadEngine } from './load.js';
import createModule from './octavo_threads.js';
import { serve, type Start } from './serve.js';

const threadName = 'em-pthread';

function startThreads(count: number): Promise<Worker[]> {
  return Promise.all(Array.from({ length: count }, () => new Promise<Worker>((resolve, reject) => {
    const thread = new Worker(self.location.href, { type: 'module', name: threadName });
    thread.onmessage = () => resolve(thread);
    thread.onerror = (event) => {
      event.preventDefault();
      reject(new Error(`a worker of a worker does not start (${event.message || 'refused, or not loaded'})`));
    };
  })));
}

if (self.name === threadName) {
  self.postMessage('here');
} else {
  const load = ({ wasm, threads = 1 }: Start) => loadEngine(wasm, createModule, startThreads(threads - 1));
  const receive = serve(browserPlatform, load, (response) => self.postMessage(response));
  addEventListener('message', ({ data }) => receive(data));
}
