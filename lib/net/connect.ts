// loop.connect: from options to a socket that is on its way. Everything is checked before
// the first system call. See connect(2), ip(7), unix(7).
import { throwIfAborted } from '../base/abort.js';
import { type OptionNames, readOptions } from '../base/options.js';
import { type Address, type IpAddress, native } from '../binding/index.js';
import type { HandleLoop } from '../loop/contract.js';
import { invalidType, invalidValue, loopClosed } from '../loop/errors.js';
import { endOnAbort } from '../loop/when-closed.js';
import { constant, constants } from '../raw/constants.js';
import { systemError } from '../raw/errors.js';
import { readInitialOptions } from '../socket-options/initial.js';
import type { InitialOptions } from '../socket-options/values.js';
import { NO_HANDLERS, type StreamOptions } from '../stream/handlers.js';
import { groupOf, STREAM_NAMES, streamSettings, timeLimit } from '../stream/options.js';
import { destroyBy } from '../stream/stream.js';
import { BY_SOCKET } from '../stream/transfer.js';
import {
  addressOf,
  detailsOf,
  ENDPOINT_NAMES,
  type Endpoint,
  isAddress,
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
  /** What `address` or `path` is; looked at, not needed. */
  family?: 'ipv4' | 'ipv6' | 'unix';
  /**
   * The address to connect from, or the name of an interface ('lo', 'eth0'), whose address of the
   * right family it is then. Default: the kernel's choice.
   */
  localAddress?: string;
  /** The port to connect from: 0 to 65535, default 0. */
  localPort?: number;
  /**
   * How long it may take to connect: 1 to 2^53-1 ms; then `close` tells ETIMEDOUT. Default: as
   * long as the kernel tries, two minutes on Linux.
   */
  timeoutMs?: number;
}

const CONNECT_NAMES: OptionNames<ConnectOptions> = {
  ...ENDPOINT_NAMES,
  ...STREAM_NAMES,
  address: true,
  family: true,
  localAddress: true,
  localPort: true,
  timeoutMs: true,
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
const OF_IP = ['host', 'address', 'port', 'localAddress', 'localPort'] as const;

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

/** Starts to connect. */
export function connect(
  loop: HandleLoop,
  given: ConnectOptions,
  handlers: StreamHandlers = NO_HANDLERS,
): Socket {
  const options = readOptions('options', given, CONNECT_NAMES);
  checkHandlers(handlers);
  const settings = streamSettings(options);
  const { signal } = settings;
  const timeoutMs = timeLimit('timeoutMs', options.timeoutMs);
  const target = unixTargetOf(options) ?? targetOf(options);
  const isUnix = target.family === 'unix';
  const local = isUnix ? undefined : localOf(options, target);
  const setInitialOptions = readInitialOptions(options, !isUnix);
  throwIfAborted(signal);
  if (loop.closed) throw loopClosed();
  const fd = isUnix ? openUnix(target) : openStream(target);
  return guarded(fd, () => {
    if (settings.noDelay && !isUnix) setNoDelay(fd);
    setInitialOptions(fd);
    if (local !== undefined) bindLocal(fd, local);
    const result = native.connect(fd, target);
    const transfer = isUnix ? target.transfer : BY_SOCKET;
    const group = groupOf<Server<Address, Socket>>(
      settings,
      handlers,
      undefined,
      undefined,
      transfer,
    );
    const socket = new Socket(loop, group);
    socket.startConnecting(fd, detailsOf(target));
    if (isUnix && result === EAGAIN) connectLater(socket, target);
    // Refused at once, as the loopback may, or EINVAL for a link-local address without its
    // interface: told like any other failure, later. After EINTR the attempt goes on.
    else if (result < 0 && result !== EINPROGRESS && result !== EINTR) {
      socket.destroy(systemError(result, 'connect', detailsOf(target)));
    }
    if (timeoutMs !== undefined) limitConnecting(socket, timeoutMs, detailsOf(target));
    if (signal !== undefined) endOnAbort(socket, signal, destroyBy);
    return socket;
  });
}
