// npm start: serves build/page on this machine, and builds it first where it is missing. PORT names the port.
import { createServer } from 'node:http';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { extname, join, normalize } from 'node:path';
import { inRoot, isMain, main } from './lib.mjs';
import { build } from './build.mjs';

const types = {
  '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.wasm': 'application/wasm',
  '.json': 'application/json', '.svg': 'image/svg+xml', '.png': 'image/png', '.jpg': 'image/jpeg', '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
};

/**
 * Serves `folder` on localhost, from `port` or the next free one; resolves to { address, server }.
 * The policy in the page's meta element is sent as a header with every file: only so does it hold in
 * the worker too.
 */
export function serve(folder, port = 0) {
  const headers = {
    'Content-Security-Policy': policyOf(readFileSync(join(folder, 'index.html'), 'utf8')),
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'no-referrer',
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cache-Control': 'no-cache',
  };
  const server = createServer((request, response) => {
    const file = fileOf(folder, request.url);
    if (!['GET', 'HEAD'].includes(request.method)) return response.writeHead(405, headers).end();
    if (!file) return response.writeHead(404, { ...headers, 'Content-Type': 'text/plain' }).end('Not found\n');
    const type = types[extname(file)] ?? 'application/octet-stream';
    const body = readFileSync(file);
    response.writeHead(200, { ...headers, 'Content-Type': type, 'Content-Length': body.length });
    response.end(request.method === 'HEAD' ? undefined : body);
  });
  return listen(server, port);
}

function policyOf(html) {
  const meta = /<meta\s+http-equiv="Content-Security-Policy"\s+content="([^"]*)"/is.exec(html);
  if (!meta) throw new Error('The page has no Content-Security-Policy.');
  return meta[1].replaceAll('&#39;', "'").replace(/\s+/g, ' ').trim();
}

/** The file that an address means, or null. It never lies outside `folder`. */
function fileOf(folder, url) {
  try {
    const path = normalize(decodeURIComponent(new URL(url, 'http://localhost').pathname));
    const file = join(folder, path.endsWith('/') ? `${path}index.html` : path);
    return !path.includes('\0') && existsSync(file) && statSync(file).isFile() ? file : null;
  } catch {
    return null;   // not an address
  }
}

function listen(server, port) {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => {
      if (error.code === 'EADDRINUSE' && port > 0) resolve(listen(server, port + 1));
      else reject(error);
    });
    server.listen(port, 'localhost', () => {
      server.removeAllListeners('error');
      resolve({ server, address: `http://localhost:${server.address().port}/` });
    });
  });
}

if (isMain(import.meta.url)) {
  await main(async () => {
    const page = inRoot('build/page');
    if (!existsSync(join(page, 'index.html'))) await build('wasm', 'package', 'page');
    const { address } = await serve(page, Number(process.env.PORT) || 8080);
    console.log(`Octavo is at ${address}   (Ctrl-C ends it)`);
  });
}
