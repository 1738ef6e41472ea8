// The engine, started when it is first needed and started anew after it was ended.
import { createOctavo, type Octavo } from 'octavo/inline';

let running: Promise<Octavo> | undefined;

export function engine(): Promise<Octavo> {
  running ??= createOctavo();
  return running;
}
