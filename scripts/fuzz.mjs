// npm run fuzz [-- --seconds 600] [NAME...]: every target of tests/fuzz, one after the other.
// What it learns stays in build/fuzz/corpus; seeds are read from tests/fuzz/seeds/NAME, pictures from tests/data.
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { inRoot, main, run } from './lib.mjs';
import { compile } from './build.mjs';
import { setup } from './setup.mjs';

await main(async () => {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { seconds: { type: 'string', default: '60' } } });
  const found = readdirSync(inRoot('tests/fuzz')).filter((file) => file.endsWith('_fuzz.cc')).map((file) => file.slice(0, -3));
  const names = positionals.length > 0 ? positionals : found;
  await compile('fuzz', await setup('native', 'fuzz'), ...names);
  for (const name of names) {
    const corpus = inRoot('build/fuzz/corpus', name);
    const seeds = inRoot(name === 'image_fuzz' ? 'tests/data/images' : `tests/fuzz/seeds/${name}`);
    mkdirSync(corpus, { recursive: true });
    console.log(`\n== ${name}, ${values.seconds} s`);
    await run(inRoot('build/fuzz', name), [`-max_total_time=${values.seconds}`, '-timeout=20', '-rss_limit_mb=2048',
      '-print_final_stats=1', `-artifact_prefix=build/fuzz/${name}-`, corpus, ...(existsSync(seeds) ? [seeds] : [])]);
  }
});
