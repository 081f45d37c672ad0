// The servers to compare: how each is started, or why it cannot be. A peer
// prints `listening on HOST:PORT` on stdout, or `listening on PATH` where it was
// given one, and echoes what it is sent.
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { programPath } from './build.mjs';
import { Child } from './processes.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const require = createRequire(import.meta.url);

/**
 * @typedef {object} Peer
 * @property {string} name
 * @property {string} what  one line for the help text
 * @property {(around: { absentPrograms: Record<string, string> }) => Launch} launch
 */

/**
 * A peer that can be started, or the reason why not.
 * @typedef {{ command: string[], version?: string } | { absent: string }} Launch
 */

/**
 * Where a peer listens, as the load client wants to be told.
 * @typedef {{ host: string, port: number } | { path: string }} Place
 */

/** @type {Peer[]} */
export const peers = [
  compiled('c-epoll', 'C with epoll, one thread: the yardstick', 'echo-epoll'),
  compiled('c-threads', 'C, a thread per connection', 'echo-threads'),
  compiled('c-libuv', 'C with libuv, the loop below Node', 'echo-libuv'),
  packaged('owned', 'rawloop, the loop blocks its thread', 'loop'),
  packaged(
    'spin',
    'rawloop, the loop asks for 0.1 ms before it sleeps',
    'loop',
    '--spin-ms',
    '0.1',
  ),
  packaged('guest', "rawloop inside Node's own loop", 'guest'),
  packaged('threads', 'rawloop, a thread per connection', 'threads'),
  {
    name: 'net',
    what: 'node:net',
    launch: () => ({
      command: [process.execPath, join(here, 'peers', 'net.mjs')],
      version: process.version,
    }),
  },
  foreign('bun', 'Bun.listen (npm package bun)', bunProgram, []),
  foreign('deno', 'Deno.listen (npm package deno)', denoProgram, [
    'run',
    '--quiet',
    '--no-config',
    '--allow-net',
  ]),
];

/**
 * Starts a peer on a free loopback port, or on a Unix socket.
 * @param {string[]} command
 * @param {number | undefined} cpu the core to run on; undefined: any
 * @param {string} [path] of the Unix socket
 * @returns {Promise<{ child: Child, place: Place }>}
 * @throws {Error} with the peer's last words when it does not come up
 */
export async function startPeer(command, cpu, path) {
  const address = path === undefined ? ['--host', '127.0.0.1', '--port', '0'] : ['--path', path];
  const child = new Child([...command, ...address], cpu);
  try {
    const [, where] = await child.waitFor(/listening on (\S+)\s/);
    if (path !== undefined) return { child, place: { path } };
    const [host, port] = where.split(':');
    return { child, place: { host, port: Number(port) } };
  } catch (error) {
    await child.stop();
    throw error;
  }
}

/**
 * @param {string} name
 * @param {string} what
 * @param {string} target of build.mjs
 * @returns {Peer}
 */
export function compiled(name, what, target, ...options) {
  /** @type {Peer['launch']} */
  const launch = ({ absentPrograms: { [target]: absent } }) =>
    absent === undefined ? { command: [programPath(target), ...options] } : { absent };
  return { name, what, launch };
}

/**
 * @param {string} name
 * @param {string} what
 * @param {string} model
 * @returns {Peer}
 */
function packaged(name, what, model, ...options) {
  const launch = () => {
    const cli = join(here, '..', 'dist', 'cli', 'main.cjs');
    return existsSync(cli)
      ? { command: [process.execPath, cli, 'echo', '--model', model, ...options] }
      : { absent: 'needs dist/cli/main.cjs: build the package first' };
  };
  return { name, what, launch };
}

/**
 * A runtime that comes as an npm package. Its program is started directly and
 * not through the package's launcher script, which would be a second process.
 * @param {'bun' | 'deno'} name
 * @param {string} what
 * @param {(from: NodeRequire) => string | undefined} find
 * @param {string[]} args
 * @returns {Peer}
 */
function foreign(name, what, find, args) {
  const launch = () => {
    try {
      const manifest = require.resolve(`${name}/package.json`);
      const program = find(createRequire(manifest));
      if (program === undefined) {
        return { absent: `npm package ${name} has no program for this system` };
      }
      return {
        command: [program, ...args, join(here, 'peers', `${name}.ts`)],
        version: require(manifest).version,
      };
    } catch {
      return { absent: `npm package ${name} is not installed` };
    }
  };
  return { name, what, launch };
}

/**
 * Bun's install script moves the program into the package `bun` itself.
 * @param {NodeRequire} from
 */
function bunProgram(from) {
  const arch = process.arch === 'arm64' ? 'aarch64' : process.arch;
  return firstFile(from, [
    [`@oven/bun-linux-${arch}`, 'bin/bun'],
    [`@oven/bun-linux-${arch}-musl`, 'bin/bun'],
    ['bun', 'bin/bun.exe'],
  ]);
}

/** @param {NodeRequire} from */
function denoProgram(from) {
  return firstFile(from, [[`@deno/linux-${process.arch}-glibc`, 'deno']]);
}

/**
 * @param {NodeRequire} from
 * @param {[string, string][]} candidates package and path inside it
 * @returns {string | undefined}
 */
function firstFile(from, candidates) {
  for (const [name, path] of candidates) {
    try {
      const file = join(dirname(from.resolve(`${name}/package.json`)), path);
      if (existsSync(file)) return file;
    } catch {
      // not for this system: try the next one
    }
  }
  return undefined;
}
