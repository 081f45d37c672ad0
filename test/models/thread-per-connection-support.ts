// What the tests of the thread-per-connection server share: clients, a look at
// this process's threads and descriptors, and children that run the server.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { rolldown } from 'rolldown';
import { addonCandidates } from '../../lib/binding/load.js';
import { defaultLoop } from '../../lib/faces/default-loop.js';
import type { LoopCore } from '../../lib/loop/drive.js';
import type { RunMode } from '../../lib/loop/options.js';
import type { ThreadPerConnectionServer } from '../../lib/models/thread-per-connection.js';

/** A connected client that does not mind being reset. */
export async function connectTo(place: { address: string; port: number }): Promise<net.Socket> {
  const socket = net.connect({ host: place.address, port: place.port, noDelay: true });
  socket.on('error', () => {});
  await once(socket, 'connect');
  return socket;
}

export function connect(server: ThreadPerConnectionServer): Promise<net.Socket> {
  if (server.address === undefined) throw new Error('the server was never started');
  return connectTo(server.address);
}

/** Settles when `socket` is closed, now or later. */
export async function closed(socket: net.Socket): Promise<void> {
  socket.resume();
  // Not by once(): that would fail with a reset, which is an end like another here.
  if (!socket.closed) await new Promise<void>((resolve) => socket.once('close', () => resolve()));
}

/** Sends `text` and waits until as much came back. */
export async function echo(socket: net.Socket, text: string): Promise<string> {
  socket.write(text);
  let received = '';
  while (received.length < text.length) received += String((await once(socket, 'data'))[0]);
  return received;
}

/** Turns the host's loop until `condition` holds; the test's own limit ends it otherwise. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 1));
}

/** Runs `loop` outside of a promise's callback, where microtasks can run between callbacks. */
export function run(loop: LoopCore, mode?: RunMode): Promise<boolean> {
  return new Promise((resolve, reject) => {
    setImmediate(() => {
      try {
        resolve(loop.run(mode));
      } catch (error) {
        reject(error);
      }
    });
  });
}

/** The /proc status of each thread of a server in this process, by name. */
export function threadStatuses(): string[] {
  const statuses: string[] = [];
  for (const task of readdirSync('/proc/self/task')) {
    try {
      const status = readFileSync(`/proc/self/task/${task}/status`, 'utf8');
      if (/^Name:\s+rawloop-(accept|client)$/m.test(status)) statuses.push(status);
    } catch {
      // It ended meanwhile.
    }
  }
  return statuses;
}

export function serverThreads(): number {
  return threadStatuses().length;
}

/** How many mappings this process has: two for each stack that nobody freed. */
export function mappings(): number {
  return readFileSync('/proc/self/maps', 'utf8').split('\n').length;
}

/** How many sockets and pipes this process has open. */
export function openDescriptors(): number {
  // Its own descriptors are not the server's: made before the first look.
  defaultLoop();
  let count = 0;
  for (const fd of readdirSync('/proc/self/fd')) {
    try {
      if (/^(socket|pipe):/.test(readlinkSync(`/proc/self/fd/${fd}`))) count++;
    } catch {
      // The directory's own descriptor.
    }
  }
  return count;
}

/** The server as a CommonJS file that a child or a Worker can load. */
export class Bundle {
  readonly folder = mkdtempSync(join(tmpdir(), 'rawloop-'));
  readonly file = join(this.folder, 'server.cjs');
  readonly #children: ChildProcess[] = [];

  async write(): Promise<void> {
    const build = await rolldown({
      input: join(import.meta.dirname, '../../lib/models/thread-per-connection.ts'),
      platform: 'node',
      resolve: { extensionAlias: { '.js': ['.ts'] } },
    });
    await build.write({ file: this.file, format: 'cjs', exports: 'named' });
    await build.close();
  }

  /** Removes the file and ends children that a failed test left. */
  remove(): void {
    for (const child of this.#children) child.kill('SIGKILL');
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Environment variables that lead it to the addon. */
  get env(): NodeJS.ProcessEnv {
    return {
      ...process.env,
      RAWLOOP_ADDON: [...addonCandidates()].find((path) => existsSync(path)),
    };
  }

  /** The start of each script below. */
  get prelude(): string {
    return `
      'use strict';
      const { ThreadPerConnectionServer } = require(${JSON.stringify(this.file)});
      const { execFileSync } = require('node:child_process');
      const { openSync, readFileSync, readdirSync } = require('node:fs');`;
  }

  /** Runs `script` in a Node of its own. */
  spawn(script: string): Child {
    const child = spawn(process.execPath, ['-e', this.prelude + script], {
      env: this.env,
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.#children.push(child);
    return new Child(child);
  }
}

/** A child that prints a line of JSON at a time and is told what to do by lines. */
export class Child {
  readonly process: ChildProcess;
  readonly exited: Promise<[number | null, string | null]>;
  readonly #lines: AsyncIterator<string>;

  constructor(child: ChildProcess) {
    this.process = child;
    this.exited = once(child, 'exit') as Promise<[number | null, string | null]>;
    if (child.stdout === null) throw new Error('no output');
    this.#lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  }

  async read<T>(): Promise<T> {
    const { value, done } = await this.#lines.next();
    if (done === true) throw new Error('the child ended before it answered');
    return JSON.parse(value) as T;
  }

  tell(line: string): void {
    this.process.stdin?.write(`${line}\n`);
  }
}
