// The worker in Node, for engines beyond the first.
import { parentPort } from 'node:worker_threads';
import { nodePlatform } from './node_platform.js';
import { serve } from './serve.js';

parentPort?.on('message', serve(nodePlatform, (response) => parentPort?.postMessage(response)));
