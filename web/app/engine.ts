// The engine, started with the page: from then on nothing is asked of any server.
import { createOctavo, type Octavo } from 'octavo/inline';

let running: Promise<Octavo> | undefined;

export function engine(): Promise<Octavo> {
  running ??= createOctavo();
  return running;
}
