// What the scripts share. Node's own modules only: set-up runs before `npm ci`.
import { spawn, spawnSync } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
export const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'octavo');
export const inRoot = (...parts) => join(root, ...parts);
export const isMain = (url) => process.argv[1] !== undefined && url === pathToFileURL(process.argv[1]).href;
export const shortHash = (text) => createHash('sha256').update(text).digest('hex').slice(0, 10);

/** An error that a script reports as its message alone, without a stack. */
export class Failure extends Error {}

/** Runs a script's main function; a Failure ends the process with its sentence. */
export async function main(work) {
  try {
    await work();
  } catch (error) {
    console.error(error instanceof Failure ? `\n${error.message}` : error);
    process.exit(1);
  }
}

/** Runs a program in the project's root with the terminal as its own. */
export function run(command, args, { env = process.env, cwd = root } = {}) {
  return new Promise((resolve, reject) => {
    spawn(command, args, { cwd, env, stdio: 'inherit' })
      .on('error', (error) => reject(new Failure(`${command}: ${error.message}`)))
      .on('close', (code, signal) =>
        code === 0 ? resolve() : reject(new Failure(`${command} ${args.join(' ')}: ended with ${signal ?? code}`)));
  });
}

/** Runs a program to its end in silence, and returns what it printed; what it said is part of its failure. */
export function output(command, args, { env = process.env, cwd = root } = {}) {
  const done = spawnSync(command, args, { cwd, env, encoding: 'utf8', maxBuffer: 1 << 28 });
  if (done.error) throw new Failure(`${command}: ${done.error.message}`);
  if (done.status !== 0) {
    const said = `${done.stdout}${done.stderr}`.trim().split('\n').slice(-30).join('\n');
    throw new Failure(`${said}\n${command} ${args.join(' ')}: ended with ${done.status}`);
  }
  return done.stdout;
}

/** Where a program of the PATH lies, or null. */
export function which(program) {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return folders.map((folder) => join(folder, program)).find((path) => existsSync(path)) ?? null;
}

export const seconds = (since) => `${((performance.now() - since) / 1000).toFixed(1)} s`;

/** Says what is being done, does it, and says how long it took. */
export async function step(name, work) {
  const start = performance.now();
  console.error(`[set-up] ${name} ...`);
  const result = await work();
  console.error(`[set-up] ${name}: ${seconds(start)}`);
  return result;
}

/**
 * A folder of the cache that is made once. `make(temporary, final)` fills `temporary`, which is then
 * renamed: the folder is either whole or not there, whatever is killed and whoever else is making it.
 */
export async function made(name, make) {
  const folder = join(cache, name);
  if (existsSync(folder)) return folder;
  await locked(name, async () => {
    if (existsSync(folder)) return;
    const temporary = `${folder}.partial`;
    rmSync(temporary, { recursive: true, force: true });
    mkdirSync(temporary, { recursive: true });
    await make(temporary, folder);
    renameSync(temporary, folder);
  });
  return folder;
}

/** Runs `work` while no other process runs work under the same name. */
export async function locked(name, work) {
  const lock = join(cache, `${name}.lock`);
  mkdirSync(cache, { recursive: true });
  while (!take(lock)) await new Promise((resolve) => setTimeout(resolve, 300));
  try {
    return await work();
  } finally {
    rmSync(lock, { force: true });
  }
}

function take(lock) {
  try {
    const file = openSync(lock, 'wx');
    writeFileSync(file, String(process.pid));
    closeSync(file);
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    if (abandoned(lock)) rmSync(lock, { force: true });
    return false;
  }
}

/** Whether the holder of a lock has died. A lock without a number yet is being taken: it gets ten seconds. */
function abandoned(lock) {
  try {
    const holder = Number(readFileSync(lock, 'utf8'));
    if (!holder) return Date.now() - statSync(lock).mtimeMs > 10_000;
    process.kill(holder, 0);
    return false;
  } catch (error) {
    return error.code === 'ESRCH';
  }
}
