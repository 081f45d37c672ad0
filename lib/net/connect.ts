// loop.connect: from options to a socket that is on its way. Everything is checked before
// the first system call. See connect(2), ip(7), unix(7).
import { throwIfAborted } from '../base/abort.js';
import { type OptionNames, readOptions } from '../base/options.js';
import { checkInteger } from '../base/validate.js';
import { type Address, type IpAddress, native } from '../binding/index.js';
import type { HandleLoop } from '../loop/contract.js';
import { invalidType, invalidValue, loopClosed } from '../loop/errors.js';
import { endOnAbort } from '../loop/when-closed.js';
import { constant, constants } from '../raw/constants.js';
import { type SystemErrorDetails, systemError } from '../raw/errors.js';
import { readInitialOptions } from '../socket-options/initial.js';
import type { InitialOptions } from '../socket-options/values.js';
import { NO_HANDLERS, type StreamOptions } from '../stream/handlers.js';
import { groupOf, STREAM_NAMES, streamSettings, timeLimit } from '../stream/options.js';
import { destroyBy } from '../stream/stream.js';
import { BY_SOCKET } from '../stream/transfer.js';
import { checkResolver, connectByName, type HostResolver, type NamedTarget } from './by-name.js';
import {
  addressOf,
  checkPort,
  detailsOf,
  ENDPOINT_NAMES,
  type Endpoint,
  isAddress,
  isHostName,
  LOCAL_PLACE,
} from './endpoint.js';
import { checkHandlers, type StreamHandlers } from './handlers.js';
import { addressOfInterface } from './interfaces.js';
import { bindTo, guarded, openStream, setNoDelay } from './open.js';
import type { Server } from './server.js';
import { Socket } from './socket.js';
import { limitConnecting } from './time-limits.js';
import { connectLater, openUnix, type UnixPlace, unixPlaceOf } from './unix.js';

/** Where `loop.connect` connects to, and how. */
export interface ConnectOptions extends Endpoint, StreamOptions, InitialOptions {
  /** The same as `host`, so that `server.address` may be passed as it is. */
  address?: string;
  /** What `address` or `path` is; looked at, not needed. Of a name: addresses of that family alone. */
  family?: 'ipv4' | 'ipv6' | 'unix';
  /**
   * The address to connect from, or the name of an interface ('lo', 'eth0'), whose address of the
   * right family it is then. Default: the kernel's choice.
   */
  localAddress?: string;
  /** The port to connect from: 0 to 65535, default 0. */
  localPort?: number;
  /**
   * How long it may take to connect, looking a name up included: 1 to 2^53-1 ms; then `close`
   * tells ETIMEDOUT. Default: as long as the kernel tries, two minutes on Linux.
   */
  timeoutMs?: number;
  /**
   * Who looks up the name of a host: an object with `lookup(host, { all, family, signal })`, such
   * as `new loop.dns.Resolver()`. Default `loop.dns`, the C library on the pool.
   */
  resolver?: HostResolver;
  /**
   * When the next address of a name is tried while those before do not answer: 10 to 2^31-1 ms,
   * default 250. See RFC 8305.
   */
  attemptDelayMs?: number;
}

const CONNECT_NAMES: OptionNames<ConnectOptions> = {
  ...ENDPOINT_NAMES,
  ...STREAM_NAMES,
  address: true,
  family: true,
  localAddress: true,
  localPort: true,
  timeoutMs: true,
  resolver: true,
  attemptDelayMs: true,
  socketOptions: true,
  keepAlive: true,
};

const EAGAIN = -constant('EAGAIN');
const EINPROGRESS = -constant('EINPROGRESS');
const EINTR = -constant('EINTR');
/** Linux alone has it. */
const NO_PORT = constants['IP_BIND_ADDRESS_NO_PORT'];

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

/** What says nothing about a Unix socket. */
const OF_IP = [
  'host',
  'address',
  'port',
  'localAddress',
  'localPort',
  'resolver',
  'attemptDelayMs',
] as const;
const ATTEMPT_DELAY_MS = 250;

/** Where to connect to. */
function targetOf({ host, address, family, port }: ConnectOptions): IpAddress {
  if (host !== undefined && address !== undefined) {
    throw invalidValue('options.address', 'left out beside host');
  }
  if (port === undefined) throw invalidType('options', 'an object with a port or a path');
  const target =
    address === undefined
      ? addressOf(host === undefined ? '127.0.0.1' : host, port)
      : addressOf(address, port, { host: 'options.address', port: 'options.port' });
  if (family === undefined || family === target.family) return target;
  throw invalidValue('options.family', `'${target.family}', as the address is`);
}

/** The Unix socket to connect to, if there is a path. */
function unixTargetOf(options: ConnectOptions): UnixPlace | undefined {
  const place = unixPlaceOf(options, 'connect', OF_IP);
  const { family } = options;
  if (place === undefined || family === undefined || family === 'unix') return place;
  throw invalidValue('options.family', "'unix', beside path");
}

