// Groups: a socket joins one to receive what is sent to it, and says how it sends to groups
// itself. The structs are the kernel's: what differs between systems stands beside it. See
// ip(7), ipv6(7), and RFC 3678.
import { type OptionNames, readOptions } from '../base/options.js';
import { checkInteger } from '../base/validate.js';
import { native } from '../binding/index.js';
import { handleClosed, invalidType, invalidValue } from '../loop/errors.js';
import { sharedWords } from '../loop/layout.js';
import { constant, constants } from '../raw/constants.js';
import { check, codedError } from '../raw/errors.js';
import type { DatagramBase } from './base.js';
import { interfaceIndex } from './interfaces.js';
import { PEER_NAME, PEER_WORDS } from './layout.js';

/** By which way a group is joined or left. */
export interface MembershipOptions {
  /** An interface by its name or number, or of IPv4 by its address. Default: the kernel's choice. */
  interface?: string | number;
  /** Of whom alone it is heard (source-specific). */
  source?: string;
}

/** How a socket sends to groups. */
export interface MulticastOptions {
  /** The interface, as in `MembershipOptions`. */
  interface?: string | number;
  /** Whether sockets of this machine hear it as well. The system's default is true. */
  loopback?: boolean;
  /** How many hops it may take: 0 to 255. The system's default is 1. */
  ttl?: number;
}

const MEMBERSHIP_NAMES: OptionNames<MembershipOptions> = { interface: true, source: true };
const MULTICAST_NAMES: OptionNames<MulticastOptions> = {
  interface: true,
  loopback: true,
  ttl: true,
};

const IPPROTO_IP = constant('IPPROTO_IP');
const IPPROTO_IPV6 = constant('IPPROTO_IPV6');
/** The bytes of a sockaddr_storage, and of what stands before the first in group_source_req. */
const STORAGE_BYTES = 128;
const BEFORE_STORAGE = 8;

/** Which of IPv4 and IPv6 a socket's groups are of. @throws */
function familyOf(socket: DatagramBase): 'ipv4' | 'ipv6' {
  if (!socket.active) throw handleClosed(socket.kind);
  if (socket.family === 'ipv4' || socket.family === 'ipv6') return socket.family;
  throw codedError(
    Error,
    'ERR_SOCKET_DGRAM_NO_GROUPS',
    'this socket has no groups: it is not of IP',
  );
}

/** A sockaddr of `text`, as bytes. @throws TypeError ERR_INVALID_ARG_VALUE */
function sockaddrOf(family: 'ipv4' | 'ipv6', text: unknown, name: string): Uint8Array {
  if (typeof text !== 'string') throw invalidType(name, 'a string');
  const words = sharedWords(PEER_WORDS);
  if (native.writePeer(words, 0, { family, address: text, port: 0 }) !== 0) {
    throw invalidValue(name, `an address of ${family === 'ipv4' ? 'IPv4' : 'IPv6'}`);
  }
  return new Uint8Array(words.buffer, PEER_NAME * 4).slice();
}

/** The address alone, as it stands on the wire. */
function addressBytes(family: 'ipv4' | 'ipv6', text: unknown, name: string): Uint8Array {
  const sockaddr = sockaddrOf(family, text, name);
  return family === 'ipv4' ? sockaddr.subarray(4, 8) : sockaddr.subarray(8, 24);
}

/** An interface by number, or of IPv4 by its address. */
function wayOf(family: 'ipv4' | 'ipv6', given: unknown): { index: number; address: Uint8Array } {
  const name = 'options.interface';
  const any = new Uint8Array(4);
  if (given === undefined) return { index: 0, address: any };
  if (family === 'ipv4' && typeof given === 'string' && /^\d+\.\d+\.\d+\.\d+$/.test(given)) {
    return { index: 0, address: addressBytes(family, given, name) };
  }
  return { index: interfaceIndex(given, name), address: any };
}

