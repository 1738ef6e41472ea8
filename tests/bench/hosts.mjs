// Where things run: in a page of Chromium or Firefox, or natively. A host is started once and has a
// title; open(subject) gives { isa, turns: { name: turn }, once, skipped, profile(name, runs), close() }
// of one model, kernels(rounds) what page.mjs says.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import * as ort from 'onnxruntime-node';
import puppeteer from 'puppeteer-core';
import { dist, launch, runtimeWeb, serveFolders } from '../browser/support.mjs';
import { inRoot } from '../support.mjs';
import { turnOf, typed } from './turns.mjs';

export const firefoxPath = '/usr/bin/firefox-esr';

/** { name: start }; start(folder of the subjects) resolves to a host, or to null where it is not installed. */
export const hosts = {
  chromium: async (folder) => {
    const browser = await launch();
    return browserHost(browser, `Chromium ${major(browser.version())}`, folder);
  },
  firefox: async (folder) => {
    if (!existsSync(firefoxPath)) return null;
    const browser = await puppeteer.launch({ browser: 'firefox', executablePath: firefoxPath, headless: true, protocolTimeout: 600_000 });
    return browserHost(browser, `Firefox ${major(await browser.version())}`, folder);
  },
  native: async () => ({ title: 'native', open: openNatively, kernels: kernelsNatively, stop() {} }),
};

const major = (version) => /\d+/.exec(version)[0];

async function browserHost(browser, title, folder) {
  const site = await serveFolders({
    '/bench': inRoot('tests/bench'), '/dist': dist, '/kernels': inRoot('build/wasm'), '/subjects': folder, '/ort': runtimeWeb,
    '/litert': inRoot('node_modules/@litertjs/core'), '/litert-utils': inRoot('node_modules/@litertjs/wasm-utils'),
  }, { isolated: true, imports: { '@litertjs/wasm-utils': '/litert-utils/dist/index.js' } });
  const fresh = async () => {
    const page = await browser.newPage();
    await page.goto(site.address);
    const call = (name, ...args) => page.evaluate(async ([what, given]) => (await import('/bench/page.mjs'))[what](...given), [name, args]);
    return { page, call };
  };
  return {
    title,
    async open({ files }) {
      const { page, call } = await fresh();
      const address = (file) => file && `/subjects/${file}`;
      const opened = await call('open', Object.fromEntries(Object.entries(files).map(([key, file]) => [key, address(file)])));
      return {
        ...opened,
        turns: Object.fromEntries(opened.turns.map((name) => [name, (runs) => call('turn', name, runs)])),
        profile: (name, runs) => call('profile', name, runs),
        close: () => page.close(),
      };
    },
    async kernels(rounds) {
      const { page, call } = await fresh();
      try {
        return await call('kernels', rounds);
      } finally {
        await page.close();
      }
    },
    async stop() {
      await browser.close();
      site.close();
    },
  };
}

async function openNatively({ path, files, npy, inputs }) {
  const feed = Object.fromEntries(inputs.map((input) => [input.name, new ort.Tensor(input.dtype, typed(input), input.dims)]));
  const turns = {}, processes = [];
  for (const kind of ['float', 'int8'].filter((name) => files[name] !== null)) {
    const [octavo, shared] = [1, 2].map((threads) => octavoProcess(threads, path(files[kind]), npy));
    const session = await ort.InferenceSession.create(path(files[kind]), { intraOpNumThreads: 1, interOpNumThreads: 1, logSeverityLevel: 3 });
    processes.push(octavo, shared);
    turns[`octavo ${kind}`] = octavo.turn;
    turns[`octavo ${kind}, 2 threads`] = shared.turn;
    turns[`onnxruntime ${kind}`] = turnOf(() => session.run(feed));
  }
  return { turns, once: {}, skipped: {}, profile: () => null, close: () => processes.forEach(({ end }) => end()) };
}

/** build/native/octavo_turns on a model: a line in, a line out. */
function octavoProcess(threads, model, inputs) {
  const child = spawn(inRoot('build/native/octavo_turns'), [String(threads), model, ...inputs], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async turn(runs) {
      child.stdin.write(`${runs}\n`);
      const { value, done } = await lines.next();
      if (done) throw new Error(`octavo_turns ended on ${model}`);
      return value.trim().split(' ').map(Number);
    },
    end: () => child.stdin.end(),
  };
}

function kernelsNatively(rounds) {
  const { status, stdout, stderr } = spawnSync(inRoot('build/native/octavo_bench'), [String(rounds)], { encoding: 'utf8', maxBuffer: 1 << 28 });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}
