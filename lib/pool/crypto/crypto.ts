// Cryptographic requests: slow by design, so they run on threads. The arithmetic is
// that of the host's own OpenSSL. See PKCS5_PBKDF2_HMAC(3), EVP_PBE_scrypt(3).
import { isArrayBuffer, isSharedArrayBuffer } from 'node:util/types';
import { checkSignal } from '../../base/abort.js';
import { codedError, invalidType, invalidValue } from '../../base/errors.js';
import { type OptionNames, readOptions } from '../../base/options.js';
import { checkInteger } from '../../base/validate.js';
import type { Bytes } from '../../binding/index.js';
import type { Content } from '../fs/path.js';
import type { LoopPool } from '../loop-pool.js';
import { type DigestEncoding, HashRequest } from './hash.js';
import type { HostCrypto } from './host.js';
import { Pbkdf2Request } from './pbkdf2.js';
import { RandomBytesRequest } from './random.js';
import { ScryptRequest } from './scrypt.js';
import { CryptoWork } from './work.js';

const MAX_INT = 2 ** 31 - 1;
const MAX_UINT = 2 ** 32 - 1;

/** What keys are made from: text, as UTF-8, or bytes. */
export type KeyInput = string | Bytes;

/** Options of the functions of `loop.crypto`. */
export interface KeyOptions {
  /** Queued work is cancelled when it aborts; running work goes on, unheard. */
  signal?: AbortSignal | undefined;
}

/** Options of `scrypt`: what a key costs. See RFC 7914. */
export interface ScryptOptions extends KeyOptions {
  /** N, of time and memory: a power of two above 1. Default 16,384. */
  cost?: number | undefined;
  /** The same as `cost`. */
  N?: number | undefined;
  /** r, of memory: 1 to 2^32-1, default 8. */
  blockSize?: number | undefined;
  /** The same as `blockSize`. */
  r?: number | undefined;
  /** p, of time: 1 to 2^32-1, default 1. */
  parallelization?: number | undefined;
  /** The same as `parallelization`. */
  p?: number | undefined;
  /** Bytes that it may take, somewhat above 128 N r: 0 to 2^53-1, default 32 MiB. */
  maxmem?: number | undefined;
}

/** Options of `hash`. */
export interface HashOptions extends KeyOptions {
  /** The form of the digest: 'buffer' is bytes. Default 'hex'. */
  outputEncoding?: DigestEncoding | undefined;
}

const NAMES: OptionNames<KeyOptions> = { signal: true };
const SCRYPT_NAMES: OptionNames<ScryptOptions> = {
  cost: true,
  N: true,
  blockSize: true,
  r: true,
  parallelization: true,
  p: true,
  maxmem: true,
  signal: true,
};
const HASH_NAMES: OptionNames<HashOptions> = { outputEncoding: true, signal: true };
const ENCODINGS: readonly string[] = ['buffer', 'hex', 'base64', 'base64url', 'latin1'];

/** @throws TypeError ERR_INVALID_ARG_TYPE for what is neither text nor bytes */
function toBytes(name: string, input: unknown): Bytes {
  if (typeof input === 'string') return Buffer.from(input);
  if (ArrayBuffer.isView(input) || isArrayBuffer(input)) return input;
  // Native code takes shared memory through a view only.
  if (isSharedArrayBuffer(input)) return new Uint8Array(input);
  throw invalidType(name, 'of type string or an instance of ArrayBuffer, Buffer or a typed array');
}

/** What has two names, of which one at most is given. */
function checkCost(
  options: ScryptOptions,
  name: 'cost' | 'blockSize' | 'parallelization',
  letter: 'N' | 'r' | 'p',
  otherwise: number,
): number {
  const { [name]: named, [letter]: lettered } = options;
  if (lettered === undefined) {
    return checkInteger(`options.${name}`, named === undefined ? otherwise : named, 1, MAX_UINT);
  }
  if (named !== undefined) {
    const message = `Of the options "${name}" and "${letter}", which are one, both are given`;
    throw codedError(TypeError, 'ERR_INCOMPATIBLE_OPTION_PAIR', message);
  }
  return checkInteger(`options.${letter}`, lettered, 1, MAX_UINT);
}

/**
 * `loop.crypto`: by the host's OpenSSL on the pool, where its symbols are to be had and it knows
 * the digest; else by the host's own `node:crypto` on JavaScript threads of its own, as many at
 * most as the pool has, of which `pool.stats()` does not tell.
 */
export class CryptoRequests {
  readonly #work: CryptoWork;

  /** @internal @throws Error ERR_INVALID_ARG_VALUE for what RAWLOOP_CRYPTO names */
  constructor(pool: LoopPool, makeHost: () => HostCrypto) {
    this.#work = new CryptoWork(pool, makeHost);
  }

