// Paths as users give them, for every request that takes one. See path_resolution(7).
import { fileURLToPath } from 'node:url';
import { invalidType, invalidValue } from '../../base/errors.js';
import { isUint8Array, urlText } from '../../base/realms.js';

/** A path as text, as the bytes the kernel sees, or as a `file:` URL. */
export type Path = string | Uint8Array | URL;

/** What bytes are decoded and text is encoded by: the encodings of `Buffer`. */
export type FileEncoding =
  | 'utf8'
  | 'utf-8'
  | 'ascii'
  | 'latin1'
  | 'binary'
  | 'hex'
  | 'base64'
  | 'base64url'
  | 'utf16le'
  | 'utf-16le'
  | 'ucs2'
  | 'ucs-2';

/** What the class of the host's buffers makes. */
type MadeBy<Class> =
  Class extends Record<'alloc', (size: number) => infer Made>
    ? Extract<Made, Uint8Array>
    : Uint8Array;

/** The content of a file: the host's `Buffer`, where its types are there. */
export type Content =
  typeof globalThis extends Record<'Buffer', infer Class> ? MadeBy<Class> : Uint8Array;

/**
 * @throws TypeError ERR_INVALID_ARG_TYPE for what is no path, ERR_INVALID_ARG_VALUE for one with a
 *   NUL, and for a URL of another scheme or host
 */
export function toPath(path: unknown, name = 'path'): string | Uint8Array {
  const url = typeof path === 'object' && !isUint8Array(path) ? urlText(path) : undefined;
  const given = url === undefined ? path : fileURLToPath(url);
  if (typeof given === 'string') {
    if (given.includes('\0')) throw withNul(name);
    return given;
  }
  if (!isUint8Array(given)) {
    throw invalidType(name, 'of type string or an instance of Buffer or URL');
  }
  // Native code tells one whose memory was taken away: it has no length.
  if (given.length > 0 && given.includes(0)) throw withNul(name);
  return given;
}

const withNul = (name: string) =>
  invalidValue(name, 'a string, Uint8Array, or URL without null bytes');

/** A path as errors tell it. */
export function pathText(path: string | Uint8Array): string {
  return typeof path === 'string' ? path : Buffer.from(path).toString();
}

/**
 * A path with a character for each of its bytes: functions on paths take that, whatever bytes a name
 * has.
 */
export function byteText(path: string | Uint8Array): string {
  return Buffer.from(path as string).toString('latin1');
}

/** The path that it stands for. */
export function bytesOfText(text: string): Uint8Array {
  return Buffer.from(text, 'latin1');
}

/** The same as text, in which what is no UTF-8 is lost. */
export function plainText(text: string): string {
  return Buffer.from(text, 'latin1').toString();
}
