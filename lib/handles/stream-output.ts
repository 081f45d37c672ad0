// The writing half of a stream: gathered in the turn, sent once; what the kernel
// does not take is queued, bounded, and sent when the socket is writable. Bytes
// passed to `write` are copied or sent before it returns: the caller may use the
// memory again at once. See send(2), shutdown(2).
import { isAnyArrayBuffer, isUint8Array } from '../base/realms.js';
import { type Bytes, native } from '../binding/index.js';
import type { LoopCore } from '../loop/core.js';
import { handleClosed, invalidType } from '../loop/errors.js';
import { HANDLE_BITS, Handle } from '../loop/handle.js';
import { GATHER_BYTES } from '../loop/stream-batch.js';
import { Interest } from '../poller/interest.js';
import { constant } from '../raw/constants.js';
import { codedError, SystemError } from '../raw/errors.js';
import { enter } from './handlers.js';
import { OutputQueue } from './output-queue.js';
import type { Socket } from './socket.js';
import type { StreamGroup } from './stream-options.js';

export const CONNECTING = 1 << HANDLE_BITS;
/** The peer's end was read. */
export const READ_ENDED = 2 << HANDLE_BITS;
/** `end` was called: SHUT_WR follows the last byte. */
export const ENDING = 4 << HANDLE_BITS;
export const WRITE_ENDED = 8 << HANDLE_BITS;
const NEED_DRAIN = 16 << HANDLE_BITS;
/** The first bit of the reading half. */
export const OUTPUT_BITS = HANDLE_BITS + 5;

const EAGAIN = -constant('EAGAIN');
const SHUT_WR = constant('SHUT_WR');
/** One socket's share of a turn: others are due as well. */
const MAX_SENDS = 32;

function toBytes(data: Bytes): Uint8Array {
  if (isUint8Array(data)) return data;
  if (ArrayBuffer.isView(data)) {
    return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  }
  if (isAnyArrayBuffer(data)) return new Uint8Array(data);
  throw invalidType('data', 'a string, an ArrayBuffer or a view of one');
}

export abstract class StreamOutput extends Handle {
  /** @internal */ readonly group: StreamGroup;
  /** @internal What the kernel did not take yet. */ queue: OutputQueue | undefined;
  /** Bytes taken by `write` so far; some may still be queued. */
  bytesWritten = 0;

  /** @internal */
  constructor(loop: LoopCore, group: StreamGroup) {
    super(loop);
    this.group = group;
  }

  abstract destroy(error?: Error): void;

  /** Bytes that wait for the peer. */
  get bufferedBytes(): number {
    return this.queue?.size ?? 0;
  }

  /**
   * Sends bytes, or a string as UTF-8, behind all that was written before. The
   * memory may be used again when it returns.
   *
   * @returns false once more than `highWaterMark` bytes are queued: go on in `drain`
   * @throws Error ERR_HANDLE_CLOSED, ERR_STREAM_WRITE_AFTER_END; TypeError for
   *   anything that is no bytes
   */
  write(data: Bytes | string): boolean {
    const text = typeof data === 'string';
    const bytes = text ? undefined : toBytes(data);
    if ((this.flags & (ENDING | WRITE_ENDED)) !== 0 || !this.active) throw notWritable(this);
    // Three bytes of UTF-8 a code unit at most.
    const maxBytes = bytes === undefined ? (data as string).length * 3 : bytes.length;
    if (maxBytes <= GATHER_BYTES && canGather(this, maxBytes)) {
      const { streams } = this.loop;
      if (bytes === undefined) {
        this.bytesWritten += streams.gatherText(this.slot, this.handleFd, data as string, maxBytes);
      } else {
        streams.gather(this.slot, this.handleFd, bytes);
        this.bytesWritten += bytes.length;
      }
      return true;
    }
    return writeThrough(this, bytes ?? Buffer.from(data as string));
  }

  /**
   * Ends our side: after the last queued byte the peer reads the end. Idempotent.
   *
   * @param data written first
   */
  end(data?: Bytes | string): void {
    if (data !== undefined) this.write(data);
    if ((this.flags & ENDING) !== 0 || !this.active) return;
    sendGathered(this);
    this.flags |= ENDING;
    if (this.queue === undefined && (this.flags & CONNECTING) === 0) finishEnd(this);
  }

