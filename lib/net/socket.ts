// A connection: a stream whose descriptor is an IP or a Unix socket, with its addresses, options
// and the way it connects. SO_ERROR tells why a connect failed; if it cannot be asked, that
// is told as getsockopt's. See tcp(7), connect(2).
import { unlessRefused } from '../base/shown.js';
import { type Address, native } from '../binding/index.js';
import type { HandleLoop } from '../loop/contract.js';
import { constant } from '../raw/constants.js';
import { check, type SystemErrorDetails } from '../raw/errors.js';
import { CONNECTING, RETRYING } from '../stream/flags.js';
import type { StreamGroup } from '../stream/group.js';
import { type PeerCredentials, peerCredentialsOf } from '../stream/peer.js';
import { Stream } from '../stream/stream.js';
import { addressText } from './endpoint.js';
import { resetAtClose } from './open.js';
import type { Server } from './server.js';
import { connectingEnded } from './time-limits.js';

const ENOTCONN = -constant('ENOTCONN');
const EINVAL = -constant('EINVAL');
const SOL_SOCKET = constant('SOL_SOCKET');
const SO_ERROR = constant('SO_ERROR');

/** Where those that are not connected yet go to; few are, so it stands beside them. */
const targets = new WeakMap<Socket, SystemErrorDetails>();

/** What sockets share: those that a server accepted know it. */
export interface SocketGroup extends StreamGroup {
  readonly owner: Server<Address, Socket> | undefined;
}

/**
 * A connection: what a server accepted or `loop.connect` made. `Data` is the type of its
 * `data`, which `loop.listen<Data>` and `loop.connect<Data>` say for all their handlers.
 */
export class Socket<Data = unknown> extends Stream {
  /** Yours: what belongs to this one connection. Undefined until you set it. */
  declare data: Data;
  /** @internal */ declare readonly group: SocketGroup;

  /** @internal Use `loop.listen` or `loop.connect`. */
  constructor(loop: HandleLoop, group: SocketGroup) {
    super(loop, group);
  }

  override get kind(): string {
    return 'Socket';
  }

  /** @internal */
  override get label(): string {
    const { server } = this;
    if (server !== undefined) return `Socket of ${server.label}`;
    const to = this.handleFd < 0 ? -1 : native.getpeername(this.handleFd);
    return `Socket to ${addressText(typeof to === 'number' ? undefined : to)}`;
  }

  /** The server that accepted it; undefined when it was connected from here. */
  get server(): Server<Address, Socket> | undefined {
    return this.group.owner;
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

  /** Starts as connecting to `target`. @internal */
  startConnecting(fd: number, target: SystemErrorDetails): void {
    targets.set(this, target);
    this.startUnconnected(fd);
  }

  /** Starts without a descriptor, as which address `target` has is to be found. @internal */
  startByName(target: SystemErrorDetails): void {
    targets.set(this, target);
    this.flags |= CONNECTING;
    this.setWorking(true);
    this.start(-1, 0);
  }

  /** What it was without, connected by now, which is its own from here on. @internal */
  takeDescriptor(fd: number): void {
    this.handleFd = fd;
    this.own();
    this.connected();
  }

  /** @internal */
  override onConnectable(): void {
    if ((this.flags & RETRYING) !== 0) return;
    connectingEnded(this);
    const error = native.getsockopt(this.handleFd, SOL_SOCKET, SO_ERROR);
    if (error < 0) this.fail(error, 'getsockopt');
    else if (error > 0) this.fail(-error, 'connect', targets.get(this));
    else this.connected();
  }

  /** As `destroy()`, and the peer is told by a reset: it gets nothing that is on its way. */
  resetAndDestroy(): void {
    if (this.active && this.handleFd >= 0) resetAtClose(this.handleFd);
    this.destroy();
  }

  /**
   * Who is at the other end of a Unix socket: the process that connected, listened or made the
   * pair, as the kernel noted it then.
   *
   * @throws SystemError ENOTCONN (not connected yet), ENOTSUP (no Unix socket); Error
   *   ERR_HANDLE_CLOSED. See SO_PEERCRED in unix(7).
   */
  peerCredentials(): PeerCredentials {
    return peerCredentialsOf(this);
  }

  /** Our address; undefined once closed. @throws SystemError. See getsockname(2). */
  get address(): Address | undefined {
    return nameBy(this, native.getsockname);
  }

  /** The peer's address; undefined when there is none. @throws SystemError. See getpeername(2). */
  get remoteAddress(): Address | undefined {
    return nameBy(this, native.getpeername);
  }
}

// Functions, not private methods: those cost each object eight bytes.

function peerToBe(socket: Socket): Address | undefined {
  const { address, port, path } = targets.get(socket) ?? {};
  if (path !== undefined) return { family: 'unix', path };
  if (address === undefined || port === undefined) return undefined;
  return { family: address.includes(':') ? 'ipv6' : 'ipv4', address, port };
}

function nameBy(socket: Socket, call: (fd: number) => Address | number): Address | undefined {
  if (!socket.active || socket.handleFd < 0) return undefined;
  const name = call(socket.handleFd);
  // Not connected yet, or no more; the BSDs say EINVAL then.
  if (name === ENOTCONN || name === EINVAL) return undefined;
  return check(name as Address, call === native.getsockname ? 'getsockname' : 'getpeername');
}
