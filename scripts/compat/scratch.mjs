// The scratch folder of `npm run test:compat`: the same packages twice, side by side, in
// `original` as they are published, built by this repository's node-gyp, and in `ours` with
// rawloop in their place. Nothing of it enters the repository, and no install script runs.
import { execFileSync } from 'node:child_process';
import { copyFileSync, cpSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { headerEnv, root, tool } from '../project.mjs';
import { TOOLS } from './suites.mjs';

const LIMIT_MS = 300_000;

function quietly(command, args, options) {
  const stdio = ['ignore', 'pipe', 'pipe'];
  return execFileSync(command, args, { encoding: 'utf8', timeout: LIMIT_MS, stdio, ...options });
}

/** Installs what the tests need. @throws Error */
export function installTools(scratch) {
  writeFileSync(join(scratch, 'package.json'), '{ "name": "scratch", "private": true }\n');
  const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  quietly('npm', ['install', ...quiet, ...TOOLS], { cwd: scratch });
}

function unpack(scratch, { name, version }, folder) {
  const packed = quietly('npm', ['pack', '--silent', `${name}@${version}`], { cwd: scratch });
  mkdirSync(folder, { recursive: true });
  const tarball = join(scratch, packed.trim());
  quietly('tar', ['xzf', tarball, '--strip-components=1', '-C', folder]);
}

/**
 * Puts a package at its place in both halves.
 *
 * @param {string} scratch
 * @param {import('./suites.mjs').Suite} suite
 * @param {string | undefined} checkouts a folder with a checkout of each package by its name
 * @returns {{ original: string, ours: string } | { absent: string }} its folders
 */
export function place(scratch, suite, checkouts) {
  const { name, main, fromRepository, tests } = suite;
  const folders = { original: '', ours: '' };
  for (const half of /** @type {const} */ (['original', 'ours'])) {
    const folder = join(scratch, half, 'node_modules', name);
    folders[half] = folder;
    unpack(scratch, suite, folder);
    if (!fromRepository) continue;
    for (const test of tests) {
      const from = join(checkouts ?? '', name, test);
      if (checkouts === undefined || !existsSync(from)) {
        return { absent: 'its tests are not published: --checkouts FOLDER names where they are' };
      }
      cpSync(from, join(folder, test), { recursive: true });
      // Some tests read it.
      copyFileSync(join(checkouts, name, 'package.json'), join(folder, 'package.json'));
    }
  }
  if (main === undefined) {
    // Their tests look for tools right there.
    for (const folder of Object.values(folders)) {
      symlinkSync(join(scratch, 'node_modules'), join(folder, 'node_modules'), 'dir');
    }
    return folders;
  }
  copyFileSync(join(root, 'compat', name, 'index.js'), join(folders.ours, main));
  const gyp = [tool('node-gyp'), 'rebuild', '--silent'];
  quietly(process.execPath, gyp, { cwd: folders.original, env: headerEnv() });
  return folders;
}

/** Makes this checkout the `rawloop` of the half that uses it. */
export function placeOurs(scratch) {
  const modules = join(scratch, 'ours/node_modules');
  mkdirSync(modules, { recursive: true });
  symlinkSync(root, join(modules, 'rawloop'), 'dir');
}
