// What `loop.dgram` takes, checked before any side effect: where the socket is, whom it is
// connected to, what the kernel is to tell. See socket(7), ip(7), ipv6(7), udp(7), unix(7).
import { checkSignal } from '../base/abort.js';
import { type OptionNames, readOptions } from '../base/options.js';
import { checkDescriptor, checkInteger } from '../base/validate.js';
import type { IpAddress, UnixAddress } from '../binding/index.js';
import { invalidType, invalidValue } from '../loop/errors.js';
import { addressOf } from '../net/endpoint.js';
import { constants } from '../raw/constants.js';
import { codedError } from '../raw/errors.js';
import { readInitialOptions } from '../socket-options/initial.js';
import type { InitialOptions } from '../socket-options/values.js';
import { boolean, byteLimit } from '../stream/options.js';
import { checkMode, unixAddressOf } from '../unix/path.js';
import { type DatagramAddress, type DatagramTarget, KnownTargets } from './address.js';

/** Where a datagram socket is, and how. */
export interface DgramOptions {
  /** An IPv4 or IPv6 address of ours, or 'localhost'. Default, with a `port`: every address. */
  host?: string;
  /** Our port: 0 to 65535; 0, the default with a `host`: the kernel picks one. */
  port?: number;
  /**
   * The place of a Unix socket, a path or an abstract name behind a NUL. What a dead socket left
   * there is taken over; what we made is removed as it closes.
   */
  path?: string;
  /** The permissions of that file: 0 to 0o777. */
  mode?: number;
  /**
   * A datagram socket that was opened elsewhere, of any family: it is owned, does not block and
   * is closed with this one. What throws leaves it as it was.
   */
  fd?: number;
  /** What kind of socket, where nothing else says it: one that only sends. */
  family?: 'ipv4' | 'ipv6' | 'unix';
  /** Whom it is connected to: `send` needs no address, nothing else is received. */
  to?: DatagramTarget;
  /** SO_REUSEADDR: others may have the same port, to share a group say. Default false. */
  reuseAddress?: boolean;
  /** SO_REUSEPORT: several processes or Workers share a port. Default false. */
  reusePort?: boolean;
  /** IPV6_V6ONLY: '::' takes IPv6 alone. Default false. */
  ipv6Only?: boolean;
  /** SO_BROADCAST: it may be sent to broadcast addresses. Default false. */
  broadcast?: boolean;
  /** `send` returns false above this many queued bytes: 0 to 2^31-1, default 65,536. */
  highWaterMark?: number;
  /**
   * Above this many queued bytes, 128 for each datagram counted in, a datagram is dropped and
   * counted: 0 to 2^53-1, default 16 MiB.
   */
  maxBufferedBytes?: number;
  /** Chunks are borrowed views or copies; see `StreamOptions`. */
  chunks?: 'borrow' | 'copy';
  /** A longer datagram comes cut, and says so: 64 to 2,097,152 bytes, default 65,536. */
  maxDatagramBytes?: number;
  /** What `info` is to tell of each datagram. */
  info?: DgramInfoOptions;
  /**
   * UDP_GRO: datagrams of one peer that come together are one chunk, and
   * `info.segmentBytes` says of which length they were. Default false. Linux's.
   */
  gro?: boolean;
  /**
   * IP_RECVERR: that a datagram did not arrive is told with whom it was for, also by a
   * socket that is not connected. Default true where there is such a thing: IP on Linux.
   */
  errors?: boolean;
  /** Closes the socket when it aborts. */
  signal?: AbortSignal;
  /** Socket options by name, set before it is bound; see docs/socket-options.md. */
  socketOptions?: InitialOptions['socketOptions'];
}

/** What the kernel is asked to tell of each datagram. All are false by default. */
export interface DgramInfoOptions {
  /** Which address and interface it came to. */
  pktinfo?: boolean;
  /** Hops that were left. */
  ttl?: boolean;
  /** Type of service, or traffic class, and ECN. */
  tos?: boolean;
  /** When it was received. */
  timestamp?: boolean;
  /** Who sent it; Unix sockets. */
  credentials?: boolean;
}

const NAMES: OptionNames<DgramOptions> = {
  host: true,
  port: true,
  path: true,
  mode: true,
  fd: true,
  family: true,
  to: true,
  reuseAddress: true,
  reusePort: true,
  ipv6Only: true,
  broadcast: true,
  highWaterMark: true,
  maxBufferedBytes: true,
  chunks: true,
  maxDatagramBytes: true,
  info: true,
  gro: true,
  errors: true,
  signal: true,
  socketOptions: true,
};

const INFO_NAMES: OptionNames<DgramInfoOptions> = {
  pktinfo: true,
  ttl: true,
  tos: true,
  timestamp: true,
  credentials: true,
};

const MAX_BUFFERED_BYTES = 16 * 2 ** 20;

/** Where the socket is to be. */
export type DgramPlace =
  /** The first of these that there is; bound, or only of their family. */
  | { readonly kind: 'ip'; readonly addresses: readonly IpAddress[]; readonly bound: boolean }
  | {
      readonly kind: 'unix';
      readonly address: UnixAddress | undefined;
      readonly mode: number | undefined;
    }
  | { readonly kind: 'fd'; readonly fd: number };

