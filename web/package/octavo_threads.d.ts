// The glue of the modules with threads, copied by scripts/build.mjs.
export { default } from './octavo.js';
