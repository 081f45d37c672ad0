// Guest mode in processes of its own: scripts run with the built package, on either
// host attachment, while the test goes on.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';
import { DIST } from '../support/child.js';

/** The two attachments; RAWLOOP_HOST forces one. */
export const HOSTS = ['libuv', 'waiter'] as const;
export type Host = (typeof HOSTS)[number];

const LIMIT_MS = 50_000;

/** What every script starts with. */
const PRELUDE = `
'use strict';
const fs = require('node:fs');
const net = require('node:net');
const { Worker, parentPort, workerData, isMainThread } = require('node:worker_threads');
const DIST = ${JSON.stringify(DIST)};
const rawloop = require(DIST + '/index.cjs');
const raw = require(DIST + '/raw.cjs');
const { EventLoop, defaultLoop, watch, relay } = rawloop;
const { constants } = raw;
/** Says a word to the test. In a Worker: to the main thread. */
const say = (word) => isMainThread ? fs.writeSync(1, word + '\\n') : parentPort.postMessage(word);
/** A descriptor that is readable from the start, or never. */
const eventfd = (value) => raw.check(raw.eventfd(value, constants.EFD_NONBLOCK), 'eventfd');
const stall = (ms) => { const end = performance.now() + ms; while (performance.now() < end); };
const openDescriptors = () => fs.readdirSync('/proc/self/fd').filter((fd) => {
  try { return !fs.readlinkSync('/proc/self/fd/' + fd).startsWith('/'); } catch { return false; }
}).length;
const threads = () => fs.readdirSync('/proc/self/task').length;
/** Waits, with the host's own loop, until a condition holds. */
const until = async (condition) => {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 2));
};
`;

export interface Ended {
  code: number | null;
  signal: string | null;
  /** What the script said, a word a line. */
  said: string[];
  stderr: string;
}

export interface ScriptOptions {
  host?: Host;
  args?: string[];
  env?: Record<string, string>;
}

/** A script that runs. It is killed when the test ends, however that comes. */
export class Script {
  readonly child: ChildProcess;
  readonly said: string[] = [];
  readonly #lines: AsyncIterator<string>;
  readonly #ended: Promise<Ended>;

  constructor(source: string, { host = 'libuv', args = [], env = {} }: ScriptOptions = {}) {
    const child = spawn(process.execPath, ['-e', PRELUDE + source, '--', ...args], {
      env: { ...process.env, NODE_OPTIONS: '', RAWLOOP_HOST: host, ...env },
      stdio: ['pipe', 'pipe', 'pipe'],
      timeout: LIMIT_MS,
      killSignal: 'SIGKILL',
    });
    this.child = child;
    onTestFinished(() => void child.kill('SIGKILL'));
    const lines = createInterface({ input: child.stdout });
    lines.on('line', (line) => this.said.push(line));
    this.#lines = lines[Symbol.asyncIterator]();
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    this.#ended = once(child, 'close').then(([code, signal]) => ({
      code: code as number | null,
      signal: signal as string | null,
      said: this.said,
      stderr,
    }));
  }

  /** The next word that it says. */
  async next(): Promise<string> {
    const { value, done } = await this.#lines.next();
    if (done === true) throw new Error(`the script ended: ${JSON.stringify(await this.#ended)}`);
    return value;
  }

  /** Its end. */
  ended(): Promise<Ended> {
    return this.#ended;
  }
}

/** Runs a script to its end. */
export function runScript(source: string, options?: ScriptOptions): Promise<Ended> {
  return new Script(source, options).ended();
}

/** Runs a script that must end by itself, well and silently; what it said. */
export async function sayingsOf(source: string, options?: ScriptOptions): Promise<string[]> {
  const { code, signal, said, stderr } = await runScript(source, options);
  if (code !== 0 || stderr !== '') {
    throw new Error(`it ended with ${signal ?? code}, said ${JSON.stringify(said)}: ${stderr}`);
  }
  return said;
}
