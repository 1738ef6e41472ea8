import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vite';

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

// Nothing leaves the tab: the page may fetch nothing, and its worker, a Blob, inherits that.
const policy = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "worker-src blob:",
  "connect-src 'none'",
  "img-src 'self' blob: data:",
  "style-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

const withPolicy: Plugin = {
  name: 'content-security-policy',
  apply: 'build',
  transformIndexHtml: (html) => html.replace('<head>', `<head>\n    <meta http-equiv="Content-Security-Policy" content="${policy}">`),
};

// `import('virtual:demo')`: the demo model and its pictures as one script, because the page may not fetch.
const demo: Plugin = {
  name: 'demo',
  resolveId: (id) => (id === 'virtual:demo' ? '\0demo' : null),
  load(id) {
    if (id !== '\0demo') return null;
    const base64 = (path: string) => readFileSync(at(`../../models/demo/${path}`)).toString('base64');
    const pictures = (folder: string) =>
      readdirSync(at(`../../models/demo/${folder}`)).sort().map((name) => ({ name, base64: base64(`${folder}/${name}`) }));
    const content = {
      model: base64('demo.onnx'),
      calibration: pictures('calibration'),
      test: pictures('test'),
      labels: readFileSync(at('../../models/demo/labels.txt'), 'utf8'),
    };
    return `export default ${JSON.stringify(content)};`;
  },
};

export default defineConfig({
  root: at('.'),
  base: './',
  plugins: [withPolicy, demo],
  resolve: { alias: { 'octavo/inline': at('../../dist/inline.js') } },
  build: { outDir: at('../../build/page'), emptyOutDir: true, target: 'es2022', modulePreload: false, chunkSizeWarningLimit: 4000 },
});
