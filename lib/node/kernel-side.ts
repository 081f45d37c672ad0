// What a SocketDuplex asks of the kernel for its user: addresses as node:net has them, 'IPv4' and
// 'IPv6' and none of a Unix socket, and the options that a net.Socket can set. See tcp(7).
import { type Address, native } from '../binding/index.js';
import { constant, constants } from '../raw/constants.js';
import type { Stream } from '../stream/stream.js';

/** What `address()` of a net.Socket gives. */
export interface NodeAddress {
  /** As 127.0.0.1 or ::1. */
  address: string;
  /** 'IPv4' or 'IPv6'. */
  family: string;
  /** 0 to 65535. */
  port: number;
}

function asNode(name: Address | number): NodeAddress | undefined {
  if (typeof name === 'number' || ArrayBuffer.isView(name) || name.family === 'unix') {
    return undefined;
  }
  const { address, family, port } = name;
  return { address, family: family === 'ipv4' ? 'IPv4' : 'IPv6', port };
}

/** The two names of a connection, each asked for once, and kept when it is closed. */
export class Names {
  readonly #stream: Stream;
  #local: NodeAddress | undefined;
  #remote: NodeAddress | undefined;

  constructor(stream: Stream) {
    this.#stream = stream;
  }

  get local(): NodeAddress | undefined {
    if (this.#local !== undefined || !this.#stream.open) return this.#local;
    this.#local = asNode(native.getsockname(this.#stream.handleFd));
    return this.#local;
  }

  get remote(): NodeAddress | undefined {
    if (this.#remote !== undefined || !this.#stream.open) return this.#remote;
    this.#remote = asNode(native.getpeername(this.#stream.handleFd));
    return this.#remote;
  }
}

/** macOS has another name for it. */
const TCP_KEEPIDLE = constants['TCP_KEEPIDLE'] ?? constants['TCP_KEEPALIVE'];

/** TCP_NODELAY. What is no TCP socket refuses it, which net.Socket does not tell either. */
export function setNoDelay(fd: number, on: boolean): void {
  native.setsockopt(fd, constant('IPPROTO_TCP'), constant('TCP_NODELAY'), on ? 1 : 0);
}

/** SO_KEEPALIVE, likewise. */
export function setKeepAlive(fd: number, on: boolean, initialDelayMs: number): void {
  native.setsockopt(fd, constant('SOL_SOCKET'), constant('SO_KEEPALIVE'), on ? 1 : 0);
  const seconds = Math.floor(initialDelayMs / 1000);
  if (!on || !(seconds > 0) || TCP_KEEPIDLE === undefined) return;
  native.setsockopt(fd, constant('IPPROTO_TCP'), TCP_KEEPIDLE, Math.min(seconds, 32767));
}
