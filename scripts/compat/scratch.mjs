// The scratch folder of `npm run test:compat`: the same packages twice, side by side, in
// `original` as they are published, built by this repository's node-gyp, and in `ours` with
// rawloop in their place. Nothing of it enters the repository, and no install script runs.
import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
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
 * What the tests of a package need of its repository.
 *
 * @returns {boolean} whether there is such a checkout
 */
function copyTests(scratch, suite, checkouts, folder) {
  if (checkouts === undefined) return false;
  const { name, sources, files = [] } = suite;
  const checkout = join(checkouts, name);
  const copied = sources === undefined ? suite.tests : files;
  for (const path of copied) {
    const from = join(checkout, path);
    if (!existsSync(from)) return false;
    cpSync(from, join(folder, path), { recursive: true });
  }
  if (sources !== undefined && !translate(scratch, suite, checkout, folder)) return false;
  // Some tests read it.
  copyFileSync(join(checkout, 'package.json'), join(folder, 'package.json'));
  return true;
}

function translate(scratch, { main, sources }, checkout, folder) {
  const { transpileModule } = createRequire(join(scratch, 'package.json'))('typescript');
  const compilerOptions = { module: 'commonjs', target: 'es2022' };
  for (const name of sources.files) {
    const from = join(checkout, sources.from, `${name}.test.ts`);
    if (!existsSync(from)) return false;
    const { outputText } = transpileModule(readFileSync(from, 'utf8'), { compilerOptions });
    writeFileSync(join(folder, dirname(main), `${name}.test.js`), outputText);
  }
  return true;
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
  const { name, main, alias, fromRepository } = suite;
  const folders = { original: '', ours: '' };
  for (const half of /** @type {const} */ (['original', 'ours'])) {
    const folder = join(scratch, half, 'node_modules', name);
    folders[half] = folder;
    unpack(scratch, suite, folder);
    if (fromRepository && !copyTests(scratch, suite, checkouts, folder)) {
      return { absent: 'its tests are not published: --checkouts FOLDER names where they are' };
    }
  }
  if (main === undefined) {
    // Their tests look for tools right there.
    for (const folder of Object.values(folders)) {
      symlinkSync(join(scratch, 'node_modules'), join(folder, 'node_modules'), 'dir');
    }
    return folders;
  }
  for (const file of [main, alias]) {
    if (file === undefined) continue;
    copyFileSync(join(root, 'compat', name, 'index.js'), join(folders.ours, file));
  }
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
