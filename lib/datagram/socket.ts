// A socket of datagrams: both of its directions, and its life. An error is one datagram's,
// as a rule: it is told, and the socket goes on. See udp(7), unix(7).
import { unlessRefused } from '../base/shown.js';
import { type Address, native } from '../binding/index.js';
import { handleClosed } from '../loop/errors.js';
import { runCleanup } from '../loop/when-closed.js';
import { addressText } from '../net/endpoint.js';
import { bindTo } from '../net/open.js';
import { Ready } from '../poller/interest.js';
import { constant } from '../raw/constants.js';
import { check } from '../raw/errors.js';
import { asError, isPromise } from '../stream/promised.js';
import type { BoundPath } from '../unix/path.js';
import { type DatagramTarget, detailsOf, toAddress } from './address.js';
import { enter, PAUSED, STASHED, tellError, updateInterest } from './base.js';
import { arrived, dropStash, foundNothing, unstashLater } from './input.js';
import { ARRIVAL_WORDS } from './layout.js';
import {
  type MembershipOptions,
  type MulticastOptions,
  setMembership,
  setMulticast,
} from './multicast.js';
import { DatagramOutput } from './output.js';
import { endUnread, iterate, type ReceivedDatagram } from './unread.js';
import { dropQueue, reconnected } from './waiting.js';

const AF_UNSPEC = constant('AF_UNSPEC');
const ENOTCONN = -constant('ENOTCONN');
const EINVAL = -constant('EINVAL');
const EAFNOSUPPORT = -constant('EAFNOSUPPORT');

/**
 * A socket of datagrams, UDP or Unix: what `loop.dgram` returns. `Data` is the type of its
 * `data`, which `loop.dgram<Data>` says for its handlers, and `Where` what its address is.
 */
export class DatagramSocket<
  Data = unknown,
  Where extends Address = Address,
