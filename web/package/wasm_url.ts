// Where the engine is beside the package. All addresses in full, so that bundlers see and copy the files.
import { hasRelaxedSimd } from './variant.js';

export const wasmUrl = () =>
  hasRelaxedSimd() ? new URL('./octavo_relaxed.wasm', import.meta.url) : new URL('./octavo.wasm', import.meta.url);

export const wasmUrlWithThreads = () => hasRelaxedSimd()
  ? new URL('./octavo_relaxed_threads.wasm', import.meta.url) : new URL('./octavo_threads.wasm', import.meta.url);
