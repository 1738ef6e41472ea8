// The host at the other end of a port: the first message says what the wasm is, every other is a request.
import { OctavoError } from './errors.js';
import { Host, type Platform } from './host.js';
import type { Engine, WasmSource } from './load.js';
import type { Failure, Request, Response } from './protocol.js';

export interface Start {
  wasm: WasmSource;
  /** For the worker with threads: how many. */
  threads?: number;
}

/** What to do with each message that arrives. */
export function serve(
  platform: Platform, load: (start: Start) => Promise<Engine>, answer: (response: Response) => void,
): (message: Start | Request) => Promise<void> {
  let host: Promise<Host> | undefined;
  return async (message) => {
    if ('wasm' in message) {
      host = load(message).then((engine) => new Host(engine, platform));
      host.catch(() => {}); // told to whoever calls
      return;
    }
    const { id, call, arguments: args } = message;
    try {
      answer({ id, value: await (await host)!.call(call, ...(args as never)) });
    } catch (error) {
      answer({ id, error: failureOf(error) });
    }
  };
}

function failureOf(error: unknown): Failure {
  if (error instanceof OctavoError) return { code: error.code, message: error.message, where: error.where };
  const memory = error instanceof RangeError || /memory|out of bounds/i.test(String(error));
  return { code: memory ? 'E_OUT_OF_MEMORY' : 'E_INTERNAL', message: String(error), where: '' };
}
