// npm run format: clang-format over all C++.
import { main, run } from './lib.mjs';
import { setup } from './setup.mjs';
import { cppFiles } from './sources.mjs';

await main(async () => {
  await setup('lint');
  await run('clang-format-19', ['-i', ...cppFiles()]);
});
