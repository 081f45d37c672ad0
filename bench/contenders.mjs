// Who takes part in the scenarios that compare others than servers in general: how each is
// started, or why it cannot be. Those of a `work` are programs of workers/.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { compiled } from './peers.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const library = join(here, '..', 'dist', 'index.cjs');

/**
 * @typedef {object} Surroundings
 * @property {import('./packages.mjs').Package} [npmEpoll]
 * @property {import('./packages.mjs').Package} [npmUnixDgram]
 * @property {import('./packages.mjs').Package} [npmNodePty]
 * @property {Record<string, string>} absentPrograms  by target of build.mjs: why
 *
 * @typedef {object} Contender
 * @property {string} name
 * @property {string} what  one line for the help text
 * @property {(around: Surroundings) => import('./peers.mjs').Launch} launch
 */

const udp = {
  single: compiled('c-epoll', 'C with epoll, one recvfrom and one sendto each', 'udp-epoll'),
  batch: compiled('c-batch', 'C with epoll, recvmmsg and sendmmsg', 'udp-batch'),
  libuv: compiled('c-libuv', 'C with libuv, the loop below Node', 'udp-libuv'),
  ours: [
    served('owned', 'loop.dgram of a loop that owns its thread', 'udp'),
    served('guest', "loop.dgram of a loop inside Node's", 'udp'),
  ],
  node: nodeServer('dgram', 'node:dgram', 'dgram'),
};

const proxies = [
  compiled('c-splice', 'C with epoll and splice, pipes shared by all pairs', 'proxy-splice'),
  relaying('owned', 'relay() of a loop that owns its thread'),
  relaying('guest', "relay() of a loop inside Node's"),
  nodeServer('net', 'node:net, a.pipe(b).pipe(a)', 'relay', 'net'),
  haproxy(),
];

/** @type {Record<string, Contender[]>} */
export const contenders = {
  recorder: [
    echoing('owned', 'rawloop, the loop blocks its thread', '--model', 'loop'),
    // The trace is written as the process ends: nobody measures then.
    echoing(
      'recorded',
      'the same with a flight recorder on',
      '--model',
      'loop',
      '--trace',
      '/dev/null',
    ),
  ],
  'udp-one': [udp.single, udp.batch, udp.libuv, ...udp.ours, udp.node],
  udp: [udp.single, udp.batch, udp.libuv, ...udp.ours, udp.node],
  'udp-node': [...udp.ours, udp.node],
  'udp-burst': [udp.single, udp.batch, udp.libuv, ...udp.ours, udp.node],
  'udp-heap': udp.ours,
  duplex: [
    nodeServer('net', 'node:net', 'net'),
    duplexServer('duplex', "toDuplex, in a loop inside Node's"),
    echoing('guest', "the loop's own handlers", '--model', 'guest'),
  ],
  unix: [
    compiled('c-epoll', 'C with epoll, one thread', 'echo-epoll'),
    compiled('c-threads', 'C, a thread per connection', 'echo-threads'),
    served('owned', 'loop.listen({ path }) of a loop that owns its thread', 'unix'),
    served('guest', "loop.listen({ path }) of a loop inside Node's", 'unix'),
    nodeServer('net', 'node:net', 'net'),
  ],
  pass: [
    compiled('c-epoll', 'C with epoll, recvmsg and sendmsg', 'pass-epoll'),
    served('owned', 'loop.listen({ path }) of a loop that owns its thread', 'pass'),
    served('guest', "loop.listen({ path }) of a loop inside Node's", 'pass'),
  ],
  relay: proxies,
  'relay-many': proxies,
  watch: [
    ours('guest', 'loop.watch inside Node', 'watch'),
    ours('compat', 'compat/epoll, in the place of npm epoll', 'watch'),
    original('npm-epoll', 'npm epoll: a thread, and a hop per event', 'watch', 'npmEpoll'),
  ],
  'unix-dgram': [
    ours('compat', 'compat/unix-dgram, in the place of npm unix-dgram', 'unix-dgram'),
    original('npm-unix-dgram', 'npm unix-dgram', 'unix-dgram', 'npmUnixDgram'),
  ],
  'node-pty': [
    ours('compat', 'compat/node-pty, in the place of npm node-pty', 'node-pty'),
    original('npm-node-pty', 'npm node-pty', 'node-pty', 'npmNodePty'),
  ],
  'fs-stat': [
    ours('owned', 'loop.fs.stat in a loop of its own', 'fs-stat'),
    ours('guest', 'loop.fs.stat inside Node', 'fs-stat'),
    theirs('node', 'node:fs with callbacks', 'fs-stat'),
    theirs('node-promises', 'node:fs/promises', 'fs-stat'),
  ],
  files: [
    ours('owned', 'loop.fs in a loop of its own', 'files'),
    ours('guest', 'loop.fs inside Node', 'files'),
    ours('pool', 'loop.fs inside Node, all on the pool', 'files'),
    theirs('node', 'node:fs with callbacks', 'files'),
    theirs('node-promises', 'node:fs/promises', 'files'),
  ],
  spawn: [
    compiled('c', 'C with posix_spawn; reads and writes block', 'spawn-posix'),
    compiled('c-epoll', 'the same with epoll for each read and write', 'spawn-posix', 'epoll'),
    ours('owned', 'loop.spawn of a loop that owns its thread', 'spawn'),
    ours('guest', "loop.spawn of a loop inside Node's", 'spawn'),
    ours('sockets', "as owned, with 'socketpair' in the place of 'pipe'", 'spawn'),
    theirs('node', 'node:child_process', 'spawn'),
  ],
  names: [
    ours('owned', 'loop.dns in a loop of its own', 'names'),
    ours('guest', 'loop.dns inside Node', 'names'),
    theirs('node', 'node:dns with callbacks', 'names'),
    theirs('node-promises', 'node:dns/promises', 'names'),
  ],
  timers: [
    ours('owned', 'timers of a loop that owns its thread', 'timers'),
    ours('guest', "timers of a loop inside Node's", 'timers'),
    theirs('node', "Node's own", 'timers'),
    ours('heap', 'a binary heap of timers', 'timers'),
  ],
  http: [
    theirs('host', "the host's own sockets", 'http'),
    ours('duplex', "toDuplex, in a loop inside Node's", 'http'),
    theirs('wrapped', "a Duplex over the host's own sockets", 'http'),
  ],
  layers: [
    theirs('host', "the host's own sockets", 'layers'),
    ours('duplex', "toDuplex, in a loop inside Node's", 'layers'),
    theirs('wrapped', "a Duplex over the host's own sockets", 'layers'),
  ],
  startup: [
    evaluated('bare', 'node that does nothing', '0'),
    evaluated(
      'require',
      "node that does require('rawloop')",
      `require(${JSON.stringify(library)})`,
    ),
    evaluated('net', "node that does require('node:net')", "require('node:net')"),
  ],
};

