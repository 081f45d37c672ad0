// What is written to a USocket, in its three forms; and descriptors that were written without
// a byte, which the kernel does not send. See SCM_RIGHTS in unix(7).
import { isUint8Array } from 'node:util/types';
import { native } from '../../binding/index.js';
import { check } from '../../raw/errors.js';

/** Bytes to write with descriptors beside them. */
export interface WithDescriptors {
  /** Bytes; a Buffer. */
  data?: Uint8Array | undefined;
  /** Descriptors. They may be closed once `callback` is called. */
  fds?: number[] | undefined;
  /** Called, with this object, when it has been sent. */
  callback?: ((chunk: WithDescriptors) => void) | undefined;
}

/** @throws Error for what is none of the forms, in the words of the original */
export function chunkOf(given: unknown): WithDescriptors {
  if (isUint8Array(given)) return { data: given };
  if (typeof given === 'string') return { data: Buffer.from(given) };
  if (Array.isArray(given)) return { fds: given };
  const { data, fds, callback } = given as WithDescriptors;
  if (data && !isUint8Array(data)) throw new Error('USocket data needs to be a buffer');
  if (fds && !Array.isArray(fds)) throw new Error('USocket fds needs to be an array');
  if (callback && typeof callback !== 'function') {
    throw new Error('USocket write callback needs to be a function');
  }
  if (!data && !fds) throw new Error('USocket write needs a data or array');
  return { data: data || undefined, fds: fds || undefined, callback: callback || undefined };
}

/** Descriptors that wait for the bytes that they will go with: duplicates, as the caller may close his. */
export class HeldDescriptors {
  #fds: number[] = [];

  /** @throws SystemError EBADF, EMFILE, ... */
  hold(fds: readonly number[]): void {
    for (const fd of fds) this.#fds.push(check(native.dup(fd), 'dup'));
  }

  /** Calls `send` with these in front of `fds`. */
  sendWith<T>(fds: readonly number[], send: (all: readonly number[]) => T): T {
    if (this.#fds.length === 0) return send(fds);
    try {
      return send([...this.#fds, ...fds]);
    } finally {
      this.drop();
    }
  }

  drop(): void {
    for (const fd of this.#fds) native.close(fd);
    this.#fds = [];
  }
}
