// The host's own node:crypto on JavaScript threads, in both modes of the loop: where its OpenSSL
// is not to be had by symbols, or does not know a digest by them. See lib/pool/crypto/work.ts.
import type * as HostModule from 'node:crypto';
import { codedError } from '../base/errors.js';
import { builtin } from '../binding/builtin.js';
import type { HandleLoop } from '../loop/contract.js';
import type { HostCrypto, HostJob } from '../pool/crypto/host.js';
import { Workers } from '../workers/index.js';

/**
 * What its threads run. As text, since it has no file of its own. Secrets are wiped here, as
 * native code does it; the loop's copies were moved. What OpenSSL says of a refusal differs by
 * version, so that it is the cause of what is told on every way.
 */
const THREAD_CODE = `
const crypto = require('node:crypto');
const CALLS = {
  // OpenSSL 3 refuses a key of no bytes, which Node allowed before.
  pbkdf2: (password, salt, iterations, size, digest) =>
    size === 0 ? [] : crypto.pbkdf2Sync(password, salt, iterations, size, digest),
  scrypt: (password, salt, size, costs) => crypto.scryptSync(password, salt, size, costs),
  randomBytes: (size) => crypto.randomBytes(size),
  hash: (data, digest) => crypto.createHash(digest, hashOptions(digest)).update(data).digest(),
};
function hashOptions(digest) {
  const bits = /^shake-?(128|256)$/i.exec(digest)?.[1];
  return bits === undefined ? {} : { outputLength: bits / 8 };
}
function refusal(name, cause) {
  const { code = '', message } = cause;
  if (/^ERR_(CRYPTO_INVALID|OUT_OF_RANGE|INVALID_ARG|MEMORY)/.test(code)) return cause;
  const isMemory = cause instanceof RangeError;
  const told = isMemory ? 'ERR_MEMORY_ALLOCATION_FAILED' : 'ERR_CRYPTO_OPERATION_FAILED';
  return Object.assign(new Error(name + ' failed: ' + message, { cause }), { code: told });
}
module.exports = ({ name, bytes, options }, context) => {
  try {
    // Of memory that others share only what is ours is copied, and moved.
    const result = new Uint8Array(CALLS[name](...bytes, ...options));
    context.transfer(result.buffer);
    return result;
  } catch (error) {
    throw refusal(name, error);
  } finally {
    for (const secret of bytes) secret.fill(0);
  }
};`;

/** The module; undefined: the host was built without. */
function hostModule(): typeof HostModule | undefined {
  try {
    return builtin('node:crypto') as typeof HostModule;
  } catch {
    return undefined;
  }
}

export class HostCryptoJobs implements HostCrypto {
  readonly #crypto: typeof HostModule;
  readonly #workers: Workers<HostJob, Uint8Array>;

  /**
   * @param size threads at most
   * @throws Error ERR_FEATURE_UNAVAILABLE_ON_PLATFORM where the host has no `node:crypto`;
   *   SystemError EMFILE, ENFILE, ENOMEM; Error ERR_LOOP_CLOSED
   */
  constructor(loop: HandleLoop, size: number) {
    const crypto = hostModule();
    if (crypto === undefined) {
      throw codedError(
        Error,
        'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM',
        "loop.crypto needs OpenSSL: the host exports none, has no 'node:crypto', and neither " +
          'libcrypto.so.3 nor libcrypto.so.1.1 is installed',
      );
    }
    this.#crypto = crypto;
    // A request that runs goes on, unheard, as those on the pool do.
    const settings = { code: THREAD_CODE, name: 'crypto', abortGraceMs: Number.POSITIVE_INFINITY };
    this.#workers = new Workers<HostJob, Uint8Array>(loop, { ...settings, size }, true);
  }

  knows(digest: string): boolean {
    const name = digest.toLowerCase();
    if (this.#crypto.getHashes().some((listed) => listed.toLowerCase() === name)) return true;
    try {
      // Bun lists few of those that it makes.
      this.#crypto.createHash(digest);
      return true;
    } catch {
      return false;
    }
  }

  run(job: HostJob, signal: AbortSignal | undefined): Promise<Uint8Array> {
    return this.#workers.run(job, { signal, transfer: job.bytes.map(({ buffer }) => buffer) });
  }
}
