// The engines behind one Octavo: the first, which is always there, and others that share the work on
// many samples. Those start when they are first needed, and all end together.
import type { Transport } from './protocol.js';
import type { ModelSource } from './types.js';

const mostByDefault = 4;
const samplesWorthAnEngine = 4;
const memoryForCopies = 2 ** 31;
const memoryOfACopy = 3; // times the bytes of a model: its weights packed, what is read to pack them, and a run's memory

/** What engines beyond the first take. */
export interface More {
  start(first: Transport): Promise<Transport>;
  /** A source that every engine can open, however late, as it is now. A URL is fetched while the first one starts. */
  keep(source: ModelSource): Promise<ModelSource>;
}

export class Engines {
  readonly first: Transport;
  readonly #more: More | undefined;
  readonly #most: number;
  #others: Promise<Transport>[] = [];

  constructor(first: Transport, more?: More, most = 1) {
    this.first = first;
    this.#more = more;
    this.#most = more === undefined ? 1 : most;
  }

  keep(source: ModelSource): Promise<ModelSource> {
    return this.#more?.keep(source) ?? Promise.resolve(source);
  }

  /** As many as so many samples and copies of so large a model are worth; at least the first. */
  async for(samples: number, modelBytes: number): Promise<Transport[]> {
    const copies = Math.floor(memoryForCopies / (memoryOfACopy * Math.max(modelBytes, 1)));
    const count = Math.max(1, Math.min(this.#most, Math.floor(samples / samplesWorthAnEngine), copies));
    while (this.#others.length < count - 1) this.#others.push(this.#more!.start(this.first));
    return [this.first, ...(await Promise.all(this.#others.slice(0, count - 1)))];
  }

  close(): void {
    this.first.close();
    for (const other of this.#others) other.then((transport) => transport.close(), () => {});
    this.#others = [];
  }
}

/** How many engines, or threads of one: what was asked for, or as many as there are cores, within reason. */
export function asManyAsCores(asked: number | undefined, cores: number): number {
  return Math.max(1, Math.floor(asked ?? Math.min(cores, mostByDefault)));
}
