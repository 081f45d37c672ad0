// How the values of options are set and read: as the program has them and as the kernel does.
// Here those that are numbers to the kernel; codecs.ts has the others.
import { invalidType } from '../base/errors.js';
import { checkInteger } from '../base/validate.js';
import type { Bytes } from '../binding/index.js';

/** How a value is read: the kernel fills up to all of `bytes`, and says how many. */
export interface Reading<T> {
  readonly bytes: Uint8Array;
  /** The value that lies in the first `length` of `bytes`. */
  decode(length: number): T;
}

/** How a value is set. */
export interface Setting {
  /**
   * The value for setsockopt(2).
   *
   * @param label what its errors call it
   * @throws TypeError, RangeError
   */
  encode(label: string, value: unknown): number | Bytes;
}

export interface Codec<T> extends Reading<T>, Setting {}

// One place for all answers of this size: each is decoded before the next is asked for.
const bytes = new Uint8Array(4);
const signed = new Int32Array(bytes.buffer);
const unsigned = new Uint32Array(bytes.buffer);

/** The number there; the BSDs fill one byte for some options of multicasts. */
const read = (length: number, words: Int32Array | Uint32Array): number =>
  (length === 1 ? bytes[0] : words[0]) as number;

/** Any bit is true: the BSDs answer with the flag's own. */
export const flag: Codec<boolean> = {
  bytes,
  decode: (length) => read(length, signed) !== 0,
  encode(label, value) {
    if (typeof value !== 'boolean') throw invalidType(label, 'a boolean');
    return value ? 1 : 0;
  },
};

/** An integer of 32 bits with a sign. */
export function integer(min: number, max = 2 ** 31 - 1): Codec<number> {
  return {
    bytes,
    decode: (length) => read(length, signed),
    encode: (label, value) => checkInteger(label, value, min, max),
  };
}

/** An integer of 32 bits without one. */
export const word: Codec<number> = {
  bytes,
  decode: (length) => read(length, unsigned),
  encode: (label, value) => Uint32Array.of(checkInteger(label, value, 0, 2 ** 32 - 1)),
};

/** What is done and has no value: `true` does it. */
export const order: Setting = {
  encode(label, value) {
    if (value !== true) throw invalidType(label, 'true');
    return 1;
  },
};
