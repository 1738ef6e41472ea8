// The worker: first message says where the wasm is, every other is a request.
import { browserPlatform } from './browser.js';
import { OctavoError } from './errors.js';
import { Host } from './host.js';
import { loadModule, type WasmSource } from './load.js';
import type { Failure, Request, Response } from './protocol.js';

export interface Start {
  wasm: WasmSource;
}

let host: Promise<Host> | undefined;

addEventListener('message', async ({ data }: MessageEvent<Start | Request>) => {
  if ('wasm' in data) {
    host = loadModule(data.wasm).then((module) => new Host(module, browserPlatform));
    host.catch(() => {}); // told to whoever calls
    return;
  }
  const { id, call, arguments: args } = data;
  try {
    const value = await (await host)!.call(call, ...(args as never));
    answer({ id, value });
  } catch (error) {
    answer({ id, error: failureOf(error) });
  }
});

function answer(response: Response): void {
  (self as unknown as { postMessage(message: Response): void }).postMessage(response);
}

function failureOf(error: unknown): Failure {
  if (error instanceof OctavoError) return { code: error.code, message: error.message, where: error.where };
  const memory = error instanceof RangeError || /memory|out of bounds/i.test(String(error));
  return { code: memory ? 'E_OUT_OF_MEMORY' : 'E_INTERNAL', message: String(error), where: '' };
}
