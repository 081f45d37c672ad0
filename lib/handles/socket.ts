// A connected stream socket: the reading half, the options and the life of it.
// The writing half is in stream-output.ts.
//
// Errors of recv(2), and what each does: EAGAIN, nothing; EINTR is retried in native code;
// ENOBUFS and ENOMEM, it is read again a little later; any other closes and is told.
// SO_ERROR tells why a connect failed, and what came while nothing is read or written;
// if it cannot be asked, that is told as getsockopt's. See tcp(7), recv(2).
import { type Address, type Bytes, native } from '../binding/index.js';
import type { LoopCore } from '../loop/core.js';
import { handleClosed } from '../loop/errors.js';
import { NOT_READ } from '../loop/stream-batch.js';
import { Interest, Ready } from '../poller/interest.js';
import { constant } from '../raw/constants.js';
import { check, codedError, type SystemErrorDetails, withoutStack } from '../raw/errors.js';
import { enter, entered } from './handlers.js';
import { isPromise, notePromise, settle } from './promised.js';
import type { Server } from './server.js';
import type { StreamGroup } from './stream-options.js';
import {
  CONNECTING,
  OUTPUT_BITS,
  READ_ENDED,
  READING,
  StreamOutput,
  updateInterest,
  WRITE_ENDED,
} from './stream-output.js';
import { isOutOfMemory } from './stream-queue.js';
import { runCleanup } from './when-closed.js';

const PAUSED = 1 << OUTPUT_BITS;
/** A chunk that was read as the socket was being paused waits in `stashes`. */
const STASHED = 2 << OUTPUT_BITS;
/** The kernel had no memory for a read: it is left alone for a while. */
const RESTING = 4 << OUTPUT_BITS;
/** `close` was called back. */
const TOLD = 8 << OUTPUT_BITS;
/** Nothing is read while one of these holds. */
const NOT_READING = PAUSED | STASHED | RESTING | READ_ENDED | CONNECTING;

const EAGAIN = -constant('EAGAIN');
const ENOTCONN = -constant('ENOTCONN');
const EINVAL = -constant('EINVAL');
const SOL_SOCKET = constant('SOL_SOCKET');
const SO_ERROR = constant('SO_ERROR');
const SO_LINGER = constant('SO_LINGER');
const LINGER_NONE = new Int32Array([1, 0]);
const REST_MS = 5;

// What few sockets ever have stands beside them, so that an idle one stays small.
const stashes = new WeakMap<Socket, Uint8Array>();
const targets = new WeakMap<Socket, SystemErrorDetails>();

export class Socket extends StreamOutput {
  /** Bytes read so far. */
  bytesRead = 0;
  /** Yours: what belongs to this one connection. */
  data: unknown = undefined;
  /** @internal What `close` is to tell. */ failure: Error | undefined = undefined;

  /** @internal Use `loop.listen` or `loop.connect`. The descriptor is owned from here on. */
  constructor(loop: LoopCore, group: StreamGroup) {
    super(loop, group);
    this.keepContext('Socket');
  }

  /** The server that accepted it; undefined when it was connected from here. */
  get server(): Server | undefined {
    return this.group.server;
  }

  /** Starts as connected. @internal */
  startOpen(fd: number): void {
    this.start(fd, Interest.READ);
    this.own();
    setReading(this, true);
  }

  /** Starts as connecting to `target`. @internal */
  startConnecting(fd: number, target: SystemErrorDetails): void {
    targets.set(this, target);
    this.flags |= CONNECTING;
    this.setWorking(true);
    this.start(fd, Interest.WRITE);
    this.own();
  }

  /** @internal */
  onReady(events: number, index: number): void {
    if ((this.flags & CONNECTING) !== 0) {
      finishConnect(this);
      return;
    }
    const { streams } = this.loop;
    const result = streams.result(index);
    if (result > 0) {
      this.bytesRead += result;
      const chunk = chunkOf(this, index);
      if (chunk === undefined) return;
      if ((this.flags & PAUSED) !== 0) stash(this, chunk);
      else deliver(this, chunk);
    } else if (result !== NOT_READ && result !== EAGAIN) {
      readFailed(this, result);
    }
    if ((events & ~Interest.READ) === 0 || !this.active) return;
    // Who reads hears of an error by reading.
    if ((events & Ready.ERROR) !== 0 && (this.flags & READING) === 0) askForError(this);
    if (this.active) this.sendQueued();
  }

