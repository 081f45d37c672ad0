// Where to listen or to connect: options to a socket address, checked before any
// system call.
import type { OptionNames } from '../base/options.js';
import { type Address, type IpAddress, native, type UnixAddress } from '../binding/index.js';
import { invalidType, invalidValue } from '../loop/errors.js';
import { codedError } from '../raw/errors.js';

/** Where to listen or to connect. */
export interface Endpoint {
  /**
   * An IPv4 or IPv6 address, or 'localhost' (127.0.0.1). Default: 127.0.0.1 to connect
   * to; to listen at every address, of IPv6 and IPv4: '::', or '0.0.0.0' on a system
   * without IPv6. To connect to, also the name of a host, whose addresses are tried; to listen,
   * none: it may have addresses that are not ours, and several (`loop.dns.lookup` tells them).
   */
  host?: string;
  /** 0 to 65535; 0 when listening: the kernel picks one. */
  port?: number;
  /**
   * The place of a Unix socket, instead of `host` and `port`: a path of at most 107 bytes;
   * with a NUL before it a name of Linux's abstract namespace, which is no file. What a server
   * left there that is dead is taken over; what is anything else is EADDRINUSE.
   */
  path?: string;
  /**
   * Of a Unix socket: 'stream', the default, or 'seqpacket', in which each write is a record,
   * and so is each chunk. macOS has no 'seqpacket'.
   */
  type?: 'stream' | 'seqpacket';
}

export const ENDPOINT_NAMES: OptionNames<Endpoint> = {
  host: true,
  port: true,
  path: true,
  type: true,
};

const IPV4 = /^\d{1,3}(\.\d{1,3}){3}$/;

/** Which options an address is made of, for its errors. */
const PLACE = { host: 'options.host', port: 'options.port' };
/** What a look-up answered. */
export const ANSWERED_PLACE = { host: 'address of lookup', port: 'options.port' };
export const LOCAL_PLACE = { host: 'options.localAddress', port: 'options.localPort' };

/** Whether `host` is an address, as it is written. */
export function isAddress(host: string): boolean {
  const family = IPV4.test(host) ? 'ipv4' : 'ipv6';
  return host === 'localhost' || native.checkAddress({ family, address: host, port: 0 }) === 0;
}

/** A host that is no address: who gives a name is told what to do with it. */
function noAddress(name: string, host: string): Error {
  // Longer than any name, it is something else, and need not be told whole.
  const shown = host.length <= 253 ? host : `${host.slice(0, 80)}...`;
  if (name === LOCAL_PLACE.host) {
    return invalidValue(name, `an address, or an interface that is up, not '${shown}'`);
  }
  const isName = name !== ANSWERED_PLACE.host && isHostName(host);
  const answer = isName ? `. Names are not looked up here: ${LOOK_UP}` : '';
  return invalidValue(name, `an IPv4 or IPv6 address or 'localhost', not '${shown}'${answer}`);
}

const LOOK_UP = 'ask loop.dns first, (await loop.dns.lookup(name)).address';

/**
 * Whether `host` may be the name of a host, which is no address. What ends in a number is none:
 * the C library would take '0x7f.1' for an address in another way of writing.
 */
export function isHostName(host: unknown): host is string {
  if (typeof host !== 'string' || isAddress(host)) return false;
  if (!/^[^\s:/\0]{1,253}\.?$/.test(host) || /(^|\.)(\d+|0x[\da-f]*)\.?$/i.test(host)) return false;
  return /[a-z\u0080-\uffff]/i.test(host);
}

export function checkPort(name: string, port: unknown): number {
  if (typeof port !== 'number') throw invalidType(name, 'a number');
  if (Number.isInteger(port) && port >= 0 && port <= 65535) return port;
  throw codedError(
    RangeError,
    'ERR_SOCKET_BAD_PORT',
    `${name} must be an integer from 0 to 65535, not ${port}`,
  );
}

/**
 * The socket address of a host and a port.
 *
 * @throws TypeError ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE (a host that is no
 *   address); RangeError ERR_SOCKET_BAD_PORT
 */
export function addressOf(host: unknown, port: unknown, names = PLACE): IpAddress {
  if (typeof host !== 'string') throw invalidType(names.host, 'a string');
  const address = host === 'localhost' ? '127.0.0.1' : host.replace(/^\[(.*)\]$/, '$1');
  const checked = checkPort(names.port, port);
  const family = IPV4.test(address) ? 'ipv4' : 'ipv6';
  const found: IpAddress = { family, address, port: checked };
  // By the same parser that the calls will use, before any of them.
  if (native.checkAddress(found) === 0) return found;
  throw noAddress(names.host, host);
}

/** What an error about an address tells. */
export function detailsOf(address: IpAddress | UnixAddress) {
  return address.family === 'unix'
    ? { path: address.path }
    : { address: address.address, port: address.port };
}

/** An address as people write it: '127.0.0.1:80', '[::1]:80', a path. */
export function addressText(address: Address | undefined): string {
  if (address === undefined || ArrayBuffer.isView(address)) return '(no address)';
  if (address.family === 'unix') {
    return address.path === '' ? '(no name)' : address.path.replace('\0', '@');
  }
  const host = address.family === 'ipv6' ? `[${address.address}]` : address.address;
  return `${host}:${address.port}`;
}
