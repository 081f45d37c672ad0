// Options and arguments that several requests on files share.
import { checkSignal } from '../../base/abort.js';
import { invalidType, invalidValue, outOfRange } from '../../base/errors.js';
import { OPEN_FLAGS } from '../../base/open-flags.js';
import { type OptionNames, readOptions } from '../../base/options.js';
import { checkInteger } from '../../base/validate.js';
import type { FileEncoding } from './path.js';
import type { NameEncoding, TextEncoding } from './values.js';

/** What each request on files takes. */
export interface FileOptions {
  /** Queued work is cancelled when it aborts; running work goes on, unheard. */
  signal?: AbortSignal | undefined;
}

/** Options of a request whose result is a name. */
export interface NameOptions extends FileOptions {
  /** 'buffer': the bytes as the kernel has them. Default: 'utf8'. */
  encoding?: NameEncoding | undefined;
}

/** What asks for names as text. */
export type TextOptions = TextEncoding | NameTextOptions;

/** What asks for names as the bytes that the kernel has. */
export type BytesOptions = 'buffer' | NameBytesOptions;

/** Options of a request whose result is a name, as text. */
export interface NameTextOptions extends NameOptions {
  /** Text. Default: 'utf8'. */
  encoding?: TextEncoding | undefined;
}

/** Options of a request whose result is a name, as bytes. */
export interface NameBytesOptions extends NameOptions {
  /** The bytes as the kernel has them. */
  encoding: 'buffer';
}

/** A time: seconds since the epoch, fractions allowed, or a Date. */
export type FileTime = number | string | Date;

const FILE_NAMES: OptionNames<FileOptions> = { signal: true };
const NAME_NAMES: OptionNames<NameOptions> = { signal: true, encoding: true };

/** The same with what a request has of its own; undefined: none were given. */
export function readFileOptions<T extends FileOptions>(
  options: T | undefined,
  names: OptionNames<T>,
): T | undefined {
  if (options === undefined) return undefined;
  const read = readOptions('options', options, names);
  checkSignal(read.signal);
  return read;
}

/** The signal of a request that takes no other option. */
export function readSignal(options: FileOptions | undefined): AbortSignal | undefined {
  return readFileOptions(options, FILE_NAMES)?.signal;
}

/** Of options, or an encoding alone. */
export function readNameOptions(options: NameEncoding | NameOptions | undefined): {
  signal: AbortSignal | undefined;
  encoding: NameEncoding;
} {
  const given = typeof options === 'string' ? { encoding: options } : options;
  const read = readFileOptions(given, NAME_NAMES);
  return { signal: read?.signal, encoding: checkNameEncoding(read?.encoding) };
}

/** @throws TypeError ERR_INVALID_ARG_VALUE for another encoding */
export function checkNameEncoding(encoding: unknown): NameEncoding {
  if (encoding === undefined || encoding === 'utf8' || encoding === 'utf-8') return 'utf8';
  if (encoding === 'buffer') return 'buffer';
  throw invalidValue('options.encoding', "'utf8' or 'buffer'");
}

/** @throws TypeError ERR_INVALID_ARG_VALUE for what `Buffer` does not know */
export function checkEncoding(encoding: unknown): FileEncoding | undefined {
  if (encoding === undefined || encoding === 'buffer') return undefined;
  if (typeof encoding === 'string' && Buffer.isEncoding(encoding)) return encoding;
  throw invalidValue('options.encoding', 'an encoding of Buffer');
}

/** @throws TypeError ERR_INVALID_ARG_TYPE for what is no boolean */
export function checkFlag(name: string, value: unknown, otherwise = false): boolean {
  if (value === undefined) return otherwise;
  if (typeof value !== 'boolean') throw invalidType(`options.${name}`, 'a boolean');
  return value;
}

/** Permissions: a number of 12 bits, or an octal string as Node takes it. */
export function checkMode(mode: unknown, otherwise?: number, name = 'mode'): number {
  if (mode === undefined && otherwise !== undefined) return otherwise;
  if (typeof mode !== 'string') return checkInteger(name, mode, 0, 0o7777);
  if (!/^[0-7]+$/.test(mode)) throw invalidValue(name, 'a number, or its octal digits');
  return checkInteger(name, Number.parseInt(mode, 8), 0, 0o7777);
}

/** A user or a group; -1 leaves it as it is. */
export function checkId(name: string, id: unknown): number {
  return checkInteger(name, id, -1, 2 ** 32 - 1);
}

export function checkLength(name: string, length: unknown, otherwise = 0): number {
  return length === undefined ? otherwise : checkInteger(name, length, 0, Number.MAX_SAFE_INTEGER);
}

/** Flags of open(2): O_* numbers or Node's letters. @throws TypeError, RangeError for others */
export function checkFlags(flags: unknown, otherwise: string): number {
  if (flags === undefined) return OPEN_FLAGS[otherwise] as number;
  if (typeof flags === 'number') return checkInteger('flags', flags, 0, 2 ** 31 - 1);
  const known = typeof flags === 'string' ? OPEN_FLAGS[flags] : undefined;
  if (known === undefined) throw invalidValue('flags', "a number or letters such as 'r' or 'w+'");
  return known;
}

/** Seconds and nanoseconds of a time; of a number to the microsecond, which is what a double holds. */
export function checkTime(name: string, time: unknown): [sec: number, ns: number] {
  if (Object.prototype.toString.call(time) === '[object Date]') {
    return split(name, Number(time) * 1000, 1e6);
  }
  const seconds = typeof time === 'string' && time.trim() !== '' ? Number(time) : time;
  if (typeof seconds !== 'number') throw invalidType(name, 'a number, a string or a Date');
  return split(name, Math.round(seconds * 1e6), 1e6);
}

function split(name: string, value: number, each: number): [number, number] {
  const seconds = Math.floor(value / each);
  if (!Number.isSafeInteger(seconds)) throw outOfRange(name, 'a time', value);
  return [seconds, Math.round((value - seconds * each) * (1e9 / each))];
}