/** What all of the options say. */
export interface DgramPlan {
  readonly place: DgramPlace;
  readonly to: DatagramAddress | undefined;
  readonly reuseAddress: boolean;
  readonly reusePort: boolean;
  readonly ipv6Only: boolean;
  readonly broadcast: boolean;
  readonly highWaterMark: number;
  readonly maxBufferedBytes: number;
  readonly chunks: 'borrow' | 'copy' | undefined;
  readonly maxDatagramBytes: number;
  readonly info: DgramInfoOptions;
  readonly gro: boolean;
  readonly errors: boolean | undefined;
  readonly signal: AbortSignal | undefined;
  /** Sets `socketOptions`. */
  readonly setInitialOptions: (fd: number) => void;
}

/** Of a socket that was opened elsewhere these are decided. */
const DECIDED = [
  'host',
  'port',
  'path',
  'mode',
  'family',
  'reuseAddress',
  'reusePort',
  'ipv6Only',
] as const;
const IP_ONLY = [
  'host',
  'port',
  'reuseAddress',
  'reusePort',
  'ipv6Only',
  'broadcast',
  'gro',
  'errors',
] as const;

function refuseBeside(options: DgramOptions, names: readonly (keyof DgramOptions)[], what: string) {
  const other = names.find((name) => options[name] !== undefined);
  if (other !== undefined) throw invalidValue(`options.${other}`, `left out beside ${what}`);
}

/** An option of the kernel that this system may not have. @throws Error */
function checkAvailable(name: string, wanted: boolean, constant: string): boolean {
  if (!wanted || constants[constant] !== undefined) return wanted;
  const message = `options.${name}: this system has no ${constant}`;
  throw codedError(Error, 'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM', message);
}

function familyOf(options: DgramOptions, to: DatagramAddress | undefined) {
  const { family } = options;
  if (family === undefined) return options.path !== undefined ? 'unix' : to?.family;
  if (family !== 'ipv4' && family !== 'ipv6' && family !== 'unix') {
    throw invalidValue('options.family', "'ipv4', 'ipv6' or 'unix'");
  }
  return family;
}

function placeOf(options: DgramOptions, to: DatagramAddress | undefined): DgramPlace {
  const { fd, host, port, path, mode } = options;
  if (fd !== undefined) {
    refuseBeside(options, DECIDED, 'fd: the socket is open already');
    return { kind: 'fd', fd: checkDescriptor('options.fd', fd) };
  }
  const family = familyOf(options, to);
  if (family === 'unix') {
    refuseBeside(options, IP_ONLY, path === undefined ? "family 'unix'" : 'path');
    const address = path === undefined ? undefined : unixAddressOf(path, 'bind');
    if (address !== undefined) return { kind: 'unix', address, mode: checkMode(mode, address) };
    if (mode !== undefined) throw invalidValue('options.mode', 'left out without a path');
    return { kind: 'unix', address: undefined, mode: undefined };
  }
  refuseBeside(options, ['path', 'mode'], 'an address of IP');
  if (host !== undefined) {
    const address = addressOf(host, port ?? 0);
    if (family === undefined || family === address.family || options.family === undefined) {
      return { kind: 'ip', addresses: [address], bound: true };
    }
    throw invalidValue('options.family', `'${address.family}', as the host is`);
  }
  const v4 = addressOf('0.0.0.0', port ?? 0);
  const v6 = addressOf('::', port ?? 0);
  if (port === undefined && family !== 'ipv4' && family !== 'ipv6') {
    throw invalidValue('options', 'an object with a host, port, path, fd, family or to');
  }
  const bound = port !== undefined;
  if (family === 'ipv4') return { kind: 'ip', addresses: [v4], bound };
  const only = family === 'ipv6' || options.ipv6Only === true;
  return { kind: 'ip', addresses: only ? [v6] : [v6, v4], bound };
}

function infoOptions(given: DgramInfoOptions | undefined): DgramInfoOptions {
  if (given === undefined) return {};
  const info = readOptions('options.info', given, INFO_NAMES);
  for (const [name, value] of Object.entries(info)) {
    if (typeof value !== 'boolean') throw invalidType(`options.info.${name}`, 'a boolean');
  }
  return info;
}

/** @throws TypeError, RangeError; SystemError ENAMETOOLONG; Error for what the system lacks */
export function readDgramOptions(given: DgramOptions): DgramPlan {
  const options = readOptions('options', given, NAMES);
  const { highWaterMark = 65536, maxDatagramBytes = 65536, chunks, errors } = options;
  if (chunks !== undefined && chunks !== 'borrow' && chunks !== 'copy') {
    throw invalidValue('options.chunks', "'borrow' or 'copy'");
  }
  const to =
    options.to === undefined ? undefined : new KnownTargets().find(options.to, 'options.to');
  return {
    place: placeOf(options, to),
    to,
    reuseAddress: boolean('reuseAddress', options.reuseAddress, false),
    reusePort: boolean('reusePort', options.reusePort, false),
    ipv6Only: boolean('ipv6Only', options.ipv6Only, false),
    broadcast: boolean('broadcast', options.broadcast, false),
    highWaterMark: checkInteger('options.highWaterMark', highWaterMark, 0, 2 ** 31 - 1),
    maxBufferedBytes: byteLimit('maxBufferedBytes', options.maxBufferedBytes, MAX_BUFFERED_BYTES),
    chunks,
    maxDatagramBytes: checkInteger('options.maxDatagramBytes', maxDatagramBytes, 64, 2 ** 21),
    info: infoOptions(options.info),
    gro: checkAvailable('gro', boolean('gro', options.gro, false), 'UDP_GRO'),
    errors:
      errors === undefined
        ? undefined
        : checkAvailable('errors', boolean('errors', errors, false), 'IP_RECVERR'),
    signal: checkSignal(options.signal),
    setInitialOptions: readInitialOptions(options as InitialOptions, false),
  };
}
