// What is asked of the host's own node:crypto, where OpenSSL on the pool is not the way (work.ts).
// Who does it, lib/host-crypto, is above this layer.
import { bytesOf } from '../../base/bytes.js';
import { outOfRange } from '../../base/errors.js';
import type { Bytes } from '../../binding/index.js';

/** A request as node:crypto is asked. */
export interface HostJob {
  readonly name: 'pbkdf2' | 'scrypt' | 'randomBytes' | 'hash';
  /** Copies, which are moved to the thread. */
  readonly bytes: readonly Uint8Array[];
  /** What the call takes behind them. */
  readonly options: readonly unknown[];
}

/** The host's node:crypto on threads of its own; what it is made by is above this layer. */
export interface HostCrypto {
  /** @throws Error ERR_FEATURE_UNAVAILABLE_ON_PLATFORM where the host has none */
  knows(digest: string): boolean;
  /** Rejects with the errors of `node:crypto`, and as `Workers.run` does. */
  run(job: HostJob, signal: AbortSignal | undefined): Promise<Uint8Array>;
}

const MAX_BYTES = 2 ** 31 - 1;

/** @throws TypeError ERR_INVALID_STATE, RangeError ERR_OUT_OF_RANGE */
export function copied(name: string, input: Bytes): Uint8Array {
  const bytes = bytesOf(name, input);
  if (bytes.length <= MAX_BYTES) return new Uint8Array(bytes);
  throw outOfRange(name, `at most ${MAX_BYTES} bytes long`, bytes.length);
}
