// loop.listen and loop.connect: from options to a socket that is on its way.
// Everything is checked before the first system call, and what was opened is
// closed again when a later call fails. See socket(7), ip(7), ipv6(7).
import { type IpAddress, native } from '../binding/index.js';
import type { LoopCore } from '../loop/core.js';
import { invalidType, invalidValue, loopClosed } from '../loop/errors.js';
import { checkDescriptor, checkInteger, readOptions } from '../loop/validate.js';
import { constant, constants } from '../raw/constants.js';
import { check, systemError } from '../raw/errors.js';
import { addressOf, detailsOf, type Endpoint } from './endpoint.js';
import type { StreamHandlers, StreamOptions } from './handlers.js';
import { Server } from './server.js';
import { Socket } from './socket.js';
import {
  boolean,
  byteLimit,
  checkHandlers,
  groupOf,
  MAX_BUFFERED_BYTES,
  streamSettings,
} from './stream-options.js';
import { whenClosed } from './when-closed.js';

export interface ListenOptions extends Endpoint, StreamOptions {
  /**
   * A listening socket that was inherited, say from systemd, instead of host and
   * port. It is owned, and closed, from here on.
   */
  fd?: number;
  /** Connections that may wait to be accepted: 1 to 2^31-1, default 511. */
  backlog?: number;
  /** SO_REUSEPORT: several processes or Workers listen on one port. Default false. */
  reusePort?: boolean;
  /** IPV6_V6ONLY: '::' takes IPv6 alone. Default false. */
  ipv6Only?: boolean;
  /** As `maxBufferedBytes`, for each of its sockets: 0 to 2^53-1, default 16 MiB. */
  maxSocketBufferedBytes?: number;
}

export interface ConnectOptions extends Endpoint, StreamOptions {
  /** The address to connect from. Default: the kernel's choice. */
  localAddress?: string;
  /** The port to connect from: 0 to 65535, default 0. */
  localPort?: number;
}

const STREAM = constant('SOCK_STREAM') | constant('SOCK_NONBLOCK');
const SOL_SOCKET = constant('SOL_SOCKET');
const EINPROGRESS = -constant('EINPROGRESS');
const EINTR = -constant('EINTR');
/** Linux alone has it. */
const NO_PORT = constants['IP_BIND_ADDRESS_NO_PORT'];

function openStream(address: IpAddress): number {
  const domain = address.family === 'ipv4' ? constant('AF_INET') : constant('AF_INET6');
  return check(native.socket(domain, STREAM, 0), 'socket');
}

function setFlag(fd: number, level: number, name: string): void {
  check(native.setsockopt(fd, level, constant(name), 1), 'setsockopt');
}

function bindTo(fd: number, address: IpAddress): void {
  check(native.bind(fd, address), 'bind', detailsOf(address));
}

/**
 * Where to connect from. Without a port of its own the socket gets one as it connects,
 * when one that is in use for another peer will do: bind(2) would take one that is in
 * use for none, and 28,000 of those are all there are. See ip(7).
 */
function bindLocal(fd: number, local: IpAddress): void {
  if (local.port === 0 && NO_PORT !== undefined) {
    // Where it is not taken the port is bind's.
    native.setsockopt(fd, constant('IPPROTO_IP'), NO_PORT, 1);
  }
  bindTo(fd, local);
}

/** Runs `use`; closes the descriptor again when it throws. */
function guarded<T>(fd: number, use: () => T): T {
  try {
    return use();
  } catch (error) {
    native.close(fd);
    throw error;
  }
}

function setNoDelay(fd: number): void {
  setFlag(fd, constant('IPPROTO_TCP'), 'TCP_NODELAY');
}

/** Whether the socket has an IP address: a Unix socket has no TCP_NODELAY. */
function isIp(fd: number): boolean {
  return 'port' in check(native.getsockname(fd), 'getsockname');
}

/** An inherited listening socket, made non-blocking: an accept must never block the loop. */
function prepareInherited(fd: number): number {
  checkDescriptor('options.fd', fd);
  const accepts = native.getsockopt(fd, SOL_SOCKET, constant('SO_ACCEPTCONN'));
  check(accepts, 'getsockopt');
  if (accepts === 0) throw invalidValue('options.fd', 'a listening socket');
  const flags = check(native.fcntl(fd, constant('F_GETFL')), 'fcntl');
  check(native.fcntl(fd, constant('F_SETFL'), flags | constant('O_NONBLOCK')), 'fcntl');
  check(native.fcntl(fd, constant('F_SETFD'), constant('FD_CLOEXEC')), 'fcntl');
  return fd;
}

