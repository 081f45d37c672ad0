// A stream batch on its own: real sockets and a real poller, without a loop.
import { onTestFinished } from 'vitest';
import { StreamBatch } from '../../lib/loop/batch.js';
import type { SendSink } from '../../lib/loop/gather.js';
import { HandleTable } from '../../lib/loop/table.js';
import { createPoller, type ReadyList } from '../../lib/poller/index.js';
import * as raw from '../../lib/raw/index.js';
import { newLoop, PlainHandle, socketPair } from './support.js';

export const SLAB_BYTES = 65536 * 2;
const CAPACITY = 64;

/** One stream: its slot, its descriptor and the other end. */
export interface Stream {
  slot: number;
  fd: number;
  peer: number;
}

/** What the batch said of output that was not sent whole. */
export interface Unsent {
  slot: number;
  sent: number;
  rest: Uint8Array;
}

export class Batch implements SendSink {
  readonly table = new HandleTable();
  readonly streams: StreamBatch;
  readonly unsent: Unsent[] = [];
  readonly #poller = createPoller();
  readonly #loop = newLoop();

  constructor(slabBytes = SLAB_BYTES) {
    this.streams = new StreamBatch(this.table, slabBytes, CAPACITY);
    onTestFinished(() => this.#poller.close());
  }

  /** A stream that reads. */
  open(): Stream {
    const [fd, peer] = socketPair();
    const slot = this.table.allocate(new PlainHandle(this.#loop));
    this.table.setReadFd(slot, fd);
    this.streams.readers++;
    this.#poller.add(fd, { read: true }, this.table.token(slot));
    return { slot, fd, peer };
  }

  openMany(count: number): Stream[] {
    return Array.from({ length: count }, () => this.open());
  }

  /** Waits and reads; the number of records, and where the read stopped. */
  fill(from = 0): { count: number; filled: number } {
    const count = this.#poller.wait(this.ready, 0);
    return { count, filled: this.streams.fill(this, from, count) };
  }

  /** Sends, waits and reads in one crossing, as a loop does. */
  cross(): { count: number; filled: number } {
    this.streams.beginWait(false);
    const count = this.#poller.wait(this.ready, 0, this.streams);
    if (this.streams.crossed(this)) return this.cross();
    return { count, filled: this.streams.filled };
  }

  get ready(): ReadyList {
    return this.streams.ready;
  }

  /** The record of `stream` in the ready list. */
  indexOf(stream: Stream, count: number): number {
    for (let i = 0; i < count; i++) if (this.ready.slot(i) === stream.slot) return i;
    throw new Error('the stream is not ready');
  }

  gather({ slot, fd }: Stream, bytes: Uint8Array): void {
    this.streams.gather(slot, fd, bytes, bytes.length);
  }

  flush(): void {
    this.streams.flush(this);
  }

  onUnsent(slot: number, generation: number, sent: number, rest: Uint8Array[]): void {
    if (this.table.generation(slot) !== generation) throw new Error('a stale generation');
    this.unsent.push({ slot, sent, rest: new Uint8Array(Buffer.concat(rest)) });
  }
}

/** What the other end of `stream` can read now. */
export function received({ peer }: Stream): Buffer {
  const chunk = new Uint8Array(65536);
  const parts: Buffer[] = [];
  for (let n = raw.read(peer, chunk); n > 0; n = raw.read(peer, chunk)) {
    parts.push(Buffer.from(chunk.subarray(0, n)));
  }
  return Buffer.concat(parts);
}
