// npm run accuracy [-- --models REGEX --observers A,B --weight-methods A,B --out FILE]: see tests/accuracy/table.mjs.
import { main, run } from './lib.mjs';
import { compile } from './build.mjs';
import { setup } from './setup.mjs';

await main(async () => {
  await compile('native', await setup('native'), 'octavo');
  await run('node', ['tests/accuracy/table.mjs', ...process.argv.slice(2)]);
});
