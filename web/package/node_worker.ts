// The worker in Node, for engines beyond the first.
import { parentPort } from 'node:worker_threads';
import { loadEngine } from './load.js';
import { nodePlatform } from './node_platform.js';
import createModule from './octavo.js';
import { serve } from './serve.js';

parentPort?.on('message', serve(nodePlatform, ({ wasm }) => loadEngine(wasm, createModule), (response) => parentPort?.postMessage(response)));
