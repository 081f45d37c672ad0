// What a read or a write of a descriptor is given: memory and places, as Node takes them, checked.

import { checkSignal } from '../../base/abort.js';
import { invalidType, invalidValue, outOfRange } from '../../base/errors.js';
import { type OptionNames, readOptions } from '../../base/options.js';
import { isAnyArrayBuffer } from '../../base/realms.js';
import { checkInteger } from '../../base/validate.js';
import type { Bytes } from '../../binding/index.js';
import { checkEncoding, checkFlag, type FileOptions } from './options.js';
import type { FileEncoding } from './path.js';

/** Options of a read or a write, instead of its places one by one. */
export interface TransferOptions extends FileOptions {
  /** Where in the memory to begin: bytes, default 0. */
  offset?: number | undefined;
  /** How many bytes. Default: what is left of the memory. */
  length?: number | undefined;
  /** Where in the file: bytes. Default, and for null or -1: where the file stands. */
  position?: number | bigint | null | undefined;
  /** Whether to try without a thread first. Default: what the loop's `inlineFiles` says. */
  inline?: boolean | undefined;
}

const NAMES: OptionNames<TransferOptions> = {
  offset: true,
  length: true,
  position: true,
  inline: true,
  signal: true,
};

/** Options of a read or a write that is given its position before them. */
export type PlacedOptions = Omit<TransferOptions, 'position'>;

const PLACED_NAMES: OptionNames<PlacedOptions> = {
  offset: true,
  length: true,
  inline: true,
  signal: true,
};

/** A transfer that was checked. */
export interface Transfer {
  /** The part of the memory that it is about. */
  readonly target: Uint8Array;
  /** -1: where the file stands. */
  readonly position: number;
  readonly inline: boolean | undefined;
  readonly signal: AbortSignal | undefined;
}

/** @throws TypeError ERR_INVALID_ARG_TYPE for what is no memory */
export function viewOf(name: string, memory: unknown): Uint8Array {
  if (ArrayBuffer.isView(memory)) {
    return new Uint8Array(memory.buffer, memory.byteOffset, memory.byteLength);
  }
  if (isAnyArrayBuffer(memory)) return new Uint8Array(memory as ArrayBuffer);
  throw invalidType(name, 'an instance of ArrayBuffer, Buffer, TypedArray or DataView');
}

/** Memory, or text in an encoding. */
export function contentOf(
  name: string,
  data: unknown,
  encoding: FileEncoding = 'utf8',
): Uint8Array {
  return typeof data === 'string' ? Buffer.from(data, encoding) : viewOf(name, data);
}

export function checkPosition(position: unknown): number {
  if (position === undefined || position === null) return -1;
  if (typeof position !== 'bigint') {
    return checkInteger('position', position, -1, Number.MAX_SAFE_INTEGER);
  }
  if (position >= -1n && position <= BigInt(Number.MAX_SAFE_INTEGER)) return Number(position);
  throw outOfRange('position', 'an integer from -1 to 2^53-1', position);
}

/** The options of a transfer at `position`. @throws TypeError, RangeError where that is none */
export function placed(position: unknown, options: PlacedOptions | undefined): TransferOptions {
  if (position === undefined || position === null) {
    throw invalidType('position', 'a number or a bigint');
  }
  const place = checkPosition(position);
  if (place < 0) throw outOfRange('position', 'an integer from 0 to 2^53-1', position);
  if (options === undefined) return { position: place };
  return { ...readOptions('options', options, PLACED_NAMES), position: place };
}

/** Whether memory has still what it had: what V8 compiled may see the length of detached memory. */
export function hasRoom({ buffer, byteOffset }: Uint8Array, length: number): boolean {
  try {
    return new Uint8Array(buffer, byteOffset, length).length === length;
  } catch {
    return false;
  }
}

/**
 * @param where an offset, or options that have it
 * @throws TypeError, RangeError for what does not fit together
 */
export function checkTransfer(
  memory: Bytes,
  where: number | TransferOptions | null | undefined,
  length: number | null | undefined,
  position: number | bigint | null | undefined,
): Transfer {
  const given =
    typeof where === 'object' && where !== null
      ? readOptions('options', where, NAMES)
      : { offset: where ?? undefined, length: length ?? undefined, position };
  const { inline, signal } = given as TransferOptions;
  checkSignal(signal);
  if (inline !== undefined) checkFlag('inline', inline);
  const place = checkPosition(given.position);
  const view = viewOf('buffer', memory);
  const { offset = 0 } = given;
  checkInteger('offset', offset, 0, view.length);
  const { length: count = view.length - offset } = given;
  checkInteger('length', count, 0, view.length - offset);
  const target = count === view.length ? view : view.subarray(offset, offset + count);
  return { target, position: place, inline, signal };
}

/** Text has its position in another place than memory. */
export function writeTransfer(
  data: Bytes | string,
  offset: number | bigint | TransferOptions | null | undefined,
  length: number | FileEncoding | null | undefined,
  position: number | bigint | null | undefined,
): Transfer {
  if (typeof data !== 'string') {
    return checkTransfer(data, offset as number | TransferOptions, length as number, position);
  }
  const encoding = checkEncoding(length ?? undefined);
  if (encoding === 'hex' && data.length % 2 !== 0) {
    throw invalidValue('encoding', `one of text of ${data.length} characters, not 'hex'`);
  }
  const bytes = contentOf('data', data, encoding);
  if (typeof offset === 'object' && offset !== null)
    return checkTransfer(bytes, offset, null, null);
  return checkTransfer(bytes, 0, null, offset);
}
