import assert from 'node:assert/strict';
import { test } from 'node:test';
import { measure } from '../../scripts/size.mjs';

for (const { name, gzip, budget } of measure()) {
  test(`${name} stays within its budget`, () => assert.ok(gzip <= budget, `${gzip} bytes gzipped, budget ${budget}`));
}
