// loop.listen: from options to a server. Everything is checked before the first system call;
// how its socket comes to listen is listening.ts's. See listen(2), ip(7), ipv6(7), unix(7).
import { throwIfAborted } from '../base/abort.js';
import { type OptionNames, readOptions } from '../base/options.js';
import { checkDescriptor, checkInteger } from '../base/validate.js';
import { type Address, type IpAddress, native } from '../binding/index.js';
import type { HandleLoop } from '../loop/contract.js';
import { invalidValue, loopClosed } from '../loop/errors.js';
import { closeIt, endOnAbort } from '../loop/when-closed.js';
import { readInitialOptions } from '../socket-options/initial.js';
import type { InitialOptions } from '../socket-options/values.js';
import { NO_HANDLERS, type StreamOptions } from '../stream/handlers.js';
import {
  boolean,
  byteLimit,
  MAX_BUFFERED_BYTES,
  STREAM_NAMES,
  streamSettings,
} from '../stream/options.js';
import { checkMode } from '../unix/path.js';
import { ACCEPT_NAMES, type AcceptOptions, acceptLimits } from './accepting.js';
import { addressOf, ENDPOINT_NAMES, type Endpoint } from './endpoint.js';
import { checkHandlers, type StreamHandlers } from './handlers.js';
import { checkInherited, type Listening, openIp, openPath, prepareInherited } from './listening.js';
import { guarded, setNoDelay } from './open.js';
import { Server } from './server.js';
import { Socket, type SocketGroup } from './socket.js';
import { unixPlaceOf } from './unix.js';

/** Where `loop.listen` listens, and how. */
export interface ListenOptions extends Endpoint, StreamOptions, AcceptOptions, InitialOptions {
  /**
   * A listening socket that was inherited, say from systemd: instead of `port` or `path`, and
   * of all that was decided when it was opened. It is owned, and closed, from here on, and
   * non-blocking, for whoever shares it as well: accept(2) cannot be told for one call. The
   * file of a Unix socket stays.
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
  ...ACCEPT_NAMES,
  fd: true,
  mode: true,
  backlog: true,
  reusePort: true,
  ipv6Only: true,
  maxSocketBufferedBytes: true,
  socketOptions: true,
  keepAlive: true,
};

/** What is decided already of a socket that was inherited. */
const DECIDED = ['host', 'port', 'path', 'mode', 'backlog', 'reusePort', 'ipv6Only'] as const;
/** What says nothing about a Unix socket that is to be opened. */
const OF_IP = ['fd', 'host', 'port', 'reusePort', 'ipv6Only'] as const;

/** Whether it has an IP address: a Unix socket has no TCP_NODELAY. What is no socket has none. */
function isIp(fd: number): boolean {
  const name = native.getsockname(checkDescriptor('options.fd', fd));
  return typeof name === 'object' && 'port' in name;
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

function newSocket(loop: HandleLoop, group: SocketGroup): Socket {
  return new Socket(loop, group);
}

/** Opens a listening socket. */
export function listen(
  loop: HandleLoop,
  given: ListenOptions,
  handlers: StreamHandlers = NO_HANDLERS,
): Server<Address, Socket> {
  const options = readOptions('options', given, LISTEN_NAMES);
  checkHandlers(handlers);
  const perSocket = options.maxSocketBufferedBytes;
  const settings = {
    ...streamSettings(options),
    maxBufferedBytes: byteLimit('maxSocketBufferedBytes', perSocket, MAX_BUFFERED_BYTES),
  };
  const limits = {
    ...acceptLimits(options),
    maxBufferedBytes: byteLimit('maxBufferedBytes', options.maxBufferedBytes, Infinity),
  };
  const { noDelay, signal } = settings;
  const { backlog = 511 } = options;
  checkInteger('options.backlog', backlog, 1, 2 ** 31 - 1);
  const reusePort = boolean('reusePort', options.reusePort, false);
  const ipv6Only = boolean('ipv6Only', options.ipv6Only, false);
  const place = unixPlaceOf(options, 'bind', OF_IP);
  const mode = place === undefined ? undefined : checkMode(options.mode, place);
  const places = place === undefined ? placesOf(options) : [];
  const isTcp = options.fd === undefined ? place === undefined : isIp(options.fd);
  const setInitialOptions = readInitialOptions(options, isTcp);
  throwIfAborted(signal);
  if (loop.closed) throw loopClosed();
  const serve = (listening: Listening) =>
    new Server(loop, listening, newSocket, handlers, settings, limits);
  let server: Server<Address, Socket>;
  if (options.fd === undefined) {
    const opening = { backlog, noDelay, reusePort, ipv6Only, setInitialOptions };
    const listening =
      place === undefined ? openIp(places, opening) : openPath(place, mode, opening);
    const undo = () => listening.bound?.release();
    server = guarded(listening.fd, () => serve(listening), undo);
  } else {
    const { fd } = options;
    const transfer = checkInherited(fd);
    // It stays the caller's until it is served here.
    server = loop.holdings.owner.adopt(fd, () => {
      prepareInherited(fd);
      if (noDelay && isTcp) setNoDelay(fd);
      setInitialOptions(fd);
      return serve({ fd, transfer });
    });
  }
  if (signal !== undefined) endOnAbort(server, signal, closeIt);
  return server;
}