  /** @internal */
  onPollError(error: Error): void {
    this.destroy(error);
  }

  /** @internal */
  onClosed(): void {
    runCleanup(this);
    this.closeOwned();
    this.group.server?.forget();
    this.flags |= TOLD;
    enter(this, 'close');
    this.group.handlers.close?.(this, this.failure);
  }

  /** @internal */
  override noteError(error: Error): boolean {
    if ((this.flags & TOLD) !== 0 || this.failure !== undefined) return false;
    this.failure = error;
    return true;
  }

  /** @internal */
  override describe(): string {
    return `Socket ${entered(this)}`;
  }

  /** Stops reading; the kernel's buffer fills and the peer has to wait. Idempotent. */
  pause(): this {
    this.flags |= PAUSED;
    setReading(this, false);
    return this;
  }

  /** Reads again. Idempotent. */
  resume(): this {
    if ((this.flags & PAUSED) === 0 || !this.active) return this;
    this.flags &= ~PAUSED;
    if ((this.flags & STASHED) !== 0) this.loop.defer(() => this.enter(() => unstash(this)), this);
    else setReading(this, true);
    return this;
  }

  /** True while `pause` holds. */
  get paused(): boolean {
    return (this.flags & PAUSED) !== 0;
  }

  /** True once connected, until closed. */
  get open(): boolean {
    return this.active && (this.flags & CONNECTING) === 0;
  }

  /** Drops what is queued and closes; `close(socket, error)` follows. Idempotent. */
  destroy(error?: Error): void {
    if (this.closed) return;
    if (error !== undefined) this.failure = error;
    setReading(this, false);
    this.dropOutput();
    if ((this.flags & STASHED) !== 0) stashes.delete(this);
    this.beginClose();
  }

  /** As `destroy()`, and the peer is told by a reset: it gets nothing that is on its way. */
  resetAndDestroy(): void {
    // Where it is refused the connection is gone already.
    if (this.active) native.setsockopt(this.handleFd, SOL_SOCKET, SO_LINGER, LINGER_NONE);
    this.destroy();
  }

  /** The same as `destroy()`. */
  close(): void {
    this.destroy();
  }

  /** Our address; undefined once closed. @throws SystemError. See getsockname(2). */
  get address(): Address | undefined {
    return nameBy(this, native.getsockname);
  }

  /** The peer's address; undefined when there is none. @throws SystemError. See getpeername(2). */
  get remoteAddress(): Address | undefined {
    return nameBy(this, native.getpeername);
  }

  /** Sets a socket option. @throws SystemError; Error ERR_HANDLE_CLOSED. See setsockopt(2). */
  setOption(level: number, name: number, value: number | Bytes): this {
    if (!this.active) throw handleClosed('socket');
    check(native.setsockopt(this.handleFd, level, name, value), 'setsockopt');
    return this;
  }

  /** Reads a socket option: a number, or how much of `value` it filled. See getsockopt(2). */
  getOption(level: number, name: number, value?: Bytes): number {
    if (!this.active) throw handleClosed('socket');
    return check(native.getsockopt(this.handleFd, level, name, value), 'getsockopt');
  }
}

// Functions, not private methods: those cost each object eight bytes a class.

function nameBy(socket: Socket, call: (fd: number) => Address | number): Address | undefined {
  if (!socket.active) return undefined;
  const name = call(socket.handleFd);
  // Not connected yet, or no more; the BSDs say EINVAL then.
  if (name === ENOTCONN || name === EINVAL) return undefined;
  return check(name as Address, call === native.getsockname ? 'getsockname' : 'getpeername');
}

