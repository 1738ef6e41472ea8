// The worker in browsers.
import { browserPlatform } from './browser.js';
import { loadEngine } from './load.js';
import createModule from './octavo.js';
import { serve } from './serve.js';

const receive = serve(browserPlatform, ({ wasm }) => loadEngine(wasm, createModule), (response) => self.postMessage(response));
addEventListener('message', ({ data }) => receive(data));
