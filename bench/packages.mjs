// The packages of npm that some scenarios compare with: fetched and compiled here, as they are
// no dependencies of anything else. Their install scripts are not run; node-gyp of this
// repository builds them, against this Node's own headers.
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { headerEnv, tool } from '../scripts/project.mjs';
import { messageOf } from './errors.mjs';

/** By name; what a scenario needs, session.mjs says. */
const VERSIONS = { epoll: '4.0.2', 'unix-dgram': '2.0.7', 'node-pty': '1.1.0' };
/** What is compiled of each. */
const ADDONS = { epoll: 'epoll', 'unix-dgram': 'unix_dgram', 'node-pty': 'pty' };
/** What needs no compiler: pools of Workers, watchers of paths. */
const PLAIN = {
  piscina: '5.3.2',
  tinypool: '2.2.0',
  chokidar: '5.0.0',
  '@parcel/watcher': '2.6.0',
};
const LIMIT_MS = 180_000;

const here = dirname(fileURLToPath(import.meta.url));
const run = promisify(execFile);

/** @typedef {{ folder: string, version: string } | { absent: string }} Package */

/**
 * @param {keyof typeof VERSIONS} name
 * @param {(line: string) => void} log
 * @returns {Promise<Package>}
 */
export async function npmPackage(name, log) {
  const version = VERSIONS[name];
  // A build is for one ABI only.
  const home = join(here, 'build', `npm-${name}-${version}-node-${process.versions.modules}`);
  const folder = join(home, 'node_modules', name);
  try {
    if (!existsSync(join(folder, 'build', 'Release', `${ADDONS[name]}.node`))) {
      log(`fetching and compiling npm ${name} ${version}`);
      await fetchAndCompile(home, folder, `${name}@${version}`);
    }
    return { folder, version };
  } catch (error) {
    return { absent: `npm ${name} ${version} cannot be built: ${lastLine(error)}` };
  }
}

/**
 * One that is only fetched.
 *
 * @param {keyof typeof PLAIN} name
 * @param {(line: string) => void} log
 * @returns {Promise<Package>}
 */
export async function plainPackage(name, log) {
  const version = PLAIN[name];
  const home = join(here, 'build', `npm-${name.replace('/', '-')}-${version}`);
  const folder = join(home, 'node_modules', name);
  try {
    if (!existsSync(folder)) {
      log(`fetching npm ${name} ${version}`);
      await fetchPackage(home, `${name}@${version}`);
    }
    return { folder, version };
  } catch (error) {
    return { absent: `npm ${name} ${version} cannot be fetched: ${lastLine(error)}` };
  }
}

/**
 * @param {string} home
 * @param {string} named
 */
async function fetchPackage(home, named) {
  mkdirSync(home, { recursive: true });
  writeFileSync(join(home, 'package.json'), '{ "name": "bench-peers", "private": true }\n');
  const quiet = [
    '--ignore-scripts',
    '--no-package-lock',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
  ];
  await run('npm', ['install', ...quiet, named], { cwd: home, timeout: LIMIT_MS });
}

/**
 * @param {string} home
 * @param {string} folder
 * @param {string} spec
 */
async function fetchAndCompile(home, folder, spec) {
  await fetchPackage(home, spec);
  const gyp = [tool('node-gyp'), 'rebuild', '--silent'];
  await run(process.execPath, gyp, { cwd: folder, env: headerEnv(), timeout: LIMIT_MS });
}

/** @param {unknown} error of a program, or of its start */
function lastLine(error) {
  const { stderr } = /** @type {{ stderr?: string }} */ (error);
  const lines = (stderr || messageOf(error)).trim().split('\n');
  return (lines.find((line) => /\berror\b/i.test(line)) ?? lines[0]).trim();
}