> extends DatagramOutput {
  /** Yours. Undefined until you set it. */
  data = undefined as Data;
  /** @internal The file that it has made. */ bound: BoundPath | undefined = undefined;

  override get kind(): string {
    return 'DatagramSocket';
  }

  /** @internal */
  override get label(): string {
    const address = unlessRefused(() => this.address);
    return `${this.kind} ${addressText(address)}`;
  }

  /** @internal */
  override facts(): (string | undefined)[] {
    if (!this.active) return [];
    const local = addressText(unlessRefused(() => this.address));
    const { remote } = this;
    const to = remote === undefined ? local : `${local} → ${addressText(toAddress(remote))}`;
    return [this.paused ? 'paused' : undefined, to];
  }

  /** @internal */
  override describe(): string {
    return `${this.kind} ${this.loop.streams.handler}`;
  }

  /** @internal */
  onReady(events: number, index: number): void {
    const { streams } = this.loop;
    const left = streams.arrivals(index);
    if (left > 0) {
      const at = streams.takeArrival(index) * ARRIVAL_WORDS;
      // One a call: the rest comes behind what this one put off, also when it throws.
      if (left > 1) this.loop.tellAgain();
      arrived(this, at, index);
      if (left > 1) return;
    } else if (left === 0 && (events & ~Ready.WRITE) !== 0) foundNothing(this);
    if ((events & Ready.WRITE) !== 0 && this.active) this.sendQueued();
  }

  /** @internal */
  onClosed(): void {
    runCleanup(this);
    const { bound } = this;
    if (bound === undefined) this.closeOwned();
    else {
      this.loop.holdings.drop(bound);
      bound.closeWith(() => this.closeOwned());
    }
    endUnread(this);
    enter(this, 'close');
    this.handlers.close?.(this as never, this.error);
  }

  /** @internal A promise that a handler returned and that is rejected is told to `error`. */
  settle(result: unknown): void {
    if (this.handlers.error === undefined || !isPromise(result)) return;
    const rejected = (reason: unknown) => {
      const error = asError(reason);
      // `close` was the last that is told.
      if (this.isClosed) process.emitWarning(error);
      else tellError(this, error, undefined);
    };
    Promise.resolve(result).then(undefined, (reason) => this.enter(() => rejected(reason)));
  }

  /**
   * What comes, each memory of its own, with who sent it. While more than `highWaterMark` bytes
   * wait to be taken, 256 for each datagram counted in, nothing is received. What one datagram
   * failed with is told by `error`. Ends when the socket is closed, behind what had come; throws
   * what closed it, and an AbortError at once when its signal aborted. Leaving the loop closes
   * the socket.
   *
   * What comes before somebody iterates is dropped, unless the handlers were left out.
   *
   * @throws Error ERR_INVALID_STATE with a `message` handler, or when it is iterated already
   * @example
   * for await (const { chunk, from } of socket) socket.send(chunk, from);
   */
  [Symbol.asyncIterator](): AsyncIterableIterator<ReceivedDatagram> {
    return iterate(this);
  }

  /** Stops receiving; what comes meanwhile waits in the kernel, or is lost there. Idempotent. */
  pause(): this {
    this.flags |= PAUSED;
    updateInterest(this);
    return this;
  }

  /** Receives again. Idempotent. */
  resume(): this {
    if ((this.flags & PAUSED) === 0 || !this.active) return this;
    this.flags &= ~PAUSED;
    if ((this.flags & STASHED) !== 0) unstashLater(this);
    else updateInterest(this);
    return this;
  }

  /** True while `pause` holds. */
  get paused(): boolean {
    return (this.flags & PAUSED) !== 0;
  }

  /**
   * Fixes the peer: `send` needs no address, and nothing else is received. What came before
   * from others may still be told.
   *
   * @throws SystemError ECONNREFUSED (a Unix socket that is not there), ENOENT, ...; Error
   *   ERR_HANDLE_CLOSED. See connect(2).
   */
  connect(to: DatagramTarget): this {
    if (!this.active) throw handleClosed(this.kind);
    const peer = this.exchange.targets.find(to, 'to');
    this.loop.flush();
    check(native.connect(this.handleFd, toAddress(peer)), 'connect', detailsOf(peer));
    const before = this.remote;
    this.remote = peer;
    reconnected(this, before);
    return this;
  }

  /** Takes the peer back. Nothing where there is none. @throws SystemError */
  disconnect(): this {
    if (!this.active) throw handleClosed(this.kind);
    if (this.remote === undefined) return this;
    this.loop.flush();
    const before = this.address;
    const result = native.connect(this.handleFd, unspecified());
    // The BSDs say so, and have done it.
    if (result !== EAFNOSUPPORT && result !== EINVAL) check(result, 'connect');
    const { remote } = this;
    this.remote = undefined;
    reconnected(this, remote);
    keepPort(this.handleFd, before, this.address);
    return this;
  }

  /** Our address; undefined once closed. @throws SystemError. See getsockname(2). */
  get address(): Where | undefined {
    if (!this.active) return undefined;
    return check(native.getsockname(this.handleFd), 'getsockname') as Where;
  }

  /** Whom it is connected to; undefined: nobody. @throws SystemError. See getpeername(2). */
  get remoteAddress(): Address | undefined {
    if (!this.active) return undefined;
    const name = native.getpeername(this.handleFd);
    return name === ENOTCONN || name === EINVAL ? undefined : check(name, 'getpeername');
  }

  /**
   * Receives what is sent to a group: by `interface`, and with `source` of that sender alone.
   * One that is bound to every address, or to the group.
   *
   * @throws TypeError, RangeError; SystemError EADDRINUSE (it has joined), ENODEV, ...; Error
   *   ERR_HANDLE_CLOSED, ERR_SOCKET_DGRAM_NO_GROUPS (not of IP),
   *   ERR_FEATURE_UNAVAILABLE_ON_PLATFORM. See IP_ADD_MEMBERSHIP in ip(7).
   * @example
   * socket.join('239.1.2.3', { interface: 'eth0' });
   */
  join(group: string, options: MembershipOptions = {}): this {
    setMembership(this, true, group, options);
    return this;
  }

  /** Undoes `join` with the same arguments. @throws SystemError EADDRNOTAVAIL; as `join` */
  leave(group: string, options: MembershipOptions = {}): this {
    setMembership(this, false, group, options);
    return this;
  }

  /** Says how it sends to groups. @throws as `join`. See IP_MULTICAST_IF in ip(7). */
  setMulticast(options: MulticastOptions): this {
    setMulticast(this, options);
    return this;
  }

  /**
   * Closes; what callbacks sent goes out first, what is queued is dropped and counted.
   * `close(socket)` follows. Idempotent.
   */
  close(): void {
    if (!this.active) return;
    this.dropped += this.queue?.length ?? 0;
    leave(this);
    this.beginClose();
  }

  /**
   * Closes, and gives the descriptor back, open, with what waits in the kernel: it is the
   * caller's, as if opened by `rawloop/raw`, and does not block. What callbacks sent goes out
   * first; what is queued is dropped, and so is what was received in this turn, up to 32
   * datagrams, or before a `pause`, and not told yet.
   *
   * @throws Error ERR_HANDLE_CLOSED
   */
  detach(): number {
    return this.releaseDescriptor();
  }

  /** @internal What callbacks have sent goes out first. */
  override releaseDescriptor(): number {
    this.loop.flush();
    if (this.active) leave(this);
    const fd = super.releaseDescriptor();
    // Its file stays with it.
    if (this.bound !== undefined) this.loop.holdings.drop(this.bound);
    this.bound = undefined;
    return fd;
  }
}

/** Linux takes a port that the kernel had picked back with the peer. */
function keepPort(fd: number, before: Address | undefined, after: Address | undefined): void {
  if (before === undefined || after === undefined || !('port' in before && 'port' in after)) return;
  if (after.port !== 0 || before.port === 0) return;
  bindTo(fd, { ...after, port: before.port });
}

/** It moves no more datagrams. */
function leave(socket: DatagramOutput): void {
  socket.endReading();
  dropQueue(socket);
  dropStash(socket);
}

/** A sockaddr of no family: macOS and the BSDs have its length in front. */
function unspecified(): Uint8Array {
  const address = new Uint8Array(16);
  if (process.platform === 'linux') new Uint16Array(address.buffer)[0] = AF_UNSPEC;
  else address.set([16, AF_UNSPEC]);
  return address;
}
