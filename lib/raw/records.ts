// Records of the kernel's in bytes that a read gave: looked at only as far as they came.
import { outOfRange } from '../base/errors.js';
import { isUint8Array } from '../base/realms.js';
import { checkInteger } from '../base/validate.js';
import { codedError } from './errors.js';

const LITTLE = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

/** Bytes with records in them. */
export interface Records {
  readonly view: DataView;
  /** How many bytes there are to look at. */
  readonly end: number;
  /** The order of bytes here. */
  readonly little: boolean;
  /** The error of a record that is not all there. */
  readonly cut: (expected: string) => Error;
}

/** @throws TypeError for what is no Uint8Array; RangeError for a length beyond it */
export function recordsIn(bytes: Uint8Array, length?: number): Records {
  if (!isUint8Array(bytes)) {
    throw codedError(TypeError, 'ERR_INVALID_ARG_TYPE', 'bytes must be a Uint8Array');
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end =
    length === undefined ? view.byteLength : checkInteger('length', length, 0, view.byteLength);
  return { view, end, little: LITTLE, cut: (expected) => outOfRange('length', expected, end) };
}