  /**
   * Derives a key from a password (RFC 8018). The inputs are copied before this
   * returns: they may be changed, overwritten or transferred at once.
   *
   * Rejects with a TypeError or RangeError for a bad argument, a TypeError
   * ERR_CRYPTO_INVALID_DIGEST for a digest that the host does not know or
   * ERR_INVALID_STATE for a detached buffer; an Error
   * ERR_FEATURE_UNAVAILABLE_ON_PLATFORM where there is neither OpenSSL nor `node:crypto`,
   * ERR_CRYPTO_OPERATION_FAILED for a digest that cannot be used so,
   * ERR_MEMORY_ALLOCATION_FAILED; an AbortError ABORT_ERR, whose cause is the signal's
   * reason; an Error ERR_LOOP_CLOSED, ERR_POOL_CLOSED,
   * ERR_POOL_QUEUE_FULL, ERR_POOL_NO_THREAD; on JavaScript threads as `Workers.run` does.
   *
   * @param password at most 2^31-1 bytes
   * @param salt at most 2^31-1 bytes, 16 random ones or more advised
   * @param iterations 1 to 2^31-1
   * @param keylen bytes of the key: 0 to 2^31-1
   * @param digest a name that `getHashes` of `node:crypto` gives, such as 'sha512'
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
  ): Promise<Content> {
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
      this.#work.submit(request, signal);
    });
  }

  /**
   * Derives a key from a password (RFC 7914), as slow and as large as `options` say. The
   * inputs are copied before this returns.
   *
   * Rejects as `pbkdf2` does, and with a RangeError ERR_CRYPTO_INVALID_SCRYPT_PARAMS for
   * parameters that OpenSSL refuses, or that need more than `maxmem`.
   *
   * @param password at most 2^31-1 bytes
   * @param salt at most 2^31-1 bytes, 16 random ones or more advised
   * @param keylen bytes of the key: 0 to 2^31-1
   *
   * @example
   * const key = await loop.crypto.scrypt('secret', salt, 32, { cost: 2 ** 15, maxmem: 2 ** 26 });
   */
  scrypt(
    password: KeyInput,
    salt: KeyInput,
    keylen: number,
    options?: ScryptOptions,
  ): Promise<Content> {
    return new Promise((resolve, reject) => {
      const request = new ScryptRequest(resolve, reject);
      const read = options === undefined ? {} : readOptions('options', options, SCRYPT_NAMES);
      const { maxmem = 2 ** 25 } = read;
      const signal = checkSignal(read.signal);
      request.keyBytes = checkInteger('keylen', keylen, 0, MAX_INT);
      request.cost = checkCost(read, 'cost', 'N', 16384);
      request.blockSize = checkCost(read, 'blockSize', 'r', 8);
      request.parallelization = checkCost(read, 'parallelization', 'p', 1);
      request.maxmem = checkInteger('options.maxmem', maxmem, 0, Number.MAX_SAFE_INTEGER);
      request.password = toBytes('password', password);
      request.salt = toBytes('salt', salt);
      this.#work.submit(request, signal);
    });
  }

  /**
   * Random bytes that nobody can guess, by the generator of OpenSSL. Of few bytes Node's own
   * `randomBytes(size)` is faster: it needs no thread.
   *
   * Rejects as `pbkdf2` does.
   *
   * @param size 0 to 2^31-1
   *
   * @example
   * const salt = await loop.crypto.randomBytes(16);
   */
  randomBytes(size: number, options?: KeyOptions): Promise<Content> {
    return new Promise((resolve, reject) => {
      const request = new RandomBytesRequest(resolve, reject);
      const read = options === undefined ? undefined : readOptions('options', options, NAMES);
      const signal = checkSignal(read?.signal);
      request.size = checkInteger('size', size, 0, MAX_INT);
      this.#work.submit(request, signal);
    });
  }

  /**
   * The digest of `data`, as `hash` of `node:crypto` gives it. The data are copied before this
   * returns: of less than about 64 KiB Node's own is done sooner.
   *
   * Rejects as `pbkdf2` does.
   *
   * @param algorithm a name that `getHashes` of `node:crypto` gives, such as 'sha256'
   * @param data text, as UTF-8, or bytes
   * @param options the form of the digest, or options
   *
   * @example
   * const etag = await loop.crypto.hash('sha256', bytes, { outputEncoding: 'base64url' });
   */
  hash(
    algorithm: string,
    data: KeyInput,
    options: 'buffer' | (HashOptions & { outputEncoding: 'buffer' }),
  ): Promise<Content>;
  hash(algorithm: string, data: KeyInput, options?: DigestEncoding | HashOptions): Promise<string>;
  hash(
    algorithm: string,
    data: KeyInput,
    options?: DigestEncoding | HashOptions,
  ): Promise<string | Content> {
    return new Promise((resolve, reject) => {
      const request = new HashRequest(resolve, reject);
      const given = typeof options === 'string' ? { outputEncoding: options } : options;
      const read: HashOptions =
        given === undefined ? {} : readOptions('options', given, HASH_NAMES);
      const { outputEncoding = 'hex' } = read;
      const signal = checkSignal(read.signal);
      if (!ENCODINGS.includes(outputEncoding)) {
        throw invalidValue('options.outputEncoding', `one of ${ENCODINGS.join(', ')}`);
      }
      request.encoding = outputEncoding;
      if (typeof algorithm !== 'string') throw invalidType('algorithm', 'of type string');
      request.digest = algorithm;
      request.data = toBytes('data', data);
      this.#work.submit(request, signal);
    });
  }
}