/** Where to connect from; undefined: the kernel's choice. */
function localOf({ localAddress, localPort = 0 }: ConnectOptions, to: IpAddress) {
  if (localAddress === undefined && localPort === 0) return undefined;
  const every = to.family === 'ipv4' ? '0.0.0.0' : '::';
  if (localAddress === undefined) return addressOf(every, localPort, LOCAL_PLACE);
  const isName = typeof localAddress === 'string' && !isAddress(localAddress);
  const found = isName ? addressOfInterface(localAddress, to) : undefined;
  return addressOf(found ?? localAddress, localPort, LOCAL_PLACE);
}

/** The families that can be reached from where it is to connect from. */
function familiesOf(options: ConnectOptions): IpAddress['family'][] {
  const { family } = options;
  if (family === 'unix') throw invalidValue('options.family', "'ipv4' or 'ipv6', beside a host");
  let refusal: unknown;
  const wanted = family === undefined ? (['ipv6', 'ipv4'] as const) : [family];
  const fitting = wanted.filter((each) => {
    try {
      const local = localOf(options, { family: each, address: '', port: 0 });
      return local === undefined || local.family === each;
    } catch (error) {
      refusal = error;
      return false;
    }
  });
  if (fitting.length > 0) return fitting;
  throw refusal ?? invalidValue('options.localAddress', `an address of ${family}, as is asked for`);
}

/** The host to connect to, if it is told by its name. */
function namedTargetOf(options: ConnectOptions): NamedTarget | undefined {
  const { host, address, port } = options;
  if (address !== undefined || !isHostName(host)) return undefined;
  if (port === undefined) throw invalidType('options', 'an object with a port or a path');
  return { host, port: checkPort('options.port', port), families: familiesOf(options) };
}

/** A socket that is told what it is to be, and is on its way; what connect(2) said. */
function begin(to: IpAddress | UnixPlace, setUp: (fd: number) => void) {
  const fd = to.family === 'unix' ? openUnix(to) : openStream(to);
  return guarded(fd, () => {
    setUp(fd);
    return { fd, result: native.connect(fd, to) };
  });
}

/**
 * Starts to connect.
 *
 * @param names who looks names up, unless the options say; undefined: names are refused
 */
export function connect(
  loop: HandleLoop,
  given: ConnectOptions,
  handlers: StreamHandlers = NO_HANDLERS,
  names?: () => HostResolver,
): Socket {
  const options = readOptions('options', given, CONNECT_NAMES);
  checkHandlers(handlers);
  const settings = streamSettings(options);
  const { signal } = settings;
  const timeoutMs = timeLimit('timeoutMs', options.timeoutMs);
  const { attemptDelayMs = ATTEMPT_DELAY_MS } = options;
  checkInteger('options.attemptDelayMs', attemptDelayMs, 10, 2 ** 31 - 1);
  const resolver = checkResolver(options.resolver);
  const unix = unixTargetOf(options);
  const named = unix === undefined && names !== undefined ? namedTargetOf(options) : undefined;
  const target = unix ?? (named === undefined ? targetOf(options) : undefined);
  const isUnix = unix !== undefined;
  const local =
    target === undefined || target.family === 'unix' ? undefined : localOf(options, target);
  const setInitialOptions = readInitialOptions(options, !isUnix);
  throwIfAborted(signal);
  if (loop.closed) throw loopClosed();
  const transfer = isUnix ? unix.transfer : BY_SOCKET;
  const newSocket = () =>
    new Socket(
      loop,
      groupOf<Server<Address, Socket>>(settings, handlers, undefined, undefined, transfer),
    );
  const setUp = (fd: number, from: IpAddress | undefined) => {
    if (settings.noDelay && !isUnix) setNoDelay(fd);
    setInitialOptions(fd);
    if (from !== undefined) bindLocal(fd, from);
  };
  const limit = (socket: Socket, to: SystemErrorDetails) => {
    if (timeoutMs !== undefined) limitConnecting(socket, timeoutMs, to);
    if (signal !== undefined) endOnAbort(socket, signal, destroyBy);
    return socket;
  };
  if (target === undefined) {
    const { host, port } = named as NamedTarget;
    const socket = newSocket();
    socket.startByName({ address: host, port });
    limit(socket, { address: host, port });
    const each = (to: IpAddress) => begin(to, (fd) => setUp(fd, localOf(options, to)));
    const lookUp = resolver ?? (names as () => HostResolver)();
    void connectByName(socket, named as NamedTarget, lookUp, each, attemptDelayMs);
    return socket;
  }
  const { fd, result } = begin(target, (opened) => setUp(opened, local));
  return guarded(fd, () => {
    const socket = newSocket();
    socket.startConnecting(fd, detailsOf(target));
    if (isUnix && result === EAGAIN) connectLater(socket, unix);
    // Refused at once, as the loopback may, or EINVAL for a link-local address without its
    // interface: told like any other failure, later. After EINTR the attempt goes on.
    else if (result < 0 && result !== EINPROGRESS && result !== EINTR) {
      socket.destroy(systemError(result, 'connect', detailsOf(target)));
    }
    return limit(socket, detailsOf(target));
  });
}
