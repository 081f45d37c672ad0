// What goes with a datagram beside its bytes: options of `send` to the words that native code
// makes control messages of. See IP_PKTINFO, IP_TTL and IP_TOS in ip(7), UDP_SEGMENT in
// udp(7).
import { type OptionNames, readOptions } from '../base/options.js';
import { checkInteger } from '../base/validate.js';
import { native } from '../binding/index.js';
import type { HandleLoop } from '../loop/contract.js';
import { invalidType, invalidValue } from '../loop/errors.js';
import { constant, constants } from '../raw/constants.js';
import { codedError } from '../raw/errors.js';
import { descriptorsOf } from '../stream/passing.js';
import type { DatagramAddress } from './address.js';
import type { DatagramFamily } from './base.js';
import { writeLocal } from './info.js';
import { interfaceIndex } from './interfaces.js';
import {
  ANCILLARY_WORDS,
  DESCRIPTORS,
  INTERFACE,
  KNOWN,
  Known,
  LOCAL_FAMILY,
  SEGMENT_BYTES,
  TOS,
  TTL,
} from './layout.js';

/** What goes with one datagram. */
export interface SendOptions {
  /**
   * Of a Unix socket: descriptors to pass, up to 253. They stay the caller's, who may close them
   * when `send` returns.
   */
  fds?: readonly number[];
  /**
   * Where it is to leave from, such as `info.local` of the one that it answers: an address of
   * ours, an interface by its name or number, or both.
   */
  local?: { readonly address?: string; readonly interface?: string | number };
  /** How many hops it may take: 1 to 255. */
  ttl?: number;
  /** Type of service, or traffic class, with ECN in its last two bits: 0 to 255. */
  tos?: number;
  /**
   * UDP of Linux: the bytes are several datagrams of this length, the last perhaps shorter,
   * which the kernel cuts: 1 to 65,535; up to 64 of them, 65,507 bytes in all.
   */
  segmentBytes?: number;
}

const NAMES: OptionNames<SendOptions> = {
  fds: true,
  local: true,
  ttl: true,
  tos: true,
  segmentBytes: true,
};

/** An IPv4 address within IPv6, as a socket of both has it. */
const MAPPED = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;

/**
 * The words of `given`, behind which the descriptors stand; undefined: nothing goes with it.
 *
 * @throws TypeError, RangeError; Error ERR_FEATURE_UNAVAILABLE_ON_PLATFORM
 */
export function wordsOf(
  given: SendOptions,
  family: DatagramFamily,
  to: DatagramAddress | undefined,
): Int32Array | undefined {
  const { fds: listed, local, ttl, tos, segmentBytes } = readOptions('options', given, NAMES);
  const fds = listed === undefined ? [] : (descriptorsOf(listed) ?? []);
  if (fds.length > 0 && family !== 'unix') {
    throw invalidValue('options.fds', 'left out: only Unix sockets pass descriptors');
  }
  const words = new Int32Array(ANCILLARY_WORDS + fds.length);
  let known = fds.length > 0 ? Known.DESCRIPTORS : 0;
  words[DESCRIPTORS] = fds.length;
  words.set(fds, ANCILLARY_WORDS);
  const isV6 = family === 'ipv6' && !(to?.family === 'ipv6' && MAPPED.test(to.address));
  words[LOCAL_FAMILY] = isV6 ? 6 : 4;
  if (ttl !== undefined) {
    words[TTL] = checkInteger('options.ttl', ttl, 1, 255);
    known |= Known.TTL;
  }
  if (tos !== undefined) {
    words[TOS] = checkInteger('options.tos', tos, 0, 255);
    known |= Known.TOS;
  }
  if (segmentBytes !== undefined) {
    words[SEGMENT_BYTES] = checkInteger('options.segmentBytes', segmentBytes, 1, 65_535);
    known |= Known.SEGMENT;
  }
  if (local !== undefined) {
    putLocal(words, local, isV6);
    known |= Known.LOCAL;
  }
  words[KNOWN] = known;
  if (known === 0) return undefined;
  if (known !== Known.DESCRIPTORS && family !== 'ipv4' && family !== 'ipv6') {
    throw invalidValue('options', 'left out: these are options of IP');
  }
  if (segmentBytes !== undefined && constants['UDP_SEGMENT'] === undefined) {
    const message = 'options.segmentBytes: this system has no UDP_SEGMENT';
    throw codedError(Error, 'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM', message);
  }
  return words;
}

function putLocal(words: Int32Array, local: unknown, isV6: boolean): void {
  if (typeof local !== 'object' || local === null) {
    throw invalidType('options.local', 'an object with an address, an interface or both');
  }
  const { address, interface: by } = local as NonNullable<SendOptions['local']>;
  words[INTERFACE] =
    by === undefined || by === 0 ? 0 : interfaceIndex(by, 'options.local.interface');
  if (address === undefined) return;
  if (typeof address !== 'string') throw invalidType('options.local.address', 'a string');
  const plain = isV6 ? address : (MAPPED.exec(address)?.[1] ?? address);
  if (!writeLocal(words, plain, isV6 ? 6 : 4)) {
    throw invalidValue('options.local.address', `an ${isV6 ? 'IPv6' : 'IPv4'} address of ours`);
  }
}

/** The descriptors that go with a datagram. */
function fdsOf(words: Int32Array | undefined): Int32Array {
  return words === undefined ? NONE : words.subarray(ANCILLARY_WORDS);
}

const NONE = new Int32Array(0);
const F_DUPFD_CLOEXEC = constant('F_DUPFD_CLOEXEC');

/** Whether descriptors go with it. */
export function passes(words: Int32Array | undefined): boolean {
  return fdsOf(words).length > 0;
}

/**
 * Words whose descriptors are duplicates, which the loop holds until `closeHeld`; or -errno,
 * and there are none.
 */
export function held(loop: HandleLoop, words: Int32Array): Int32Array | number {
  const copy = words.slice(0, ANCILLARY_WORDS + fdsOf(words).length);
  for (const [i, fd] of fdsOf(words).entries()) {
    const result = native.fcntl(fd, F_DUPFD_CLOEXEC, 0);
    if (result < 0) {
      closeHeld(loop, copy.subarray(0, ANCILLARY_WORDS + i));
      return result;
    }
    copy[ANCILLARY_WORDS + i] = result;
    loop.holdings.owner.own(result);
  }
  return copy;
}

/** They were sent, or are not to be. */
export function closeHeld(loop: HandleLoop, words: Int32Array | undefined): void {
  for (const fd of fdsOf(words)) {
    loop.holdings.owner.giveUp(fd);
    native.close(fd);
  }
}
