// loop.listen: from options to a socket that listens. Everything is checked before the
// first system call, and what was opened is closed again when a later call fails. See
// listen(2), ip(7), ipv6(7).
import { throwIfAborted } from '../base/abort.js';
import { type OptionNames, readOptions } from '../base/options.js';
import { checkDescriptor, checkInteger } from '../base/validate.js';
import { type Address, type IpAddress, native } from '../binding/index.js';
import type { HandleLoop } from '../loop/contract.js';
import { invalidValue, loopClosed } from '../loop/errors.js';
import { closeIt, endOnAbort } from '../loop/when-closed.js';
import { constant } from '../raw/constants.js';
import { check, type SystemError } from '../raw/errors.js';
import { readInitialOptions } from '../socket-options/initial.js';
import type { InitialOptions } from '../socket-options/values.js';
import type { StreamOptions } from '../stream/handlers.js';
import {
  boolean,
  byteLimit,
  MAX_BUFFERED_BYTES,
  STREAM_NAMES,
  streamSettings,
} from '../stream/options.js';
import { addressOf, detailsOf, ENDPOINT_NAMES, type Endpoint, refusePath } from './endpoint.js';
import { checkHandlers, type StreamHandlers } from './handlers.js';
import { bindTo, guarded, openStream, setFlag, setNoDelay } from './open.js';
import { Server } from './server.js';
import { Socket, type SocketGroup } from './socket.js';

/** Where `loop.listen` listens, and how. */
export interface ListenOptions extends Endpoint, StreamOptions, InitialOptions {
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

const LISTEN_NAMES: OptionNames<ListenOptions> = {
  ...ENDPOINT_NAMES,
  ...STREAM_NAMES,
  fd: true,
  backlog: true,
  reusePort: true,
  ipv6Only: true,
  maxSocketBufferedBytes: true,
  socketOptions: true,
  keepAlive: true,
};

/** What is decided already of a socket that was inherited. */
const DECIDED = ['host', 'port', 'backlog', 'reusePort', 'ipv6Only'] as const;

const SOL_SOCKET = constant('SOL_SOCKET');
/** Whether it has an IP address: a Unix socket has no TCP_NODELAY. What is no socket has none. */
function isIp(fd: number): boolean {
  const name = native.getsockname(checkDescriptor('options.fd', fd));
  return typeof name === 'object' && 'port' in name;
}

/** An inherited socket has to listen. */
function checkInherited(fd: number): void {
  checkDescriptor('options.fd', fd);
  const accepts = native.getsockopt(fd, SOL_SOCKET, constant('SO_ACCEPTCONN'));
  check(accepts, 'getsockopt');
  if (accepts === 0) throw invalidValue('options.fd', 'a listening socket');
}

/** An accept must never block the loop. */
function prepareInherited(fd: number): void {
  const flags = check(native.fcntl(fd, constant('F_GETFL')), 'fcntl');
  check(native.fcntl(fd, constant('F_SETFL'), flags | constant('O_NONBLOCK')), 'fcntl');
  check(native.fcntl(fd, constant('F_SETFD'), constant('FD_CLOEXEC')), 'fcntl');
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
  /** Sets the socket options that were asked for. */
  readonly setInitialOptions: (fd: number) => void;
}

/** Opens a socket that listens at `address`. */
function openAt(address: IpAddress, opening: Opening): number {
  const { backlog, noDelay, reusePort, ipv6Only } = opening;
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
    opening.setInitialOptions(fd);
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

function newSocket(loop: HandleLoop, group: SocketGroup): Socket {
  return new Socket(loop, group);
}

/** Opens a listening socket. */
export function listen(
  loop: HandleLoop,
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
  const isTcp = options.fd === undefined || isIp(options.fd);
  const setInitialOptions = readInitialOptions(options, isTcp);
  throwIfAborted(signal);
  if (loop.closed) throw loopClosed();
  let server: Server<Address>;
  if (places.length > 0) {
    const fd = openServer(places, {
      backlog,
      noDelay,
      reusePort,
      ipv6Only,
      setInitialOptions,
    });
    server = guarded(fd, () => new Server(loop, fd, newSocket, handlers, settings, maxBytes));
  } else {
    const fd = options.fd as number;
    checkInherited(fd);
    // It stays the caller's until it is served here.
    server = loop.holdings.owner.adopt(fd, () => {
      prepareInherited(fd);
      if (noDelay && isTcp) setNoDelay(fd);
      setInitialOptions(fd);
      return new Server(loop, fd, newSocket, handlers, settings, maxBytes);
    });
  }
  if (signal !== undefined) endOnAbort(server, signal, closeIt);
  return server;
}
