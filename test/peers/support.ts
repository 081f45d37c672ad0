// Peers that others wrote: socat(1) at the other end of what a loop has. What it sends and
// what it gets are files: the host's own streams stand still while a loop owns the thread.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import type { Handlers } from '../../lib/stream/handlers.js';
import type { Stream } from '../../lib/stream/stream.js';

/** Without, the tests of this folder are skipped. */
export const hasSocat = spawnSync('socat', ['-V'], { stdio: 'ignore' }).status === 0;

/** How long socat waits for the rest of one side when the other has ended; ends a hang. */
const REST_SECONDS = '10';

/** socat between two addresses. */
export class Socat {
  readonly #child: ChildProcess;
  readonly #closed: Promise<unknown>;
  #notes = '';

  constructor(from: string, to: string, ...options: string[]) {
    const all = ['-d', '-d', '-t', REST_SECONDS, ...options, from, to];
    this.#child = spawn('socat', all, { stdio: ['ignore', 'ignore', 'pipe'] });
    this.#closed = once(this.#child, 'close');
    this.#child.stderr?.setEncoding('utf8').on('data', (notes: string) => {
      this.#notes += notes;
      this.#child.emit('noted');
    });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Waits for a note, such as 'listening on'. */
  async said(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const found = pattern.exec(this.#notes);
      if (found !== null) return found;
      const { exitCode, signalCode } = this.#child;
      if (exitCode !== null || signalCode !== null) throw new Error(`it ended: ${this.#notes}`);
      await Promise.race([once(this.#child, 'noted'), this.#closed]);
    }
  }

  /** Waits until it has ended by itself. */
  async ended(): Promise<void> {
    await this.#closed;
  }

  /** Ends it. */
  async end(): Promise<void> {
    this.#child.kill();
    await this.#closed;
  }
}

/** Makes peers, which are gone behind each test. Call it once at the top of a file. */
export function peersOfTest(): (from: string, to: string, ...options: string[]) => Socat {
  const peers: Socat[] = [];
  afterEach(async () => {
    for (const peer of peers.splice(0)) await peer.end();
  });
  return (...addresses) => {
    const peer = new Socat(...addresses);
    peers.push(peer);
    return peer;
  };
}

/** What socat sends and what it gets, as an address of its, in `folder`. */
export function filesIn(folder: string, text: string) {
  const [from, to] = [join(folder, 'sent'), join(folder, 'got')];
  writeFileSync(from, text);
  return { address: `OPEN:${from},rdonly!!CREATE:${to}`, got: () => readFileSync(to, 'utf8') };
}

/** Handlers that keep what comes. */
export class Collected implements Handlers<Stream> {
  text = '';
  ended = false;

  data = (_stream: Stream, chunk: Uint8Array): void => {
    this.text += Buffer.from(chunk).toString();
  };

  end = (): void => {
    this.ended = true;
  };
}

/** More than any socket holds, with a period that is no power of two. */
export const MUCH = Array.from({ length: 60_000 }, (_, index) => `${index};`).join('');
