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
import type { StreamOptions } from '../stream/handlers.js';
import {
  boolean,
  byteLimit,
  MAX_BUFFERED_BYTES,
  STREAM_NAMES,
  streamSettings,
} from '../stream/options.js';
import { BY_SOCKET, transferOfSocket } from '../stream/transfer.js';
import { type BoundPath, bindToPath, checkMode } from '../unix/path.js';
import { addressOf, detailsOf, ENDPOINT_NAMES, type Endpoint } from './endpoint.js';
import { checkHandlers, type StreamHandlers } from './handlers.js';
import { bindTo, guarded, openStream, setFlag, setNoDelay } from './open.js';
import { type Listening, Server } from './server.js';
import { Socket, type SocketGroup } from './socket.js';
import { openUnix, type UnixPlace, unixPlaceOf } from './unix.js';

/** Where `loop.listen` listens, and how. */
export interface ListenOptions extends Endpoint, StreamOptions {
  /**
   * A listening socket that was inherited, say from systemd: instead of `port` or `path`, and
   * of all that was decided when it was opened. It is owned, and closed, from here on; the file
   * of a Unix socket stays.
   */
  fd?: number;
  /**
   * The permissions of the file at `path`, from before anybody can connect: 0 to 0o777. Who
   * connects needs to write. Default: as the umask has it.
   */
  mode?: number;
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
  mode: true,
  backlog: true,
  reusePort: true,
  ipv6Only: true,
  maxSocketBufferedBytes: true,
};

/** What is decided already of a socket that was inherited. */
const DECIDED = ['host', 'port', 'path', 'mode', 'backlog', 'reusePort', 'ipv6Only'] as const;
/** What says nothing about a Unix socket that is to be opened. */
const OF_IP = ['fd', 'host', 'port', 'reusePort', 'ipv6Only'] as const;

const SOL_SOCKET = constant('SOL_SOCKET');
/** An inherited listening socket, made non-blocking: an accept must never block the loop. */
function prepareInherited(fd: number, noDelay: boolean): Listening {
  checkDescriptor('options.fd', fd);
  const accepts = native.getsockopt(fd, SOL_SOCKET, constant('SO_ACCEPTCONN'));
  check(accepts, 'getsockopt');
  const transfer = transferOfSocket(fd);
  if (accepts === 0 || transfer === undefined) {
    throw invalidValue('options.fd', 'a listening socket');
  }
  const flags = check(native.fcntl(fd, constant('F_GETFL')), 'fcntl');
  check(native.fcntl(fd, constant('F_SETFL'), flags | constant('O_NONBLOCK')), 'fcntl');
  check(native.fcntl(fd, constant('F_SETFD'), constant('FD_CLOEXEC')), 'fcntl');
  // Sockets of other families have no such option.
  if (noDelay && 'port' in check(native.getsockname(fd), 'getsockname')) setNoDelay(fd);
  return { fd, transfer };
}

/** Where to listen: the first that there is. None: a socket was inherited. */
function placesOf(options: ListenOptions): IpAddress[] {
  const { fd, host, port, ipv6Only } = options;
  if (fd !== undefined) {
    const other = DECIDED.find((name) => options[name] !== undefined);
    if (other === undefined) return [];
    throw invalidValue(`options.${other}`, 'left out beside fd: the socket listens already');
  }
  if (port === undefined) {
    throw invalidValue('options', 'an object with a port (0: any), a path or an fd');
  }
  if (options.mode !== undefined) throw invalidValue('options.mode', 'left out without a path');
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

function openIp([first, second]: IpAddress[], opening: Opening): Listening {
  try {
    return { fd: openAt(first as IpAddress, opening), transfer: BY_SOCKET };
  } catch (error) {
    if (second === undefined || !NO_IPV6.has((error as SystemError).code)) throw error;
    return { fd: openAt(second, opening), transfer: BY_SOCKET };
  }
}

/** Opens a Unix socket that listens; its file goes again when it cannot. */
function openPath(place: UnixPlace, mode: number | undefined, backlog: number): Listening {
  const fd = openUnix(place);
  let bound: BoundPath | undefined;
  const open = () => {
    bound = bindToPath(fd, place, mode);
    check(native.listen(fd, backlog), 'listen', detailsOf(place));
    return { fd, transfer: place.transfer, bound };
  };
  return guarded(fd, open, () => bound?.release());
}

/** It stays another's, and open, when it cannot be had. @throws SystemError EBUSY */
function adoptFor(server: Server<Address>, fd: number): void {
  const result = native.adopt(fd);
  if (result < 0) server.close();
  check(result, 'adopt');
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
  const place = unixPlaceOf(options, 'bind', OF_IP);
  const mode = place === undefined ? undefined : checkMode(options.mode, place);
  const places = place === undefined ? placesOf(options) : [];
  throwIfAborted(signal);
  if (loop.closed) throw loopClosed();
  const serve = (listening: Listening) =>
    new Server(loop, listening, newSocket, handlers, settings, maxBytes);
  let server: Server<Address>;
  if (options.fd === undefined) {
    const listening =
      place === undefined
        ? openIp(places, { backlog, noDelay, reusePort, ipv6Only })
        : openPath(place, mode, backlog);
    const undo = () => listening.bound?.release();
    server = guarded(listening.fd, () => serve(listening), undo);
  } else {
    // An inherited one stays the caller's until it is served here.
    server = serve(prepareInherited(options.fd, noDelay));
    adoptFor(server, options.fd);
  }
  if (signal !== undefined) endOnAbort(server, signal, closeIt);
  return server;
}
