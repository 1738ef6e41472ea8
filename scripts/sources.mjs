// The files that format and lint look at: C++ of this repository, new ones included.
import { existsSync } from 'node:fs';
import { inRoot, output } from './lib.mjs';

export const trackedFiles = () => output('git', ['ls-files', '--cached', '--others', '--exclude-standard'])
  .split('\n').filter((file) => file && existsSync(inRoot(file)));

export const cppFiles = () => trackedFiles().filter((file) => /^(src|bindings|tests)\/.*\.(cc|h)$/.test(file));
