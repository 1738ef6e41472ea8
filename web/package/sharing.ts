// Samples shared out over engines.
import { readBlob } from './blob.js';
import type { Progress, Sample, WorkOptions } from './types.js';

export type Named = { name: string; data: Sample; label?: number | undefined };

/**
 * Gives every engine a block of consecutive samples, and the next one when it has finished that. `use`
 * is called for each sample, `finish` for each block with what was used of it. When `signal` stops the
 * work, or a sample fails, the others finish the sample they are at; then it throws.
 */
export async function share<E>(
  phase: Progress['phase'], samples: readonly Named[], size: number, engines: readonly E[], { signal, onProgress }: WorkOptions,
  use: (engine: E, sample: Named, index: number) => Promise<unknown>,
  finish: (engine: E, from: number, to: number) => Promise<unknown> = async () => {},
): Promise<void> {
  let next = 0;
  let done = 0;
  let failure: { error: unknown } | undefined;
  const work = async (engine: E) => {
    while (failure === undefined && next < samples.length) {
      const from = next;
      const end = Math.min(from + size, samples.length);
      next = end;
      let to = from;
      try {
        let coming = read(samples[from] as Named);
        while (to < end && failure === undefined) {
          signal?.throwIfAborted();
          const sample = await coming;
          if (to + 1 < end) coming = read(samples[to + 1] as Named); // while the engine is at this one
          await use(engine, sample, to);
          to += 1;
          onProgress?.({ phase, done: ++done, total: samples.length, name: sample.name });
        }
      } catch (error) {
        failure ??= { error };
      }
      await finish(engine, from, to).catch((error: unknown) => (failure ??= { error }));
    }
  };
  await Promise.all(engines.map(work));
  if (failure !== undefined) throw failure.error;
  signal?.throwIfAborted();
}

/** A file's bytes: to fetch them takes a browser long enough to do it ahead. */
function read(sample: Named): Promise<Named> {
  const { data } = sample;
  const ready = data instanceof Blob ? readBlob(data).then((bytes) => ({ ...sample, data: bytes })) : Promise.resolve(sample);
  ready.catch(() => {}); // told when it is used
  return ready;
}

const largestBlock = 8;

/** Blocks that keep all engines busy to the end, and lose little when work is stopped. */
export function blockSize(samples: number, engines: number): number {
  if (engines === 1) return samples;
  return Math.min(largestBlock, Math.max(1, Math.floor(samples / (4 * engines))));
}

/** Takes blocks in any order and gives them on in theirs, one at a time. */
export class InOrder<T> {
  #give: (block: T, to: number) => Promise<unknown>;
  #waiting = new Map<number, { block: T; to: number }>();
  #next = 0;
  #giving = Promise.resolve();

  constructor(give: (block: T, to: number) => Promise<unknown>) {
    this.#give = give;
  }

  add(from: number, to: number, block: T): void {
    this.#waiting.set(from, { block, to });
    this.#giving = this.#giving.then(() => this.#giveOn());
    this.#giving.catch(() => {}); // told to whoever asks whether it is done
  }

  /** All that was added and follows on what came before has been given on. */
  done(): Promise<void> {
    return this.#giving;
  }

  async #giveOn(): Promise<void> {
    for (let found = this.#waiting.get(this.#next); found !== undefined; found = this.#waiting.get(this.#next)) {
      this.#waiting.delete(this.#next);
      this.#next = found.to;
      await this.#give(found.block, found.to);
    }
  }
}