/** A struct: bytes and numbers of 32 bits, one behind the other. */
function struct(...parts: (Uint8Array | number)[]): Uint8Array {
  const bytes = parts.flatMap((part) =>
    typeof part === 'number' ? [...new Uint8Array(new Int32Array([part]).buffer)] : [...part],
  );
  return Uint8Array.from(bytes);
}

/** Joins a group, or leaves it. @throws TypeError, RangeError, SystemError */
export function setMembership(
  socket: DatagramBase,
  joins: boolean,
  group: string,
  given: MembershipOptions,
): void {
  const family = familyOf(socket);
  const { interface: by, source } = readOptions('options', given, MEMBERSHIP_NAMES);
  const address = addressBytes(family, group, 'group');
  const { index, address: local } = wayOf(family, by);
  const set = (level: number, name: string, value: Uint8Array) => {
    const result = native.setsockopt(socket.handleFd, level, available(name), value);
    check(result, 'setsockopt', { address: group });
  };
  if (source === undefined) {
    if (family === 'ipv4') {
      const name = joins ? 'IP_ADD_MEMBERSHIP' : 'IP_DROP_MEMBERSHIP';
      set(IPPROTO_IP, name, struct(address, local, index));
    } else {
      const name = joins ? 'IPV6_JOIN_GROUP' : 'IPV6_LEAVE_GROUP';
      set(IPPROTO_IPV6, name, struct(address, index));
    }
    return;
  }
  const only = addressBytes(family, source, 'options.source');
  if (family === 'ipv4' && index === 0) {
    const name = joins ? 'IP_ADD_SOURCE_MEMBERSHIP' : 'IP_DROP_SOURCE_MEMBERSHIP';
    // The BSDs have the last two the other way round.
    const isLinux = process.platform === 'linux';
    set(IPPROTO_IP, name, isLinux ? struct(address, local, only) : struct(address, only, local));
    return;
  }
  const value = new Uint8Array(BEFORE_STORAGE + 2 * STORAGE_BYTES);
  new Uint32Array(value.buffer)[0] = index;
  value.set(sockaddrOf(family, group, 'group'), BEFORE_STORAGE);
  value.set(sockaddrOf(family, source, 'options.source'), BEFORE_STORAGE + STORAGE_BYTES);
  const level = family === 'ipv4' ? IPPROTO_IP : IPPROTO_IPV6;
  set(level, joins ? 'MCAST_JOIN_SOURCE_GROUP' : 'MCAST_LEAVE_SOURCE_GROUP', value);
}

function available(name: string): number {
  const option = constants[name];
  if (option !== undefined) return option;
  const message = `this system has no ${name}`;
  throw codedError(Error, 'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM', message);
}

/** Says how the socket sends to groups. @throws TypeError, RangeError, SystemError */
export function setMulticast(socket: DatagramBase, given: MulticastOptions): void {
  const family = familyOf(socket);
  const { interface: by, loopback, ttl } = readOptions('options', given, MULTICAST_NAMES);
  const { index, address } = wayOf(family, by);
  if (loopback !== undefined && typeof loopback !== 'boolean') {
    throw invalidType('options.loopback', 'a boolean');
  }
  if (ttl !== undefined) checkInteger('options.ttl', ttl, 0, 255);
  const isV4 = family === 'ipv4';
  const level = isV4 ? IPPROTO_IP : IPPROTO_IPV6;
  const set = (name: string, value: number | Uint8Array) => {
    check(native.setsockopt(socket.handleFd, level, constant(name), value), 'setsockopt');
  };
  if (by !== undefined) {
    if (isV4) set('IP_MULTICAST_IF', struct(new Uint8Array(4), address, index));
    else set('IPV6_MULTICAST_IF', index);
  }
  if (loopback !== undefined) set(`${isV4 ? 'IP' : 'IPV6'}_MULTICAST_LOOP`, loopback ? 1 : 0);
  if (ttl !== undefined) set(isV4 ? 'IP_MULTICAST_TTL' : 'IPV6_MULTICAST_HOPS', ttl);
}
