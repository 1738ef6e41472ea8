// What the pages for people say exists: links into the tree, and npm verbs.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { test } from 'node:test';
import { inRoot } from '../../scripts/lib.mjs';
import { trackedFiles } from '../../scripts/sources.mjs';

const { scripts } = JSON.parse(readFileSync(inRoot('package.json'), 'utf8'));

for (const page of trackedFiles().filter((file) => file.endsWith('.md'))) {
  const text = readFileSync(inRoot(page), 'utf8');

  test(`${page} links to files that exist`, () => {
    const links = [...text.matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)].map((match) => match[1]);
    assert.deepEqual(links.filter((link) => !existsSync(inRoot(dirname(page), link))), []);
  });

  test(`${page} names npm verbs that exist`, () => {
    const verbs = [...text.matchAll(/\bnpm run ([a-z]+)/g)].map((match) => match[1]);
    assert.deepEqual(verbs.filter((verb) => !(verb in scripts)), []);
  });
}
