// Cryptographic requests: slow by design, so they run on the pool. The arithmetic is
// that of the host's own OpenSSL. See PKCS5_PBKDF2_HMAC(3).
import { isArrayBuffer, isSharedArrayBuffer } from 'node:util/types';
import { checkSignal } from '../../base/abort.js';
import { type OptionNames, readOptions } from '../../base/options.js';
import { checkInteger } from '../../base/validate.js';
import type { Bytes } from '../../binding/index.js';
import { invalidType } from '../../loop/errors.js';
import { codedError } from '../../raw/errors.js';
import type { Batch, NativePool } from '../native-pool.js';
import type { ThreadPool } from '../pool.js';
import { PoolRequest } from '../request.js';

const MAX_INT = 2 ** 31 - 1;
const EMPTY = new Uint8Array(0);

/** What keys are made from: text, as UTF-8, or bytes. */
export type KeyInput = string | Bytes;

/** Options of the functions of `loop.crypto`. */
export interface KeyOptions {
  /** Queued work is cancelled when it aborts; running work goes on, unheard. */
  signal?: AbortSignal | undefined;
}

const NAMES: OptionNames<KeyOptions> = { signal: true };

function toBytes(name: string, input: unknown): Bytes {
  if (typeof input === 'string') return Buffer.from(input);
  if (ArrayBuffer.isView(input) || isArrayBuffer(input)) return input;
  // Native code takes shared memory through a view only.
  if (isSharedArrayBuffer(input)) return new Uint8Array(input);
  throw invalidType(name, 'of type string or an instance of ArrayBuffer, Buffer or a typed array');
}

class Pbkdf2Request extends PoolRequest<Uint8Array> {
  password: Bytes = EMPTY;
  salt: Bytes = EMPTY;
  iterations = 1;
  keyBytes = 0;
  digest = '';

  override submit(pool: NativePool): number {
    const { password, salt, iterations, keyBytes, digest } = this;
    // Native code copies them: from here on no reference to a secret is kept.
    this.password = this.salt = EMPTY;
    return pool.submitPbkdf2(password, salt, iterations, keyBytes, digest);
  }

  override finish(batch: Batch, row: number): Uint8Array {
    if (batch.status(row) < 0) {
      throw codedError(
        Error,
        'ERR_CRYPTO_OPERATION_FAILED',
        `pbkdf2 failed: OpenSSL derives no key with the digest '${this.digest}'`,
      );
    }
    const key = new Uint8Array(this.keyBytes);
    if (this.keyBytes > 0) batch.takeBytes(row, key, 0);
    return key;
  }
}

/** `loop.crypto`. */
export class CryptoRequests {
  readonly #pool: ThreadPool;

  /** @internal */
  constructor(pool: ThreadPool) {
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
   * reason; an Error ERR_LOOP_CLOSED, ERR_POOL_NO_THREAD.
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
