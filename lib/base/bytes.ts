// Memory that a caller hands over, as bytes: every kind of view, buffers and shared memory.
import { codedError } from './errors.js';

/**
 * The bytes of a buffer, or those that a view shows; not a copy.
 *
 * @throws TypeError ERR_INVALID_STATE when it is detached
 */
export function bytesOf(name: string, input: ArrayBufferView | ArrayBufferLike): Uint8Array {
  const isView = ArrayBuffer.isView(input);
  const buffer = isView ? input.buffer : input;
  const [from, size] = isView ? [input.byteOffset, input.byteLength] : [0, input.byteLength];
  try {
    return new Uint8Array(buffer, from, size);
  } catch {
    throw codedError(TypeError, 'ERR_INVALID_STATE', `The buffer of "${name}" is detached`);
  }
}