/** @returns {string[]} every name, once */
export function contenderNames() {
  return [...new Set(Object.values(contenders).flatMap((list) => list.map(({ name }) => name)))];
}

/**
 * @param {string} name
 * @param {string} what
 * @param {string} program
 * @returns {Contender}
 */
function ours(name, what, program) {
  return { name, what, launch: () => worker(program, name) };
}

/**
 * A package of npm.
 * @param {string} name
 * @param {string} what
 * @param {string} program
 * @param {'npmEpoll' | 'npmUnixDgram' | 'npmNodePty'} key
 * @returns {Contender}
 */
function original(name, what, program, key) {
  return {
    name,
    what,
    launch({ [key]: found }) {
      if (found === undefined) return { absent: 'it was not built' };
      if ('absent' in found) return found;
      const launched = worker(program, name, found.folder);
      return 'absent' in launched ? launched : { ...launched, version: found.version };
    },
  };
}

/**
 * @param {string} name
 * @param {string} what
 * @param {string} program
 * @returns {Contender}
 */
function theirs(name, what, program) {
  const command = [process.execPath, join(here, 'workers', `${program}.mjs`), name];
  return { name, what, launch: () => ({ command }) };
}

/**
 * @param {string} name
 * @param {string} what
 * @param {string[]} options of `rawloop echo`
 * @returns {Contender}
 */
function echoing(name, what, ...options) {
  const cli = join(here, '..', 'dist', 'cli', 'main.cjs');
  const command = [process.execPath, cli, 'echo', ...options];
  return { name, what, launch: () => needLibrary(command) };
}

/**
 * A server on the package.
 * @param {'owned' | 'guest'} name
 * @param {string} what
 * @param {'udp' | 'unix' | 'pass'} kind
 * @returns {Contender}
 */
function served(name, what, kind) {
  // The collector is asked for by udp-heap alone.
  const program = ['--expose-gc', join(here, 'peers', 'rawloop.mjs'), kind, name];
  return { name, what, launch: () => needLibrary([process.execPath, ...program]) };
}

/**
 * @param {string} name
 * @param {string} what
 * @returns {Contender}
 */
function duplexServer(name, what) {
  const command = [process.execPath, join(here, 'peers', 'duplex.mjs')];
  return { name, what, launch: () => needLibrary(command) };
}

/**
 * @param {string} name
 * @param {string} what
 * @param {string} program of peers/
 * @param {string[]} args
 * @returns {Contender}
 */
function nodeServer(name, what, program, ...args) {
  const command = [process.execPath, join(here, 'peers', `${program}.mjs`), ...args];
  return { name, what, launch: () => ({ command, version: process.version }) };
}

/**
 * A proxy on the package.
 * @param {'owned' | 'guest'} name
 * @param {string} what
 * @returns {Contender}
 */
function relaying(name, what) {
  const command = [process.execPath, join(here, 'peers', 'relay.mjs'), name];
  return { name, what, launch: () => needLibrary(command) };
}

/**
 * Debian's package of that name, in TCP mode with splicing.
 * @returns {Contender}
 */
function haproxy() {
  const launch = () => {
    const found = spawnSync('haproxy', ['-v'], { encoding: 'utf8' });
    if (found.error) return { absent: 'haproxy was not found (on Debian: haproxy)' };
    const [, version] = /version (\S+)/.exec(found.stdout) ?? [];
    return { command: ['sh', join(here, 'peers', 'haproxy.sh')], version };
  };
  return { name: 'haproxy', what: 'HAProxy, mode tcp, splice-auto, one thread', launch };
}

/**
 * @param {string} name
 * @param {string} what
 * @param {string} code
 * @returns {Contender}
 */
function evaluated(name, what, code) {
  return { name, what, launch: () => needLibrary([process.execPath, '-e', code]) };
}

/** @param {string[]} words program of workers/, then its arguments */
function worker(...words) {
  const [program, ...args] = words;
  return needLibrary([process.execPath, join(here, 'workers', `${program}.mjs`), ...args]);
}

/**
 * @param {string[]} command
 * @returns {import('./peers.mjs').Launch}
 */
function needLibrary(command) {
  return existsSync(library)
    ? { command }
    : { absent: 'needs dist/index.cjs: build the package first' };
}
