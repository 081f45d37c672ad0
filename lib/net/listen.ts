// loop.listen and loop.connect: from options to a socket that is on its way.
// Everything is checked before the first system call, and what was opened is
// closed again when a later call fails. See socket(7), ip(7), ipv6(7).
import { abortError, throwIfAborted } from '../base/abort.js';
import { type OptionNames, readOptions } from '../base/options.js';
import { checkDescriptor, checkInteger } from '../base/validate.js';
import { type Address, type IpAddress, native } from '../binding/index.js';
import type { LoopCore } from '../loop/drive.js';
import { invalidValue, loopClosed } from '../loop/errors.js';
import { closeIt, endOnAbort } from '../loop/when-closed.js';
import { constant, constants } from '../raw/constants.js';
import { check, type SystemError, systemError } from '../raw/errors.js';
import type { StreamHandlers, StreamOptions } from '../stream/handlers.js';
import {
  boolean,
  byteLimit,
  checkHandlers,
  groupOf,
  MAX_BUFFERED_BYTES,
  STREAM_NAMES,
  streamSettings,
} from '../stream/options.js';
import {
  addressOf,
  detailsOf,
  ENDPOINT_NAMES,
  type Endpoint,
  LOCAL_PLACE,
  refusePath,
} from './endpoint.js';
import { Server } from './server.js';
import { Socket } from './socket.js';