/** Reads, unless paused, ended or not connected yet. */
function setReading(socket: Socket, wanted: boolean): void {
  const on = wanted && socket.active && (socket.flags & NOT_READING) === 0;
  if (on === ((socket.flags & READING) !== 0)) return;
  socket.flags ^= READING;
  socket.loop.streams.readers += on ? 1 : -1;
  if (!socket.active) return;
  socket.loop.table.setReadFd(socket.slot, on ? socket.handleFd : -1);
  updateInterest(socket);
}

/** What was read; undefined when it is lost, and the stream with it. */
function chunkOf(socket: Socket, index: number): Uint8Array | undefined {
  try {
    return socket.loop.streams.chunk(index);
  } catch {
    // An earlier handler of this batch transferred the slab's memory away.
    const message = 'a handler detached the memory that was read into';
    socket.destroy(withoutStack(() => codedError(Error, 'ERR_CHUNK_DETACHED', message)));
    return undefined;
  }
}

/** Another handler of this batch paused this socket after its bytes were read. */
function stash(socket: Socket, chunk: Uint8Array): void {
  socket.flags |= STASHED;
  stashes.set(socket, chunk.slice());
}

function unstash(socket: Socket): void {
  const chunk = stashes.get(socket);
  if (chunk === undefined || !socket.active || (socket.flags & PAUSED) !== 0) return;
  socket.flags &= ~STASHED;
  stashes.delete(socket);
  setReading(socket, true);
  deliver(socket, chunk);
}

function deliver(socket: Socket, chunk: Uint8Array): void {
  const { group } = socket;
  enter(socket, 'data');
  const result = group.handlers.data?.(socket, group.copies ? chunk.slice() : chunk);
  if (result !== undefined && typeof result === 'object') goesOn(socket, result);
}

/** A data handler may go on after its call: it keeps its chunk, and gets copies from now on. */
function goesOn(socket: Socket, result: unknown): void {
  if (!isPromise(result)) return;
  const { group, loop } = socket;
  if (!group.copies && group.chunks === undefined) {
    group.copies = true;
    notePromise(group.handlers);
    loop.streams.leaveSlab();
  }
  settle(socket, result);
}

/** The end, or an error. */
function readFailed(socket: Socket, result: number): void {
  if (isOutOfMemory(result)) {
    rest(socket);
    return;
  }
  if (result < 0) {
    socket.fail(result, 'recv');
    return;
  }
  // Paused meanwhile: the end is still there when it reads again.
  if ((socket.flags & PAUSED) !== 0) return;
  socket.flags |= READ_ENDED;
  setReading(socket, false);
  try {
    enter(socket, 'end');
    const returned = socket.group.handlers.end?.(socket);
    if (returned !== undefined) settle(socket, returned);
  } finally {
    if ((socket.flags & WRITE_ENDED) !== 0) socket.destroy();
    else if (!socket.group.allowHalfOpen && socket.active) socket.endOutput();
  }
}

/** Reads no more for a moment. */
function rest(socket: Socket): void {
  socket.flags |= RESTING;
  setReading(socket, false);
  const again = () => {
    socket.flags &= ~RESTING;
    setReading(socket, true);
  };
  const timer = socket.loop.setTimeout(again, REST_MS);
  // The socket keeps the loop alive, if it is to.
  timer.unref();
}

/** Something happened while nothing is read: the peer's reset, most likely. */
function askForError(socket: Socket): void {
  const error = native.getsockopt(socket.handleFd, SOL_SOCKET, SO_ERROR);
  if (error === 0) return;
  const call = (socket.flags & READ_ENDED) !== 0 ? 'send' : 'recv';
  if (error < 0) socket.fail(error, 'getsockopt');
  else socket.fail(-error, call);
}

function finishConnect(socket: Socket): void {
  const error = native.getsockopt(socket.handleFd, SOL_SOCKET, SO_ERROR);
  if (error < 0) {
    socket.fail(error, 'getsockopt');
    return;
  }
  if (error > 0) {
    socket.fail(-error, 'connect', targets.get(socket));
    return;
  }
  socket.flags &= ~CONNECTING;
  socket.setWorking(socket.queue !== undefined);
  setReading(socket, true);
  socket.beginOutput();
  enter(socket, 'open');
  const returned = socket.group.handlers.open?.(socket);
  if (returned !== undefined) settle(socket, returned);
}
