// The bundlers, one list with exact versions: installed on first use, together, into the
// cache folder. Nothing of a package runs on the way.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cacheFolder } from '../runtimes/fetch.mjs';

const LIMIT_MS = 300_000;

export const bundlers = {
  '@rollup/plugin-node-resolve': '16.0.3',
  '@vercel/ncc': '0.45.0',
  '@vercel/nft': '1.11.5',
  esbuild: '0.28.2',
  postject: '1.0.0-alpha.6',
  rollup: '4.68.8',
  vite: '8.3.8',
  webpack: '5.113.0',
  // The last that runs on Node 20.
  'webpack-cli': '6.0.1',
};

/**
 * Installs packages beside one another, if they are not there yet.
 *
 * @param dependencies as in a package.json
 * @returns the folder that holds their node_modules
 * @throws Error that says in one line why they could not be had
 */
export async function installTools(dependencies) {
  const manifest = JSON.stringify({ private: true, dependencies }, undefined, 2);
  const hash = createHash('sha256').update(manifest).digest('hex').slice(0, 12);
  const folder = join(cacheFolder, 'tools', hash);
  if (existsSync(folder)) return folder;
  const fresh = `${folder}.${process.pid}`;
  mkdirSync(fresh, { recursive: true });
  writeFileSync(join(fresh, 'package.json'), manifest);
  const args = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  try {
    await promisify(execFile)('npm', args, { cwd: fresh, timeout: LIMIT_MS });
    // Another process may have been as fast.
    if (!existsSync(folder)) renameSync(fresh, folder);
  } catch ({ killed, stderr, message }) {
    const [line] = (stderr || message).split('\n').filter((text) => /error/i.test(text));
    const why = killed ? `no end after ${LIMIT_MS / 1000} s` : (line ?? message);
    throw new Error(`${Object.keys(dependencies).join(', ')} could not be fetched: ${why}`);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
  return folder;
}