/** Where `loop.listen` listens, and how. */
export interface ListenOptions extends Endpoint, StreamOptions {
  /**
   * A listening socket that was inherited, say from systemd: instead of `port`, and of
   * all that was decided when it was opened. It is owned, and closed, from here on.
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

/** Where `loop.connect` connects to, and how. */
export interface ConnectOptions extends Endpoint, StreamOptions {
  /** The same as `host`, so that `server.address` may be passed as it is. */
  address?: string;
  /** What `address` is; looked at, not needed. */
  family?: 'ipv4' | 'ipv6';
  /** The address to connect from. Default: the kernel's choice. */
  localAddress?: string;
  /** The port to connect from: 0 to 65535, default 0. */
  localPort?: number;
}

const LISTEN_NAMES: OptionNames<ListenOptions> = {
  ...ENDPOINT_NAMES,
  ...STREAM_NAMES,
  fd: true,
  backlog: true,
  reusePort: true,
  ipv6Only: true,
  maxSocketBufferedBytes: true,
};

const CONNECT_NAMES: OptionNames<ConnectOptions> = {
  ...ENDPOINT_NAMES,
  ...STREAM_NAMES,
  address: true,
  family: true,
  localAddress: true,
  localPort: true,
};

/** What is decided already of a socket that was inherited. */
const DECIDED = ['host', 'port', 'backlog', 'reusePort', 'ipv6Only'] as const;

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

function setFlag(fd: number, level: number, name: string, on = true): void {
  check(native.setsockopt(fd, level, constant(name), on ? 1 : 0), 'setsockopt');
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

/** Where to listen: the first that there is. None: a socket was inherited. */
function placesOf(options: ListenOptions): IpAddress[] {
  refusePath(options);
  const { fd, host, port, ipv6Only } = options;
  if (fd !== undefined) {
    const other = DECIDED.find((name) => options[name] !== undefined);
    if (other === undefined) return [];
    throw invalidValue(`options.${other}`, 'left out beside fd: the socket listens already');
  }
  if (port === undefined) throw invalidValue('options', 'an object with a port (0: any) or an fd');
  if (host !== undefined) return [addressOf(host, port)];
  const every = addressOf('::', port);
  return ipv6Only === true ? [every] : [every, addressOf('0.0.0.0', port)];
}

interface Opening {
  readonly backlog: number;
  readonly noDelay: boolean;
  readonly reusePort: boolean;
  readonly ipv6Only: boolean;
}

/** Opens a socket that listens at `address`. */
function openAt(address: IpAddress, { backlog, noDelay, reusePort, ipv6Only }: Opening): number {
  const fd = openStream(address);
  return guarded(fd, () => {
    // Accepted sockets inherit it: no call for each of them.
    if (noDelay) setNoDelay(fd);
    setFlag(fd, SOL_SOCKET, 'SO_REUSEADDR');
    if (reusePort) setFlag(fd, SOL_SOCKET, 'SO_REUSEPORT');
    // Said either way: the system's own default is an administrator's to change.
    if (ipv6Only || address.address === '::') {
      setFlag(fd, constant('IPPROTO_IPV6'), 'IPV6_V6ONLY', ipv6Only);
    }
    bindTo(fd, address);
    check(native.listen(fd, backlog), 'listen', detailsOf(address));
    return fd;
  });
}

/** What a system without IPv6 answers, or whose '::' cannot take IPv4 as well. */
const NO_IPV6 = new Set(['EAFNOSUPPORT', 'EADDRNOTAVAIL', 'EINVAL']);

function openServer([first, second]: IpAddress[], opening: Opening): number {
  try {
    return openAt(first as IpAddress, opening);
  } catch (error) {
    if (second === undefined || !NO_IPV6.has((error as SystemError).code)) throw error;
    return openAt(second, opening);
  }
}

/** It stays another's, and open, when it cannot be had. @throws SystemError EBUSY */
function adoptFor(server: Server<Address>, fd: number): void {
  const result = native.adopt(fd);
  if (result < 0) server.close();
  check(result, 'adopt');
}

/** Opens a listening socket. @internal */
export function listen(
  loop: LoopCore,
  given: ListenOptions,
  handlers: StreamHandlers,
): Server<Address> {
  const options = readOptions('options', given, LISTEN_NAMES);
  checkHandlers(handlers);
  const maxBytes = byteLimit('maxBufferedBytes', options.maxBufferedBytes, Infinity);
  const perSocket = options.maxSocketBufferedBytes;
  const settings = {
    ...streamSettings(options),
    maxBufferedBytes: byteLimit('maxSocketBufferedBytes', perSocket, MAX_BUFFERED_BYTES),
  };
  const { noDelay, signal } = settings;
  const { backlog = 511 } = options;
  checkInteger('options.backlog', backlog, 1, 2 ** 31 - 1);
  const reusePort = boolean('reusePort', options.reusePort, false);
  const ipv6Only = boolean('ipv6Only', options.ipv6Only, false);
  const places = placesOf(options);
  throwIfAborted(signal);
  if (loop.closed) throw loopClosed();
  let server: Server<Address>;
  if (places.length > 0) {
    const fd = openServer(places, { backlog, noDelay, reusePort, ipv6Only });
    server = guarded(fd, () => new Server(loop, fd, handlers, settings, maxBytes));
  } else {
    // An inherited one stays the caller's until it is served here.
    const fd = prepareInherited(options.fd as number);
    if (noDelay && isIp(fd)) setNoDelay(fd);
    server = new Server(loop, fd, handlers, settings, maxBytes);
    adoptFor(server, fd);
  }
  if (signal !== undefined) endOnAbort(server, signal, closeIt);
  return server;
}

/** Where to connect to. */
function targetOf({ host, address, family, port }: ConnectOptions): IpAddress {
  if (host !== undefined && address !== undefined) {
    throw invalidValue('options.address', 'left out beside host');
  }
  const target =
    address === undefined
      ? addressOf(host === undefined ? '127.0.0.1' : host, port)
      : addressOf(address, port, { host: 'options.address', port: 'options.port' });
  if (family === undefined || family === target.family) return target;
  throw invalidValue('options.family', `'${target.family}', as the address is`);
}

/** Where to connect from; undefined: the kernel's choice. */
function localOf({ localAddress, localPort = 0 }: ConnectOptions, to: IpAddress) {
  if (localAddress === undefined && localPort === 0) return undefined;
  const every = to.family === 'ipv4' ? '0.0.0.0' : '::';
  return addressOf(localAddress === undefined ? every : localAddress, localPort, LOCAL_PLACE);
}

function destroyBy(socket: Socket, signal: AbortSignal): void {
  socket.destroy(abortError(signal));
}

/** Starts to connect. @internal */
export function connect(loop: LoopCore, given: ConnectOptions, handlers: StreamHandlers): Socket {
  const options = readOptions('options', given, CONNECT_NAMES);
  checkHandlers(handlers);
  const settings = streamSettings(options);
  const { signal } = settings;
  refusePath(options);
  const address = targetOf(options);
  const local = localOf(options, address);
  throwIfAborted(signal);
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
    if (signal !== undefined) endOnAbort(socket, signal, destroyBy);
    return socket;
  });
}
