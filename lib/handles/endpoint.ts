// Where to listen or to connect: options to a socket address, checked before any
// system call.
import { type IpAddress, native, type UnixAddress } from '../binding/index.js';
import { invalidType, invalidValue } from '../loop/errors.js';
import { readOptions } from '../loop/validate.js';
import { codedError } from '../raw/errors.js';

export interface Endpoint {
  /** An IPv4 or IPv6 address, or 'localhost' (127.0.0.1). */
  host?: string;
  /** 0 to 65535; 0 when listening: the kernel picks one. */
  port?: number;
}

const IPV4 = /^\d{1,3}(\.\d{1,3}){3}$/;

/** @throws RangeError ERR_SOCKET_BAD_PORT */
export function checkPort(port: unknown): number {
  if (typeof port !== 'number') throw invalidType('options.port', 'a number');
  if (Number.isInteger(port) && port >= 0 && port <= 65535) return port;
  throw codedError(
    RangeError,
    'ERR_SOCKET_BAD_PORT',
    `options.port must be an integer from 0 to 65535, not ${port}`,
  );
}

/**
 * The socket address of an endpoint.
 *
 * @throws TypeError ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE (a host that is no
 *   address); RangeError ERR_SOCKET_BAD_PORT
 */
export function addressOf(endpoint: Endpoint, fallbackHost: string): IpAddress {
  const { host = fallbackHost, port } = readOptions('endpoint', endpoint);
  if (typeof host !== 'string') throw invalidType('options.host', 'a string');
  const address = host === 'localhost' ? '127.0.0.1' : host.replace(/^\[(.*)\]$/, '$1');
  const checked = checkPort(port);
  const family = IPV4.test(address) ? 'ipv4' : 'ipv6';
  const found: IpAddress = { family, address, port: checked };
  // By the same parser that the calls will use, before any of them.
  if (native.checkAddress(found) === 0) return found;
  const expected = "an IPv4 or IPv6 address or 'localhost'";
  throw invalidValue('options.host', `${expected}, not '${host}'`);
}

/** What an error about an address tells. */
export function detailsOf(address: IpAddress | UnixAddress) {
  return address.family === 'unix'
    ? { path: address.path }
    : { address: address.address, port: address.port };
}
