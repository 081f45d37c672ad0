// Who sent a datagram, or is to get one. The object of a known peer is the same for each of
// its datagrams, and knows its place in the loop's table, so that an answer to it encodes
// nothing. It never changes. See ip(7), ipv6(7), unix(7).
import type { Address } from '../binding/index.js';
import { invalidType, invalidValue } from '../loop/errors.js';
import { addressOf } from '../net/endpoint.js';
import type { SystemErrorDetails } from '../raw/errors.js';

/** Where an address stands in the table of peers that had it last. */
abstract class Peer {
  #index = -1;
  #stamp = 0;

  /** Its place, if the stamp there is the one that it knows; else -1. @internal */
  static indexIn(stamps: Int32Array, peer: Peer): number {
    const index = peer.#index;
    return index >= 0 && stamps[index] === peer.#stamp ? index : -1;
  }

  /** @internal */
  static place(peer: Peer, index: number, stamp: number): void {
    peer.#index = index;
    peer.#stamp = stamp;
  }

  /** Of whatever realm's prototype: who has our fields is ours. @internal */
  static is(value: object): value is Peer {
    return #index in value;
  }
}

/** An address of UDP: what `message` is given, and `send` takes. Frozen. */
export class IpDatagramAddress extends Peer {
  /** 'ipv4' or 'ipv6'. */
  readonly family: 'ipv4' | 'ipv6';
  /** Dotted or colon notation, perhaps with a zone: `fe80::1%eth0`. */
  readonly address: string;
  /** 0 to 65535. */
  readonly port: number;

  /** @internal */
  constructor(family: 'ipv4' | 'ipv6', address: string, port: number) {
    super();
    this.family = family;
    this.address = address;
    this.port = port;
    Object.freeze(this);
  }
}

/** The name of a Unix datagram socket. Frozen. */
export class UnixDatagramAddress extends Peer {
  /** 'unix'. */
  readonly family = 'unix';
  /** A path; a leading NUL: an abstract name; '': a socket without a name. */
  readonly path: string;

  /** @internal */
  constructor(path: string) {
    super();
    this.path = path;
    Object.freeze(this);
  }
}

/** An address of any other family, such as netlink's or that of a packet socket. Frozen. */
export class RawDatagramAddress extends Peer {
  /** 'raw'. */
  readonly family = 'raw';
  /** The sockaddr; empty: there is none. */
  readonly bytes: Uint8Array;

  /** @internal */
  constructor(bytes: Uint8Array) {
    super();
    this.bytes = bytes;
    Object.freeze(this);
  }
}

/** Who sent a datagram, or is to get one; the same object for a known peer. */
export type DatagramAddress = IpDatagramAddress | UnixDatagramAddress | RawDatagramAddress;

export const indexIn: (stamps: Int32Array, peer: DatagramAddress) => number = Peer.indexIn;
export const place: (peer: DatagramAddress, index: number, stamp: number) => void = Peer.place;

/** Whether `send` was given what `message` was. */
export function isDatagramAddress(value: object): value is DatagramAddress {
  return Peer.is(value);
}

/** A place of UDP, as a program writes it. */
export interface IpTarget {
  /** An IPv4 or IPv6 address, perhaps with a zone, or 'localhost'. */
  host?: string;
  /** The same, as `address` of a socket has it. */
  address?: string;
  /** 1 to 65535. */
  port: number;
  /** Looked at by nobody: what the address is counts. */
  family?: 'ipv4' | 'ipv6';
}

/** A Unix socket, as a program writes it. */
export interface UnixTarget {
  /** A path of at most 107 bytes, or a NUL and an abstract name. */
  path: string;
  /** Looked at by nobody. */
  family?: 'unix';
}

/**
 * Where a datagram is to go: what `message` was given, a place, or the bytes of a sockaddr of
 * any other family.
 */
export type DatagramTarget = DatagramAddress | IpTarget | UnixTarget | Uint8Array;

/** The object of an address that the kernel gave. */
export function fromAddress(address: Address): DatagramAddress {
  if (ArrayBuffer.isView(address)) return new RawDatagramAddress(address as Uint8Array);
  if (address.family === 'unix') return new UnixDatagramAddress(address.path);
  return new IpDatagramAddress(address.family, address.address, address.port);
}

/** The address as system calls take it. */
export function toAddress(peer: DatagramAddress): Address {
  return peer.family === 'raw' ? peer.bytes : peer;
}

/** What an error about an address tells. */
export function detailsOf(peer: DatagramAddress | undefined): SystemErrorDetails | undefined {
  if (peer === undefined || peer.family === 'raw') return undefined;
  if (peer.family === 'unix') return { path: peer.path };
  return { address: peer.address, port: peer.port };
}

/** How many places written by hand are remembered. */
const MAX_KNOWN = 1024;

/** What a place is to be. */
const PLACES = 'an address: { host, port }, { path } or what message was given';

/** Places that a program writes as `{ host, port }`, each of them encoded once. */
export class KnownTargets {
  readonly #known = new Map<string, DatagramAddress>();
  #lastHost = '';
  #lastPort = -1;
  #last: DatagramAddress | undefined;

  /**
   * The address of `target`.
   *
   * @param name of the argument, for errors
   * @throws TypeError ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE; RangeError
   *   ERR_SOCKET_BAD_PORT
   */
  find(target: unknown, name: string): DatagramAddress {
    if (typeof target !== 'object' || target === null) throw invalidType(name, PLACES);
    if (isDatagramAddress(target)) return target;
    if (target instanceof Uint8Array) return new RawDatagramAddress(target.slice());
    const { path, host, address = host, port } = target as Record<string, unknown>;
    if (path !== undefined) return this.#unix(path, name);
    if (this.#last !== undefined && address === this.#lastHost && port === this.#lastPort) {
      return this.#last;
    }
    if (address === undefined) throw invalidType(name, PLACES);
    return this.#ip(address, port, name);
  }

  #ip(host: unknown, port: unknown, name: string): DatagramAddress {
    const names = { host: `${name}.host`, port: `${name}.port` };
    const key = typeof host === 'string' && typeof port === 'number' ? `${port} ${host}` : '';
    let found = this.#known.get(key);
    if (found === undefined || key === '') {
      const { family, address, port: checked } = addressOf(host, port, names);
      if (checked === 0) throw invalidValue(names.port, 'a port that can be sent to, not 0');
      found = this.#remember(key, new IpDatagramAddress(family, address, checked));
    }
    this.#lastHost = host as string;
    this.#lastPort = port as number;
    this.#last = found;
    return found;
  }

  #unix(path: unknown, name: string): DatagramAddress {
    if (typeof path !== 'string') throw invalidType(`${name}.path`, 'a string');
    if (path === '') throw invalidValue(`${name}.path`, 'the name of a socket, not empty');
    const key = `u${path}`;
    return this.#known.get(key) ?? this.#remember(key, new UnixDatagramAddress(path));
  }

  #remember(key: string, found: DatagramAddress): DatagramAddress {
    if (this.#known.size === MAX_KNOWN) this.#known.clear();
    this.#known.set(key, found);
    return found;
  }
}
