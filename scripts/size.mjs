// npm run size: what a user downloads, raw and compressed, against the gzip budgets in budgets.json.
import { readdirSync, readFileSync } from 'node:fs';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { Failure, inRoot, isMain, main } from './lib.mjs';
import { build } from './build.mjs';

/** Per budget: { name, raw, gzip, brotli, budget }, in bytes. */
export function measure() {
  const budgets = JSON.parse(readFileSync(inRoot('budgets.json'), 'utf8'));
  return budgets.map(({ name, folder, files, gzip: budget }) => {
    const pattern = new RegExp(files);
    const found = readdirSync(inRoot(folder), { recursive: true }).filter((file) => pattern.test(file)).map((file) => readFileSync(inRoot(folder, file)));
    if (found.length === 0) throw new Failure(`Nothing in ${folder} is named like ${files}.`);
    const total = (size) => found.reduce((bytes, file) => bytes + size(file), 0);
    return {
      name, budget,
      raw: total((file) => file.length),
      gzip: total((file) => gzipSync(file, { level: 9 }).length),
      brotli: total((file) => brotliCompressSync(file).length),
    };
  });
}

function print(rows) {
  const kb = (bytes) => `${(bytes / 1000).toFixed(1)} KB`.padStart(11);
  console.log(`${''.padEnd(28)}${['raw', 'gzip', 'brotli', 'gzip budget'].map((head) => head.padStart(11)).join(' ')}`);
  for (const row of rows) {
    console.log(`${row.name.padEnd(28)}${[row.raw, row.gzip, row.brotli, row.budget].map(kb).join(' ')}`);
  }
}

if (isMain(import.meta.url)) {
  await main(async () => {
    await build('wasm', 'package', 'page');
    const rows = measure();
    print(rows);
    const over = rows.filter((row) => row.gzip > row.budget);
    if (over.length > 0) throw new Failure(`Over budget: ${over.map((row) => row.name).join(', ')}.`);
  });
}
