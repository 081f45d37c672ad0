// The memory behind a view, by the engine's own getters: `length` and its like are
// ordinary properties, which a subclass or an instance may have its own of, and what
// they say must not decide how much memory is read.

import { codedError } from '../base/errors.js';
import { isAnyArrayBuffer } from '../base/realms.js';
import type { Bytes } from '../binding/index.js';
import { invalidType } from './errors.js';

type Getter<T> = (view: object) => T;

/** The getter `name` of `prototype`, as a function of the view. It throws for others. */
function getterOf<T>(prototype: object, name: string): Getter<T> {
  const { get } = Object.getOwnPropertyDescriptor(prototype, name) as PropertyDescriptor;
  const { call } = Function.prototype;
  return call.bind(get as () => T) as Getter<T>;
}

const typedArray = Object.getPrototypeOf(Uint8Array.prototype) as object;
const typedArrayBuffer = getterOf<ArrayBuffer>(typedArray, 'buffer');
const typedArrayOffset = getterOf<number>(typedArray, 'byteOffset');
const typedArrayBytes = getterOf<number>(typedArray, 'byteLength');
const dataViewBuffer = getterOf<ArrayBuffer>(DataView.prototype, 'buffer');
const dataViewOffset = getterOf<number>(DataView.prototype, 'byteOffset');
const dataViewBytes = getterOf<number>(DataView.prototype, 'byteLength');
const typedArrayName = getterOf<string | undefined>(typedArray, Symbol.toStringTag as never);
const { isView } = ArrayBuffer;

/** How many bytes a typed array of any class really has. */
export const byteLengthOf: Getter<number> = typedArrayBytes;

/** The bytes from `start` on, as a plain view of the same memory. */
export function restOf(bytes: Uint8Array, start: number): Uint8Array {
  const rest = typedArrayBytes(bytes) - start;
  return new Uint8Array(typedArrayBuffer(bytes), typedArrayOffset(bytes) + start, rest);
}

/**
 * `data` as a Uint8Array of the same memory: itself, when it is one already, of
 * whatever subclass.
 *
 * @throws TypeError ERR_INVALID_ARG_TYPE for anything that is no bytes, ERR_INVALID_STATE for
 *   memory that was detached
 */
export function toBytes(data: Bytes): Uint8Array {
  if (isView(data) && typedArrayName(data) === 'Uint8Array') {
    if (typedArrayBytes(data) === 0) attached(() => new Uint8Array(typedArrayBuffer(data)));
    return data as Uint8Array;
  }
  if (isView(data) || isAnyArrayBuffer(data)) return attached(() => viewOf(data));
  throw invalidType('data', 'a string, an ArrayBuffer or a view of one');
}

/** A view of the same memory. It throws for what was detached. */
function viewOf(data: Bytes): Uint8Array {
  if (isView(data)) {
    const name = typedArrayName(data);
    if (name === undefined) {
      return new Uint8Array(dataViewBuffer(data), dataViewOffset(data), dataViewBytes(data));
    }
    return new Uint8Array(typedArrayBuffer(data), typedArrayOffset(data), typedArrayBytes(data));
  }
  return new Uint8Array(data as ArrayBuffer);
}

/** The engine's refusal to look at detached memory, as an error that has a code. */
function attached(look: () => Uint8Array): Uint8Array {
  try {
    return look();
  } catch {
    throw codedError(TypeError, 'ERR_INVALID_STATE', 'The buffer of "data" is detached');
  }
}