  /** @internal The kernel took only a part of what this stream had gathered. */
  override onUnsent(sent: number, rest: Uint8Array[]): void {
    if (sent < 0 && sent !== EAGAIN) {
      this.destroy(new SystemError(sent, 'send'));
      return;
    }
    for (const bytes of rest) enqueue(this, bytes);
  }

  /** @internal Connected: what was written meanwhile may go out. */
  beginOutput(): void {
    if (this.queue !== undefined) this.setInterest(this.interest | Interest.WRITE);
    else if ((this.flags & ENDING) !== 0) finishEnd(this);
  }

  /** @internal The socket is writable. */
  sendQueued(): void {
    const queue = this.queue;
    if (queue === undefined) return;
    for (let i = 0; i < MAX_SENDS; i++) {
      const bytes = queue.first();
      if (bytes === undefined) break;
      const sent = native.sendNow(this.handleFd, bytes);
      if (sent < 0) {
        if (sent !== EAGAIN) this.destroy(new SystemError(sent, 'send'));
        return;
      }
      queue.shift(sent);
      if (sent < bytes.length) return;
    }
    if (queue.size > 0) return;
    this.queue = undefined;
    this.setInterest(this.interest & ~Interest.WRITE);
    const needDrain = (this.flags & NEED_DRAIN) !== 0;
    this.flags &= ~NEED_DRAIN;
    if ((this.flags & ENDING) !== 0) finishEnd(this);
    else if (needDrain) {
      enter(this, 'drain');
      this.group.handlers.drain?.(this as unknown as Socket);
    }
  }

  /** @internal */
  dropOutput(): void {
    this.queue = undefined;
  }
}

// Functions, not private methods: those cost each object eight bytes a class.

/** Whether bytes may wait in the turn's gather slab, which then has room. */
function canGather(stream: StreamOutput, bytes: number): boolean {
  const { loop } = stream;
  if (!loop.inTurn || stream.queue !== undefined || (stream.flags & CONNECTING) !== 0) return false;
  if (loop.streams.hasRoom(bytes)) return true;
  loop.flush();
  return stream.queue === undefined && stream.active;
}

function sendGathered(stream: StreamOutput): void {
  if (stream.loop.streams.pending(stream.slot) > 0) stream.loop.flush();
}

function writeThrough(stream: StreamOutput, bytes: Uint8Array): boolean {
  sendGathered(stream);
  let rest = bytes;
  if (stream.active && stream.queue === undefined && (stream.flags & CONNECTING) === 0) {
    const sent = native.sendNow(stream.handleFd, bytes);
    if (sent === bytes.length) {
      stream.bytesWritten += sent;
      return true;
    }
    if (sent < 0 && sent !== EAGAIN) stream.destroy(new SystemError(sent, 'send'));
    else if (sent > 0) rest = bytes.subarray(sent);
  }
  if (!stream.active) return false;
  stream.bytesWritten += bytes.length;
  enqueue(stream, rest);
  if (stream.bufferedBytes <= stream.group.highWaterMark) return stream.active;
  stream.flags |= NEED_DRAIN;
  return false;
}

function enqueue(stream: StreamOutput, bytes: Uint8Array): void {
  if (!stream.active) return;
  stream.queue ??= new OutputQueue();
  const { maxBufferedBytes } = stream.group;
  if (stream.queue.size + bytes.length > maxBufferedBytes) {
    const message = `the peer does not read: over ${maxBufferedBytes} bytes are queued`;
    stream.destroy(codedError(Error, 'ERR_STREAM_MAX_BUFFERED', message));
    return;
  }
  stream.queue.push(bytes);
  if ((stream.flags & CONNECTING) === 0) stream.setInterest(stream.interest | Interest.WRITE);
}

/** Everything went out after `end`. */
function finishEnd(stream: StreamOutput): void {
  stream.flags |= WRITE_ENDED;
  if ((stream.flags & READ_ENDED) !== 0) {
    stream.destroy();
    return;
  }
  const result = native.shutdown(stream.handleFd, SHUT_WR);
  if (result < 0) stream.destroy(new SystemError(result, 'shutdown'));
}

function notWritable(stream: StreamOutput): Error {
  if (stream.closed) return handleClosed('socket');
  return codedError(Error, 'ERR_STREAM_WRITE_AFTER_END', 'write after end');
}
