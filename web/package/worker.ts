// The worker in browsers.
import { browserPlatform } from './browser.js';
import { serve } from './serve.js';

const receive = serve(browserPlatform, (response) => (self as unknown as { postMessage(message: unknown): void }).postMessage(response));
addEventListener('message', ({ data }) => receive(data));
