// The writing half of a stream: gathered in the turn, sent once; what the kernel
// does not take is queued (sending.ts). Bytes passed to `write` are copied or
// sent before it returns: the caller may use the memory again at once, unless he said
// that it need not be copied.
//
// Nothing that a peer does makes `write` or `end` throw: it may come between any two
// calls of one callback. See send(2), shutdown(2).
//
// Errors of shutdown(2): ENOTCONN after a reset, whose own error waits in SO_ERROR and
// is told; any other closes and is told. Of send(2): see `sendFailed`.
import { type Bytes, native } from '../binding/index.js';
import { byteLengthOf, restOf, toBytes } from '../loop/bytes.js';
import { GATHER_BYTES } from '../loop/gather.js';
import { constant } from '../raw/constants.js';
import { codedError } from '../raw/errors.js';
import { StreamBase, updateInterest } from './base.js';
import { drainedPromise, settleDrained } from './drained-promise.js';
import {
  CONNECTING,
  ENDED,
  ENDED_BY_US,
  ENDING,
  NEED_DRAIN,
  READ_ENDED,
  RETRYING,
  WRITE_ENDED,
} from './flags.js';
import { canGather, gather, sendGathered } from './gathered.js';
import { enter } from './handlers.js';
import {
  bytesToPassWith,
  closeHeld,
  duplicate,
  passAtOnce,
  readWriteOptions,
  type WriteOptions,
} from './passing.js';
import { settle } from './promised.js';
import { dropQueue, enqueue, isOutOfMemory, sendFailed, sendQueue } from './sending.js';

const EAGAIN = -constant('EAGAIN');
const SHUT_WR = constant('SHUT_WR');
const SOL_SOCKET = constant('SOL_SOCKET');
const SO_ERROR = constant('SO_ERROR');

/**
 * Less is copied in any case: small pieces are put together, where each that is kept is a call of
 * its own. At 8 KiB both cost the same.
 */
const LEAST_KEPT = 16384;

/** The writing half of a stream. */
export abstract class StreamOutput extends StreamBase {
  /** Whether `write` takes bytes: until the end, ours or that of the connection. */
  get writable(): boolean {
    return (this.flags & ENDED) === 0 && this.active;
  }

  /**
   * Sends bytes, or a string as UTF-8, behind all that was written before. The
   * memory may be used again when it returns, unless `copy` is false.
   *
   * On a socket that is closed, closing or ended it does nothing. Bytes that come after
   * `end()` are told by `close(socket, error)` as ERR_STREAM_WRITE_AFTER_END.
   *
   * @param options descriptors that go along, of a Unix socket's alone; whether what waits is
   *   copied. Where records keep their bounds (type 'seqpacket') each call is one record, and one
   *   without bytes is none
   * @returns false once more than `highWaterMark` bytes are queued: go on in `drain`, or behind
   *   `drained`. False, and no `drain`, when nothing is taken: see `writable`
   * @throws TypeError for anything that is no bytes, for descriptors without bytes, or on a
   *   socket that passes none; RangeError for more than 253; SystemError EBADF
   */
  write(data: Bytes | string, options?: WriteOptions): boolean {
    if (options !== undefined) return writeWith(this, data, options);
    const text = typeof data === 'string';
    const bytes = text ? undefined : toBytes(data);
    // Three bytes of UTF-8 a code unit at most.
    const maxBytes = bytes === undefined ? (data as string).length * 3 : byteLengthOf(bytes);
    if ((this.flags & ENDED) !== 0 || !this.active) {
      if (maxBytes > 0) noteLateWrite(this);
      return false;
    }
    // Nothing is queued, which nobody would take out again. To most readers a record without bytes
    // looks like the end.
    if (maxBytes === 0) return hasRoom(this);
    if (maxBytes <= GATHER_BYTES && canGather(this, maxBytes)) {
      gather(this, bytes ?? (data as string), maxBytes, 'utf8');
      return true;
    }
    return writeThrough(this, bytes ?? Buffer.from(data as string), true);
  }

  /**
   * Resolves once nothing is queued: at once, when nothing is. Rejects when nothing is taken
   * any more, with the error that closed the stream, ERR_HANDLE_CLOSED or
   * ERR_STREAM_WRITE_AFTER_END; that is no unhandled rejection where nobody waits.
   *
   * @example
   * for await (const chunk of source) if (!socket.write(chunk)) await socket.drained;
   */
  get drained(): Promise<void> {
    return drainedPromise(this);
  }

  /**
   * Ends our side: after the last queued byte the peer reads the end. Idempotent, and
   * nothing on a socket that is closed.
   *
   * @param data written first
   * @param options what goes with it, as in `write`
   * @throws as `write`
   */
  end(data?: Bytes | string, options?: WriteOptions): void {
    if (data !== undefined || options !== undefined) this.write(data ?? '', options);
    if (!this.active) return;
    this.flags |= ENDED_BY_US;
    this.endOutput();
  }

  /** @internal As `end`, which the peer's end led to. */
  endOutput(): void {
    if ((this.flags & ENDED) !== 0) return;
    sendGathered(this);
    if (!this.active) return;
    this.flags |= ENDING;
    if (this.queue === undefined && (this.flags & CONNECTING) === 0) finishEnd(this);
  }

