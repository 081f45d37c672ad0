// Cryptographic requests: slow by design, so they run on the pool. The arithmetic is
// that of the host's own OpenSSL. See PKCS5_PBKDF2_HMAC(3).
import { isArrayBuffer, isSharedArrayBuffer } from 'node:util/types';
import { checkSignal } from '../../base/abort.js';
import { invalidType } from '../../base/errors.js';
import { type OptionNames, readOptions } from '../../base/options.js';
import { checkInteger } from '../../base/validate.js';
import type { Bytes } from '../../binding/index.js';
import type { LoopPool } from '../loop-pool.js';
import { Pbkdf2Request } from './pbkdf2.js';

const MAX_INT = 2 ** 31 - 1;

/** What keys are made from: text, as UTF-8, or bytes. */
export type KeyInput = string | Bytes;

/** Options of the functions of `loop.crypto`. */
export interface KeyOptions {
  /** Queued work is cancelled when it aborts; running work goes on, unheard. */
  signal?: AbortSignal | undefined;
}

const NAMES: OptionNames<KeyOptions> = { signal: true };

/** @throws TypeError ERR_INVALID_ARG_TYPE for what is neither text nor bytes */
function toBytes(name: string, input: unknown): Bytes {
  if (typeof input === 'string') return Buffer.from(input);
  if (ArrayBuffer.isView(input) || isArrayBuffer(input)) return input;
  // Native code takes shared memory through a view only.
  if (isSharedArrayBuffer(input)) return new Uint8Array(input);
  throw invalidType(name, 'of type string or an instance of ArrayBuffer, Buffer or a typed array');
}

/** `loop.crypto`. */
export class CryptoRequests {
  readonly #pool: LoopPool;

  /** @internal */
  constructor(pool: LoopPool) {
    this.#pool = pool;
  }

  /**
   * Derives a key from a password (RFC 8018). The inputs are copied before this
   * returns: they may be changed, overwritten or transferred at once.
   *
   * Rejects with a TypeError or RangeError for a bad argument, a TypeError
   * ERR_CRYPTO_INVALID_DIGEST for a digest that the host's OpenSSL does not know or
   * ERR_INVALID_STATE for a detached buffer; an Error
   * ERR_FEATURE_UNAVAILABLE_ON_PLATFORM where there is no OpenSSL,
   * ERR_CRYPTO_OPERATION_FAILED for a digest that cannot be used so,
   * ERR_MEMORY_ALLOCATION_FAILED; an AbortError ABORT_ERR, whose cause is the signal's
   * reason; an Error ERR_LOOP_CLOSED, ERR_POOL_CLOSED,
   * ERR_POOL_QUEUE_FULL, ERR_POOL_NO_THREAD.
   *
   * @param password at most 2^31-1 bytes
   * @param salt at most 2^31-1 bytes, 16 random ones or more advised
   * @param iterations 1 to 2^31-1
   * @param keylen bytes of the key: 0 to 2^31-1
   * @param digest a name that OpenSSL knows, such as 'sha512'
   *
   * @example
   * const key = await loop.crypto.pbkdf2('secret', salt, 600_000, 32, 'sha256');
   */
  pbkdf2(
    password: KeyInput,
    salt: KeyInput,
    iterations: number,
    keylen: number,
    digest: string,
    options?: KeyOptions,
  ): Promise<Uint8Array> {
    // What the executor throws rejects the promise.
    return new Promise((resolve, reject) => {
      const request = new Pbkdf2Request(resolve, reject);
      const read = options === undefined ? undefined : readOptions('options', options, NAMES);
      const signal = checkSignal(read?.signal);
      request.iterations = checkInteger('iterations', iterations, 1, MAX_INT);
      request.keyBytes = checkInteger('keylen', keylen, 0, MAX_INT);
      if (typeof digest !== 'string') throw invalidType('digest', 'of type string');
      request.digest = digest;
      request.password = toBytes('password', password);
      request.salt = toBytes('salt', salt);
      this.#pool.submit(request, signal);
    });
  }
}
