// Samples shared out over engines.
import { readBlob } from './blob.js';
import type { Progress, Sample, SampleFiles, WorkOptions } from './types.js';

export type Named = { name: string; data: Sample | SampleFiles; label?: number | undefined };

/**
 * Gives every engine a block of consecutive samples, and the next one when it has finished that. `use`
 * is called for each sample, with its index and its place in the block, before the one before it has
 * ended, so that no engine waits for its next one; where that fails, it must do nothing. `finish` is
 * called for each block with what was used of it. When `signal` stops the work, or a sample fails, the
 * others finish the samples they are at; then it throws.
 */
export async function share<E>(
  phase: Progress['phase'], samples: readonly Named[], size: (left: number) => number, engines: readonly E[],
  { signal, onProgress }: WorkOptions,
  use: (engine: E, sample: Named, index: number, place: number) => Promise<unknown>,
  finish: (engine: E, from: number, to: number) => Promise<unknown> = async () => {},
): Promise<void> {
  let next = 0;
  let done = 0;
  let failure: { error: unknown } | undefined;
  const fail = (error: unknown) => void (failure ??= { error });
  const claim = () => {
    if (failure !== undefined || next >= samples.length) return undefined;
    const from = next;
    next = Math.min(from + size(samples.length - from), samples.length);
    return { from, end: next, first: read(samples[from] as Named) };
  };
  const work = async (engine: E) => {
    for (let block = claim(), following: typeof block; block !== undefined; block = following) {
      const { from, end } = block;
      let coming = block.first;
      let to = from;
      let before: Promise<unknown> = Promise.resolve();
      following = undefined;
      try {
        for (let at = from; at < end && failure === undefined; ++at) {
          signal?.throwIfAborted();
          const sample = await coming;
          if (at + 1 < end) coming = read(samples[at + 1] as Named); // while the engine is at this one
          else following = claim();
          const [earlier, used] = [before, use(engine, sample, at, at - from)];
          used.catch(fail); // told when all has ended
          before = earlier.then(() => used).then(() => {
            to += 1;
            onProgress?.({ phase, done: ++done, total: samples.length, name: sample.name });
          });
          before.catch(fail);
          await earlier;
        }
      } catch (error) {
        fail(error);
      }
      await before.catch(fail);
      await finish(engine, from, to).catch(fail);
      if (failure !== undefined) return;
    }
  };
  await Promise.all(engines.map(work));
  if (failure !== undefined) throw (failure as { error: unknown }).error;
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

/** Of the next block of so many samples that are left: all engines are busy to the end, and little is lost when work stops. */
export function blockSize(left: number, engines: number): number {
  if (engines === 1) return left;
  return Math.min(largestBlock, Math.max(1, Math.floor(left / (2 * engines))));
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
