// The BSDs' and macOS's event interface: kqueue and kevent, with their records in
// memory that a program makes once. A record is the same on every system, though
// struct kevent is not: 32 bytes, in native byte order.
import { type OptionNames, readOptions } from '../base/options.js';
import { native, type RawCalls } from '../binding/index.js';
import { codedError } from './errors.js';

/**
 * A kqueue, close-on-exec; a fork does not inherit it.
 *
 * @returns a descriptor that the caller owns, or -errno; -ENOSYS on Linux. See kqueue(2).
 */
export const kqueue: RawCalls['kqueue'] = native.kqueue;

/**
 * Makes changes, then waits for events. Both are records as a `KeventList` holds
 * them: its `bytes`, or `first(n)` of it; either may be null. With EV_RECEIPT in
 * its flags, a change is answered by a record with EV_ERROR whose data is 0 or
 * an errno, and the call does not wait.
 *
 * @param timeout in nanoseconds, -1 or null: for ever
 * @returns how many records of `events` were filled, or -errno: -ENOSYS on Linux;
 *   -EINTR is not retried, as the caller knows its deadline (the changes have
 *   been made then). See kevent(2).
 * @example
 * const list = new KeventList(8);
 * list.set(0, { ident: fd, filter: constants.EVFILT_READ, flags: constants.EV_ADD });
 * const count = check(kevent(kq, list.first(1), list.bytes, -1), 'kevent');
 * for (let i = 0; i < count; i++) console.log(list.get(i).data);
 */
export const kevent: RawCalls['kevent'] = native.kevent;

/** A change, as a `KeventList` takes it. */
export interface Kevent {
  /** A descriptor, a signal, a process or any number: 0 to 2^64-1. */
  ident: number | bigint;
  /** EVFILT_*. */
  filter: number;
  /** EV_*. */
  flags: number;
  /** NOTE_*; default 0. Also as `|` leaves it: negative with the highest bit. */
  fflags?: number;
  /** Signed, 64 bits; default 0. */
  data?: number | bigint;
  /** Comes back with the event: 0 to 2^64-1; default 0. */
  udata?: number | bigint;
}

const NAMES: OptionNames<Kevent> = {
  ident: true,
  filter: true,
  flags: true,
  fflags: true,
  data: true,
  udata: true,
};

/** An event, as a `KeventList` gives it: all 64 bits of each wide member. */
export interface FoundKevent extends Required<Kevent> {
  /** What it is of: a descriptor, as a rule. */
  ident: bigint;
  /** Of the filter: bytes that wait, an errno. */
  data: bigint;
  /** What was registered with it. */
  udata: bigint;
}

const RECORD_BYTES = 32;
const MAX_CAPACITY = 65536;
const LITTLE = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

function misuse(name: string, value: unknown, min: bigint, max: bigint): Error {
  if (typeof value !== 'number' && typeof value !== 'bigint') {
    return codedError(TypeError, 'ERR_INVALID_ARG_TYPE', `${name} must be a number or a BigInt`);
  }
  return codedError(
    RangeError,
    'ERR_OUT_OF_RANGE',
    `${name} must be an integer from ${min} to ${max}, not ${value}`,
  );
}

/** Exact: a number beyond 2^53 may not be what was meant, so it is refused. */
function wide(name: string, value: unknown, min: bigint, max: bigint): bigint {
  const isExact = typeof value === 'bigint' || Number.isSafeInteger(value);
  const exact = isExact ? BigInt(value as number | bigint) : undefined;
  if (exact !== undefined && exact >= min && exact <= max) return exact;
  throw misuse(name, value, min, max);
}

function narrow(name: string, value: unknown, min: number, max: number): number {
  if (Number.isInteger(value) && (value as number) >= min && (value as number) <= max) {
    return value as number;
  }
  if (typeof value === 'number') throw misuse(name, value, BigInt(min), BigInt(max));
  throw codedError(TypeError, 'ERR_INVALID_ARG_TYPE', `${name} must be a number`);
}

const U64 = [0n, 2n ** 64n - 1n] as const;
const I64 = [-(2n ** 63n), 2n ** 63n - 1n] as const;

/** Records for `kevent`: changes to make, or events that it found. */
export class KeventList {
  /** How many records fit. */
  readonly capacity: number;
  /** All the records, as `kevent` takes them. */
  readonly bytes: Uint8Array;
  readonly #view: DataView;

  /**
   * @param capacity 1 to 65,536
   * @throws RangeError ERR_OUT_OF_RANGE
   */
  constructor(capacity: number) {
    this.capacity = narrow('capacity', capacity, 1, MAX_CAPACITY);
    this.bytes = new Uint8Array(capacity * RECORD_BYTES);
    this.#view = new DataView(this.bytes.buffer);
  }

  /**
   * The first `count` records, as `kevent` takes them.
   *
   * @throws RangeError ERR_OUT_OF_RANGE
   */
  first(count: number): Uint8Array {
    return this.bytes.subarray(0, narrow('count', count, 0, this.capacity) * RECORD_BYTES);
  }

  /**
   * Fills a record. All members are looked at before anything is written.
   *
   * @throws TypeError ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE (a member that is not
   *   known); RangeError ERR_OUT_OF_RANGE
   */
  set(index: number, kevent: Kevent): void {
    const at = this.#offset(index);
    const given = readOptions('kevent', kevent, NAMES);
    const { ident, filter, flags, fflags = 0, data = 0, udata = 0 } = given;
    const values = {
      ident: wide('ident', ident, ...U64),
      filter: narrow('filter', filter, -(2 ** 15), 2 ** 15 - 1),
      flags: narrow('flags', flags, 0, 2 ** 16 - 1),
      fflags: narrow('fflags', fflags, -(2 ** 31), 2 ** 32 - 1),
      data: wide('data', data, ...I64),
      udata: wide('udata', udata, ...U64),
    };
    this.#view.setBigUint64(at, values.ident, LITTLE);
    this.#view.setInt16(at + 8, values.filter, LITTLE);
    this.#view.setUint16(at + 10, values.flags, LITTLE);
    this.#view.setUint32(at + 12, values.fflags, LITTLE);
    this.#view.setBigInt64(at + 16, values.data, LITTLE);
    this.#view.setBigUint64(at + 24, values.udata, LITTLE);
  }

  /**
   * What stands in a record.
   *
   * @throws RangeError ERR_OUT_OF_RANGE
   */
  get(index: number): FoundKevent {
    const at = this.#offset(index);
    return {
      ident: this.#view.getBigUint64(at, LITTLE),
      filter: this.#view.getInt16(at + 8, LITTLE),
      flags: this.#view.getUint16(at + 10, LITTLE),
      fflags: this.#view.getUint32(at + 12, LITTLE),
      data: this.#view.getBigInt64(at + 16, LITTLE),
      udata: this.#view.getBigUint64(at + 24, LITTLE),
    };
  }

  #offset(index: number): number {
    return narrow('index', index, 0, this.capacity - 1) * RECORD_BYTES;
  }
}
