// Where the engine is beside the package. Both addresses in full, so that bundlers see and copy the files.
import { hasRelaxedSimd } from './variant.js';

export const wasmUrl = () =>
  hasRelaxedSimd() ? new URL('./octavo_relaxed.wasm', import.meta.url) : new URL('./octavo.wasm', import.meta.url);
