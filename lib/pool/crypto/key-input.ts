// What keys are made from, as users give it.
import { isArrayBuffer, isSharedArrayBuffer } from 'node:util/types';
import { invalidType } from '../../base/errors.js';
import type { Bytes } from '../../binding/index.js';

/** What keys are made from: text, as UTF-8, or bytes. */
export type KeyInput = string | Bytes;

/** @throws TypeError ERR_INVALID_ARG_TYPE for what is neither text nor bytes */
export function toBytes(name: string, input: unknown): Bytes {
  if (typeof input === 'string') return Buffer.from(input);
  if (ArrayBuffer.isView(input) || isArrayBuffer(input)) return input;
  // Native code takes shared memory through a view only.
  if (isSharedArrayBuffer(input)) return new Uint8Array(input);
  throw invalidType(name, 'of type string or an instance of ArrayBuffer, Buffer or a typed array');
}
