// What a row of the table of socket options is.
import { type Bytes, native } from '../binding/index.js';
import type { Codec, Reading, Setting } from './codec.js';

/** What some options have beside their values. */
interface Peculiarity {
  /** The name by which some systems have what this one means. */
  readonly otherName?: string;
  /** Others have the name too, for a value of another form. */
  readonly linuxOnly?: true;
  /** What a program must have to set it, as far as the kernel always asks for it. */
  readonly needs?: 'CAP_NET_ADMIN';
  /** To read it changes it. */
  readonly readOnce?: true;
  /** How it is set, where that is not by setsockopt: 0 or -errno. */
  readonly call?: (fd: number, option: number, value: Bytes) => number;
}

/** An option whose value is a `T`. */
export interface Row<T = unknown> extends Peculiarity {
  /** SOL_SOCKET, IPPROTO_*. */
  readonly level: string;
  /** Undefined: it cannot be read. */
  readonly reading: Reading<T> | undefined;
  /** Undefined: it cannot be set. */
  readonly setting: Setting | undefined;
}

/** A row for each of a level's options; the compiler asks for those that are missing. */
export type Rows<Values> = { readonly [Name in keyof Values]: Row<Values[Name]> };

/** Makes the rows of a level that are both set and read. */
export const rowsOf =
  (level: string) =>
  <T>(codec: Codec<T>, peculiarity?: Peculiarity): Row<T> => ({
    level,
    reading: codec,
    setting: codec,
    ...peculiarity,
  });

export function readOnly<T>(level: string, reading: Reading<T>, more?: Peculiarity): Row<T> {
  return { level, reading, setting: undefined, ...more };
}

export function setOnly<T>(level: string, setting: Setting, more?: Peculiarity): Row<T> {
  return { level, reading: undefined, setting, ...more };
}

/** The option's value holds an address: native code makes it. */
export const byFilterCall: Peculiarity = { call: native.attachFilter };
