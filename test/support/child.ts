// Children: a script in a process of its own, with the built package, for what
// would harm the test's own process: signals, limits, other users, a crash.
import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const DIST = resolve(import.meta.dirname, '../../dist');
/** Ends a hang: less than the test's own limit. */
const LIMIT_MS = 55_000;

const PRELUDE = `
'use strict';
const fs = require('node:fs');
const assert = require('node:assert');
const { Worker } = require('node:worker_threads');
const rawloop = require(${JSON.stringify(join(DIST, 'index.cjs'))});
const raw = require(${JSON.stringify(join(DIST, 'raw.cjs'))});
const c = raw.constants;
const DIST = ${JSON.stringify(DIST)};
const { EventLoop, ReadyList, createPoller } = rawloop;
/** Tells the test a value; once. */
const report = (value) => fs.writeSync(3, JSON.stringify(value));
/** Blocks this thread. */
const sleep = (ms) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
/** The fewest of three looks: a thread of the host's that begins may have a file open for a moment. */
const countDescriptors = () => {
  const counts = [0, 1, 1].map((ms) => {
    if (ms > 0) sleep(ms);
    return fs.readdirSync('/proc/self/fd').length;
  });
  return Math.min(...counts);
};
`;

export interface ChildOptions {
  env?: Record<string, string>;
  /** Flags of node. */
  flags?: string[];
  /** RLIMIT_NOFILE. */
  maxDescriptors?: number;
  /** Expressions for strace, such as 'inject=accept4:error=EPERM'; see `hasStrace`. */
  strace?: string[];
  /** It runs in a network of its own, in which a shell has run this; see `hasNetworks`. */
  network?: string;
  /** The user to run as, when this process is root. */
  uid?: number;
}

export interface ChildEnd {
  status: number | null;
  signal: string | null;
  stdout: string;
  stderr: string;
  /** What the script told by `report`. */
  report: unknown;
}

/** Whether system calls of a child can be made to fail here. */
export const hasStrace =
  spawnSync('strace', ['-qq', '-o', '/dev/null', 'true'], { stdio: 'ignore' }).status === 0;

/** Whether a child may have a network of its own, with a loopback that is up. */
export const hasNetworks =
  spawnSync('unshare', ['-Urn', 'ip', 'link', 'set', 'lo', 'up'], { stdio: 'ignore' }).status === 0;

function commandLine(script: string, options: ChildOptions): string[] {
  const { flags = [], maxDescriptors, network, strace } = options;
  const node = [process.execPath, ...flags, '-e', PRELUDE + script];
  if (strace !== undefined) {
    const expressions = strace.flatMap((expression) => ['-e', expression]);
    node.unshift('strace', '-f', '-qq', '-o', '/dev/null', ...expressions);
  }
  if (network !== undefined) {
    const setUp = `ip link set lo up && ${network} && exec "$@"`;
    node.unshift('unshare', '-Urn', '/bin/sh', '-c', setUp, 'sh');
  }
  if (maxDescriptors === undefined) return node;
  return ['/bin/sh', '-c', `ulimit -n ${maxDescriptors} && exec "$@"`, 'sh', ...node];
}

/** Runs `script` to its end, however that comes. */
export function endOfChild(script: string, options: ChildOptions = {}): ChildEnd {
  if (!existsSync(DIST)) throw new Error('dist is not built: npm run build');
  const [file, ...args] = commandLine(script, options) as [string, ...string[]];
  const end: SpawnSyncReturns<string> = spawnSync(file, args, {
    env: { ...process.env, NODE_OPTIONS: '', ...options.env },
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    encoding: 'utf8',
    timeout: LIMIT_MS,
    killSignal: 'SIGKILL',
    ...(options.uid === undefined ? {} : { uid: options.uid, gid: options.uid }),
  });
  if (end.error !== undefined) throw end.error;
  const told = end.output[3] ?? '';
  return {
    status: end.status,
    signal: end.signal,
    stdout: end.stdout,
    stderr: end.stderr,
    report: told === '' ? undefined : JSON.parse(told),
  };
}

/** Runs `script`, which must end well, and gives what it told by `report`. */
export function runChild<T = unknown>(script: string, options?: ChildOptions): T {
  const end = endOfChild(script, options);
  if (end.status !== 0 || end.stderr !== '') {
    throw new Error(`the child ended with ${end.signal ?? end.status}: ${end.stderr}`);
  }
  return end.report as T;
}
