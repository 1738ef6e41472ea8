// Chromium, the page and the servers that the browser suite needs.
import { createServer } from 'node:http';
import { existsSync, readFileSync } from 'node:fs';
import { extname, join, normalize } from 'node:path';
import { chromium } from 'playwright-core';
import { demo, inRoot } from '../support.mjs';

const flags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync'];

export const launch = (...more) => chromium.launch({ executablePath: '/usr/bin/chromium', args: [...flags, ...more] });

const types = { '.html': 'text/html', '.js': 'text/javascript', '.mjs': 'text/javascript', '.wasm': 'application/wasm' };

/**
 * Serves folders of this project without any policy: { '/dist': folder, ... }; '/' is an empty page, with
 * an import map of `imports`. Where `isolated`, timers are fine and memory may be shared. `headers` of
 * some paths; `asked` is every path that was asked for.
 */
export async function serveFolders(folders, { isolated = false, imports = {}, headers = {} } = {}) {
  const asked = [];
  const empty = `<!doctype html><title>empty</title><script type="importmap">${JSON.stringify({ imports })}</script>`;
  const server = createServer((request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url, 'http://localhost').pathname));
    asked.push(path);
    for (const [name, value] of Object.entries(headers[path] ?? {})) response.setHeader(name, value);
    if (isolated) response.setHeader('Cross-Origin-Opener-Policy', 'same-origin').setHeader('Cross-Origin-Embedder-Policy', 'require-corp');
    if (path === '/') return response.setHeader('Content-Type', 'text/html').end(empty);
    const [prefix, folder] = Object.entries(folders).find(([name]) => path.startsWith(`${name}/`)) ?? [];
    const file = folder === undefined ? '' : join(folder, path.slice(prefix.length));
    if (!existsSync(file)) return response.writeHead(404).end();
    response.setHeader('Content-Type', types[extname(file)] ?? 'application/octet-stream').end(readFileSync(file));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { address: `http://127.0.0.1:${server.address().port}`, asked, close: () => server.close() };
}

export const dist = inRoot('dist');
export const pageFolder = inRoot('build/page');
export const runtimeWeb = inRoot('node_modules/onnxruntime-web/dist');

/** For the inputs of the page. */
export const asFiles = (pictures) => pictures.map(({ name, bytes }) => ({ name, mimeType: 'image/jpeg', buffer: bytes }));
export const modelFile = (path = demo('demo.onnx')) => ({ name: path.split('/').at(-1), mimeType: 'application/octet-stream', buffer: readFileSync(path) });

/** The file that a button of the page hands out. */
export async function downloaded(page, button = '#download') {
  const [download] = await Promise.all([page.waitForEvent('download'), page.click(button)]);
  return { name: download.suggestedFilename(), bytes: readFileSync(await download.path()) };
}

/** The first answers of ONNX Runtime Web for a model and its inputs, float arrays of one shape, each in a file: `0.bin`, ... */
export async function answersOfRuntimeWeb(browser, folder, model, count, dims) {
  const site = await serveFolders({ '/ort': runtimeWeb, '/data': folder });
  const page = await browser.newPage();
  try {
    await page.goto(site.address);
    return await page.evaluate(async ([file, inputs, shape]) => {
      const ort = await import('/ort/ort.wasm.min.mjs');
      ort.env.wasm.numThreads = 1;
      ort.env.logLevel = 'error';
      const session = await ort.InferenceSession.create(`/data/${file}`);
      const answers = [];
      for (let i = 0; i < inputs; ++i) {
        const data = new Float32Array(await (await fetch(`/data/${i}.bin`)).arrayBuffer());
        const outputs = await session.run({ [session.inputNames[0]]: new ort.Tensor('float32', data, shape) });
        const scores = outputs[session.outputNames[0]].data;
        answers.push(scores.indexOf(Math.max(...scores)));
      }
      return answers;
    }, [model, count, [...dims]]);
  } finally {
    await page.close();
    site.close();
  }
}
