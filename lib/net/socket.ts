// A connected stream socket: its options and its life. The reading half is in
// stream-input.ts, the writing half in stream-output.ts. SO_ERROR tells why a connect
// failed; if it cannot be asked, that is told as getsockopt's. See tcp(7), connect(2).
import { unlessRefused } from '../base/shown.js';
import { type Address, type Bytes, native } from '../binding/index.js';
import type { LoopCore } from '../loop/drive.js';
import { handleClosed } from '../loop/errors.js';
import { NOT_READ } from '../loop/layout.js';
import { runCleanup } from '../loop/when-closed.js';
import { Interest, Ready } from '../poller/interest.js';
import { constant } from '../raw/constants.js';
import { check, type SystemErrorDetails } from '../raw/errors.js';
import { CONNECTING, PAUSED, READING, STASHED, TOLD } from '../stream/flags.js';
import { enter, entered } from '../stream/handlers.js';
import {
  askForError,
  chunkOf,
  deliver,
  dropStash,
  readFailed,
  setReading,
  stash,
  unstash,
} from '../stream/input.js';
import type { StreamGroup } from '../stream/options.js';
import { StreamOutput } from '../stream/output.js';
import { settle } from '../stream/promised.js';
import { addressText } from './endpoint.js';
import type { Server } from './server.js';

const EAGAIN = -constant('EAGAIN');
const ENOTCONN = -constant('ENOTCONN');
const EINVAL = -constant('EINVAL');
const SOL_SOCKET = constant('SOL_SOCKET');
const SO_ERROR = constant('SO_ERROR');
const SO_LINGER = constant('SO_LINGER');
const LINGER_NONE = new Int32Array([1, 0]);

/** Where those that are not connected yet go to; few are, so it stands beside them. */
const targets = new WeakMap<Socket, SystemErrorDetails>();

/**
 * A connection: what a server accepted or `loop.connect` made. `Data` is the type of its
 * `data`, which `loop.listen<Data>` and `loop.connect<Data>` say for all their handlers.
 */
export class Socket<Data = unknown> extends StreamOutput {
  /** Bytes read so far. */
  bytesRead = 0;
  /** Yours: what belongs to this one connection. Undefined until you set it. */
  data = undefined as Data;
  /** @internal What `close` is to tell. */ failure: Error | undefined = undefined;

  /** @internal Use `loop.listen` or `loop.connect`. The descriptor is owned from here on. */
  constructor(loop: LoopCore, group: StreamGroup) {
    super(loop, group);
    this.keepContext('Socket');
  }

  /** The server that accepted it; undefined when it was connected from here. */
  get server(): Server<Address> | undefined {
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

  /** @internal */
  override facts(): (string | undefined)[] {
    if (!this.active) return [];
    const local = unlessRefused(() => this.address);
    const peer = unlessRefused(() => this.remoteAddress) ?? peerToBe(this);
    const state = this.open ? 'open' : 'connecting';
    const ways = `${addressText(local)} → ${addressText(peer)}`;
    return [state, this.paused ? 'paused' : undefined, ways];
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
    dropStash(this);
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

function peerToBe(socket: Socket): Address | undefined {
  const { address, port } = targets.get(socket) ?? {};
  if (address === undefined || port === undefined) return undefined;
  return { family: address.includes(':') ? 'ipv6' : 'ipv4', address, port };
}

function nameBy(socket: Socket, call: (fd: number) => Address | number): Address | undefined {
  if (!socket.active) return undefined;
  const name = call(socket.handleFd);
  // Not connected yet, or no more; the BSDs say EINVAL then.
  if (name === ENOTCONN || name === EINVAL) return undefined;
  return check(name as Address, call === native.getsockname ? 'getsockname' : 'getpeername');
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
