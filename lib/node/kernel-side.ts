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

/**
 * TCP_NODELAY and SO_KEEPALIVE as they were last asked for. What is no TCP socket refuses them, which
 * net.Socket does not tell either. Before it is connected, a name may still be looked up: they are set
 * once there is a socket.
 */
export class TcpOptions {
  readonly #stream: Stream;
  #noDelay: boolean | undefined;
  #keepAlive: { on: boolean; delayMs: number } | undefined;

  constructor(stream: Stream) {
    this.#stream = stream;
  }

  setNoDelay(on: boolean): void {
    this.#noDelay = on;
    if (this.#stream.open) this.#applyNoDelay();
  }

  setKeepAlive(on: boolean, delayMs: number): void {
    const { on: before, delayMs: delayBefore } = this.#keepAlive ?? {};
    // An http.Agent says it once for each request.
    if (on === before && delayMs === delayBefore) return;
    this.#keepAlive = { on, delayMs };
    if (this.#stream.open) this.#applyKeepAlive();
  }

  /** It is connected. */
  apply(): void {
    this.#applyNoDelay();
    this.#applyKeepAlive();
  }

  #applyNoDelay(): void {
    if (this.#noDelay !== undefined) this.#set('IPPROTO_TCP', 'TCP_NODELAY', this.#noDelay ? 1 : 0);
  }

  #applyKeepAlive(): void {
    if (this.#keepAlive === undefined) return;
    const { on, delayMs } = this.#keepAlive;
    this.#set('SOL_SOCKET', 'SO_KEEPALIVE', on ? 1 : 0);
    const seconds = Math.floor(delayMs / 1000);
    if (!on || !(seconds > 0) || TCP_KEEPIDLE === undefined) return;
    const level = constant('IPPROTO_TCP');
    native.setsockopt(this.#stream.handleFd, level, TCP_KEEPIDLE, Math.min(seconds, 32767));
  }

  #set(level: 'IPPROTO_TCP' | 'SOL_SOCKET', option: string, value: number): void {
    native.setsockopt(this.#stream.handleFd, constant(level), constant(option), value);
  }
}