  /** @internal The kernel took only a part of what this stream had gathered. */
  override onUnsent(sent: number, rest: Uint8Array[]): void {
    if (sent < 0 && sent !== EAGAIN && !isOutOfMemory(sent)) {
      this.fail(sent, this.group.transfer.writeCall);
      return;
    }
    for (const bytes of rest) enqueue(this, bytes, sent > 0);
  }

  /** @internal Connected: what was written meanwhile may go out. */
  beginOutput(): void {
    updateInterest(this);
    if (this.queue === undefined && (this.flags & ENDING) !== 0) finishEnd(this);
  }

  /** @internal The socket is writable. */
  sendQueued(): void {
    const queue = this.queue;
    if (queue === undefined || (this.flags & RETRYING) !== 0) return;
    sendQueue(this, queue);
    if (!this.active || queue.weight > 0) return;
    dropQueue(this);
    updateInterest(this);
    const needDrain = (this.flags & NEED_DRAIN) !== 0;
    this.flags &= ~NEED_DRAIN;
    settleDrained(this);
    if ((this.flags & ENDING) !== 0) finishEnd(this);
    else if (needDrain) {
      enter(this, 'drain');
      const result = this.group.handlers.drain?.(this);
      if (result !== undefined) settle(this, result);
    }
  }

  /** @internal */
  dropOutput(): void {
    dropQueue(this);
  }

  /** @internal */
  override sendSome(): boolean {
    const { queue } = this;
    if (queue === undefined || (this.flags & (CONNECTING | RETRYING)) !== 0) return false;
    return sendQueue(this, queue) > 0 || !this.active;
  }
}

// Functions, not private methods: those cost each object eight bytes a class.

function writeThrough(stream: StreamOutput, bytes: Uint8Array, copies: boolean): boolean {
  sendGathered(stream);
  const length = byteLengthOf(bytes);
  let taken = 0;
  if (stream.active && stream.queue === undefined && (stream.flags & CONNECTING) === 0) {
    const sent = stream.group.transfer.send(stream.handleFd, bytes);
    if (sent === length) {
      stream.writtenBytes += sent;
      return true;
    }
    if (sent > 0) taken = sent;
    else if (sent !== EAGAIN && !isOutOfMemory(sent)) sendFailed(stream, sent);
  }
  if (!stream.active) return false;
  stream.writtenBytes += length;
  const rest = restOf(bytes, taken);
  enqueue(stream, rest, taken > 0, undefined, copies || rest.length < LEAST_KEPT);
  return hasRoom(stream) && stream.active;
}

/** Whether more may be written at once; else `drain` tells when. */
function hasRoom(stream: StreamOutput): boolean {
  if ((stream.queue?.weight ?? 0) <= stream.group.highWaterMark) return true;
  stream.flags |= NEED_DRAIN;
  return false;
}

/** `write` with options. */
function writeWith(stream: StreamOutput, data: Bytes | string, options: WriteOptions): boolean {
  const { fds, copy } = readWriteOptions(options);
  if (fds !== undefined) return writePassing(stream, data, fds);
  if (copy || typeof data === 'string' || !stream.group.transfer.keeps) return stream.write(data);
  const bytes = toBytes(data);
  if (!stream.writable || byteLengthOf(bytes) < LEAST_KEPT) return stream.write(bytes);
  return writeThrough(stream, bytes, false);
}

/** `write` of bytes and descriptors. */
function writePassing(stream: StreamOutput, data: Bytes | string, fds: readonly number[]): boolean {
  const bytes = bytesToPassWith(stream, data);
  if (!stream.writable) {
    noteLateWrite(stream);
    return false;
  }
  sendGathered(stream);
  let rest = bytes;
  let held: number[] | undefined;
  if (stream.active && stream.queue === undefined && (stream.flags & CONNECTING) === 0) {
    const sent = passAtOnce(stream, bytes, fds);
    if (sent >= 0) rest = restOf(bytes, sent);
    else if (sent !== EAGAIN && !isOutOfMemory(sent)) sendFailed(stream, sent);
  }
  // Nothing was sent: they are to wait with the bytes.
  if (stream.active && rest === bytes) held = duplicate(stream, fds);
  if (!stream.active) return false;
  stream.writtenBytes += bytes.length;
  if (rest.length === 0) return true;
  if (!enqueue(stream, rest, rest !== bytes, held) && held !== undefined) closeHeld(stream, held);
  return hasRoom(stream) && stream.active;
}

/** Everything went out after `end`. */
function finishEnd(stream: StreamOutput): void {
  stream.flags |= WRITE_ENDED;
  if ((stream.flags & READ_ENDED) !== 0) {
    stream.destroy();
    return;
  }
  // Without a half that can end alone, this is the end of both.
  if (!stream.group.transfer.isSocket) {
    stream.destroy();
    return;
  }
  const result = native.shutdown(stream.handleFd, SHUT_WR);
  if (result === 0) return;
  const pending = native.getsockopt(stream.handleFd, SOL_SOCKET, SO_ERROR);
  stream.fail(pending > 0 ? -pending : result, 'shutdown');
}

/** Bytes after our own `end`: with the stack of who wrote them. */
function noteLateWrite(stream: StreamOutput): void {
  if ((stream.flags & ENDED_BY_US) === 0) return;
  stream.noteError(codedError(Error, 'ERR_STREAM_WRITE_AFTER_END', 'write after end'));
}
