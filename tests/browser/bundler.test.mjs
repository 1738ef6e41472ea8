// A production build of an app that imports the package, as a bundler makes it when nothing is configured.
import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { build } from 'vite';
import { demo, root, temporary } from '../support.mjs';
import { launch, serveFolders } from './support.mjs';

const app = temporary();
let browser;
before(async () => {
  mkdirSync(join(app.path, 'node_modules'));
  symlinkSync(root, join(app.path, 'node_modules/octavo'));
  writeFileSync(join(app.path, 'index.html'), '<!doctype html><title>app</title><script type="module" src="./main.js"></script>');
  writeFileSync(join(app.path, 'main.js'), "import { createOctavo } from 'octavo';\nglobalThis.createOctavo = createOctavo;\n");
  await build({ root: app.path, base: './', logLevel: 'error' });
  browser = await launch();
});
after(async () => {
  await browser?.close();
  app.remove();
});

for (const isolated of [false, true]) {
  test(`Vite: ${isolated ? 'an isolated page runs a model on threads' : 'a page runs a model'}`, async (t) => {
    const site = await serveFolders({ '/app': join(app.path, 'dist'), '/demo': demo('') }, { isolated });
    const page = await browser.newPage();
    t.after(() => page.close().then(site.close));
    await page.goto(`${site.address}/app/index.html`);
    const { threads, length } = await page.evaluate(async () => {
      const octavo = await globalThis.createOctavo({ threads: 2 });
      const model = await octavo.open('/demo/demo.onnx');
      const [{ data }] = await model.run([{ dtype: 'float32', dims: [1, 3, 96, 96], data: new Float32Array(3 * 96 * 96) }]);
      return { threads: await octavo.threads(), length: data.length };
    });
    assert.equal(threads, isolated ? 2 : 1);
    assert.ok(length > 1);
    assert.equal(site.asked.filter((path) => path.endsWith('.wasm')).length, 1, site.asked.join(' '));
  });
}