/** Opens a listening socket. @internal */
export function listen(loop: LoopCore, given: ListenOptions, handlers: StreamHandlers): Server {
  const options = readOptions('options', given);
  checkHandlers(handlers);
  const maxBytes = byteLimit('maxBufferedBytes', options.maxBufferedBytes, Infinity);
  const perSocket = options.maxSocketBufferedBytes;
  const settings = {
    ...streamSettings(options),
    maxBufferedBytes: byteLimit('maxSocketBufferedBytes', perSocket, MAX_BUFFERED_BYTES),
  };
  const backlog = checkInteger('options.backlog', options.backlog ?? 511, 1, 2 ** 31 - 1);
  const reusePort = boolean('reusePort', options.reusePort, false);
  const ipv6Only = boolean('ipv6Only', options.ipv6Only, false);
  const { port = 0 } = options;
  const address = options.fd === undefined ? addressOf({ ...options, port }, '0.0.0.0') : undefined;
  settings.signal?.throwIfAborted();
  if (loop.closed) throw loopClosed();
  const inherited = address === undefined;
  const fd = inherited ? prepareInherited(options.fd as number) : openStream(address);
  const start = () => {
    // Accepted sockets inherit it: no call for each of them.
    if (settings.noDelay && (!inherited || isIp(fd))) setNoDelay(fd);
    if (address !== undefined) {
      setFlag(fd, SOL_SOCKET, 'SO_REUSEADDR');
      if (reusePort) setFlag(fd, SOL_SOCKET, 'SO_REUSEPORT');
      if (ipv6Only) setFlag(fd, constant('IPPROTO_IPV6'), 'IPV6_V6ONLY');
      bindTo(fd, address);
      check(native.listen(fd, backlog), 'listen', detailsOf(address));
    }
    return new Server(loop, fd, handlers, settings, maxBytes);
  };
  // An inherited one stays the caller's until it is served here.
  const server = inherited ? start() : guarded(fd, start);
  if (inherited) check(native.adopt(fd), 'adopt');
  onAbort(settings.signal, server, () => server.close());
  return server;
}

/** Calls `close` when the signal aborts, until the handle has closed by itself. */
function onAbort(
  signal: AbortSignal | undefined,
  handle: Server | Socket,
  close: (reason: unknown) => void,
): void {
  if (signal === undefined) return;
  const listener = () => close(signal.reason);
  signal.addEventListener('abort', listener, { once: true });
  whenClosed(handle, () => signal.removeEventListener('abort', listener));
}

/** Starts to connect. @internal */
export function connect(loop: LoopCore, given: ConnectOptions, handlers: StreamHandlers): Socket {
  const options = readOptions('options', given);
  checkHandlers(handlers);
  const settings = streamSettings(options);
  const address = addressOf(options, '127.0.0.1');
  const { localAddress, localPort = 0 } = options;
  if (localAddress !== undefined && typeof localAddress !== 'string') {
    throw invalidType('options.localAddress', 'a string');
  }
  const local =
    localAddress === undefined && localPort === 0
      ? undefined
      : addressOf(
          { port: localPort, ...(localAddress === undefined ? {} : { host: localAddress }) },
          address.family === 'ipv4' ? '0.0.0.0' : '::',
        );
  settings.signal?.throwIfAborted();
  if (loop.closed) throw loopClosed();
  const fd = openStream(address);
  return guarded(fd, () => {
    if (settings.noDelay) setNoDelay(fd);
    if (local !== undefined) bindLocal(fd, local);
    const result = native.connect(fd, address);
    const socket = new Socket(loop, groupOf(settings, handlers));
    socket.startConnecting(fd, detailsOf(address));
    // Refused at once, as the loopback may, or EINVAL for a link-local address without its
    // interface: told like any other failure, later. After EINTR the attempt goes on.
    if (result < 0 && result !== EINPROGRESS && result !== EINTR) {
      socket.destroy(systemError(result, 'connect', detailsOf(address)));
    }
    onAbort(settings.signal, socket, (reason) => socket.destroy(reason as Error));
    return socket;
  });
}
