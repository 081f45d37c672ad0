// What to wait for and what was found, as bits. The values of the conditions are
// poll(2)'s, which native/poll/readiness.h shares; each backend translates the rest.
import { invalidType, outOfRange } from '../base/errors.js';
import { type OptionNames, readOptions } from '../base/options.js';

/** What to wait for. Without Edge or Oneshot a condition is reported as long as it holds. */
export const Interest = Object.freeze({
  /** Readable, or a peer that ended. */
  READ: 0x001,
  /** Out-of-band data; on Linux also sysfs, GPIO and procfs changes. */
  PRIORITY: 0x002,
  /** Writable, or connected. */
  WRITE: 0x004,
  /** Report a change once, not a state: read until EAGAIN before the next wait. */
  EDGE: 0x100,
  /** Report once, then nothing until `modify`. */
  ONESHOT: 0x200,
  /** Wake few of the pollers that wait for this descriptor, where supported. */
  EXCLUSIVE: 0x400,
  /** What happens to a file or a folder, where supported: nothing else but EDGE goes with it. */
  VNODE: 0x800,
});

/** What was found. Error and hangup are reported whether asked for or not. */
export const Ready = Object.freeze({
  /** Readable, or the peer ended. */
  READ: 0x001,
  /** Something urgent. */
  PRIORITY: 0x002,
  /** Writable. */
  WRITE: 0x004,
  /** There is an error to ask for. */
  ERROR: 0x008,
  /** The other side is gone. */
  HANGUP: 0x010,
  /** Of VNODE: a file was written or cut; in a folder something came, went or was renamed. */
  WRITTEN: 0x1000,
  /** Of VNODE: permissions, owner, times. */
  ATTRIBUTES: 0x2000,
  /** Of VNODE: more or fewer names lead to it. */
  LINKS: 0x4000,
  /** Of VNODE: it has another name. */
  RENAMED: 0x8000,
  /** Of VNODE: a name of it is gone, with the last of them the file. */
  DELETED: 0x10000,
  /** Of VNODE: its file system is gone. */
  REVOKED: 0x20000,
});

/** The conditions of an interest, without its modes. */
export const CONDITIONS = Interest.READ | Interest.PRIORITY | Interest.WRITE;

/** What VNODE tells. */
export const CHANGES =
  Ready.WRITTEN | Ready.ATTRIBUTES | Ready.LINKS | Ready.RENAMED | Ready.DELETED | Ready.REVOKED;

const ALL = CONDITIONS | Interest.EDGE | Interest.ONESHOT | Interest.EXCLUSIVE | Interest.VNODE;

/** An interest by name, as users write it. */
export interface InterestOptions {
  /** Bytes, the end, or somebody to accept. */
  read?: boolean;
  /** A write would be taken. */
  write?: boolean;
  /** Something urgent (POLLPRI): a GPIO edge, out-of-band data. */
  priority?: boolean;
  /** Told once when it becomes so, not as long as it is so (EPOLLET, EV_CLEAR). */
  edge?: boolean;
  /** Told once, then not until it is registered anew (EPOLLONESHOT, EV_DISPATCH). */
  oneshot?: boolean;
  /** Of several pollers of one descriptor not all are woken (EPOLLEXCLUSIVE). */
  exclusive?: boolean;
}

export const INTEREST_NAMES: OptionNames<InterestOptions> = {
  read: true,
  write: true,
  priority: true,
  edge: true,
  oneshot: true,
  exclusive: true,
};

const BITS: readonly (readonly [keyof InterestOptions, number])[] = [
  ['read', Interest.READ],
  ['write', Interest.WRITE],
  ['priority', Interest.PRIORITY],
  ['edge', Interest.EDGE],
  ['oneshot', Interest.ONESHOT],
  ['exclusive', Interest.EXCLUSIVE],
];

/**
 * The bits of an interest that is given as bits or by name.
 *
 * @throws TypeError ERR_INVALID_ARG_TYPE when it is neither, or a member is no boolean;
 *   ERR_INVALID_ARG_VALUE for a name that is not known
 * @throws RangeError ERR_OUT_OF_RANGE for unknown bits
 */
export function toInterest(interest: InterestOptions | number): number {
  if (typeof interest === 'number') {
    if (interest >= 0 && interest <= ALL && (interest & ALL) === interest) return interest;
    throw outOfRange('interest', 'Interest bits', interest);
  }
  if (typeof interest !== 'object' || interest === null) {
    throw invalidType('interest', '{ read, write, priority, edge, oneshot } or Interest bits');
  }
  return interestBits('interest', readOptions('interest', interest, INTEREST_NAMES));
}

/** The bits of options as `readOptions` gave them. @throws TypeError */
export function interestBits(object: string, options: InterestOptions): number {
  let bits = 0;
  for (const [name, bit] of BITS) {
    const value = options[name];
    if (value === undefined) continue;
    if (typeof value !== 'boolean') throw invalidType(`${object}.${name}`, 'a boolean');
    if (value) bits |= bit;
  }
  return bits;
}
