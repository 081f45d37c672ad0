// By whom a request of loop.crypto is done: the host's OpenSSL on the pool, else the host's own
// node:crypto on JavaScript threads, which has what is not behind symbols that can be looked up:
// a library that is linked in without them, digests of providers.
import { throwIfAborted } from '../../base/abort.js';
import { codedError } from '../../base/errors.js';
import { native } from '../../binding/index.js';
import type { LoopPool } from '../loop-pool.js';
import type { HostCrypto } from './host.js';
import type { CryptoRequest } from './request.js';

/** What decides about the way of a request. */
type Needs = Pick<CryptoRequest<never>, 'digest' | 'isForHost'>;

/** Names that are remembered; there are about a hundred, and each may be spelt in many ways. */
const MAX_NAMES = 256;

/** Whether OpenSSL is tried: RAWLOOP_CRYPTO forces one way in tests. */
function forced(): string | undefined {
  const named = process.env['RAWLOOP_CRYPTO'] || undefined;
  if (named === undefined || named === 'openssl' || named === 'workers') return named;
  throw codedError(
    Error,
    'ERR_INVALID_ARG_VALUE',
    `RAWLOOP_CRYPTO must be 'openssl' or 'workers', not '${named}'`,
  );
}

export class CryptoWork {
  readonly #pool: LoopPool;
  readonly #makeHost: () => HostCrypto;
  readonly #forced = forced();
  readonly #known = new Set<string>();
  #host: HostCrypto | undefined;
  #hasLibrary: boolean | undefined;

  /** @throws Error ERR_INVALID_ARG_VALUE when RAWLOOP_CRYPTO names no way */
  constructor(pool: LoopPool, makeHost: () => HostCrypto) {
    this.#pool = pool;
    this.#makeHost = makeHost;
  }

  /** Has `request` done, and settles it. @throws what rejects its promise */
  submit<T>(request: CryptoRequest<T>, signal: AbortSignal | undefined): void {
    throwIfAborted(signal);
    const { digest } = request;
    if (this.#isForLibrary(request)) {
      this.#pool.submit(request, signal);
      return;
    }
    this.#host ??= this.#makeHost();
    const isKnown = digest === undefined || (!digest.includes('\0') && this.#host.knows(digest));
    if (!isKnown) {
      throw codedError(TypeError, 'ERR_CRYPTO_INVALID_DIGEST', `Invalid digest: ${digest}`);
    }
    this.#host
      .run(request.hostJob(), signal)
      .then((bytes) => request.resolve(request.made(bytes)))
      .catch(request.reject);
  }

  #isForLibrary({ digest, isForHost }: Needs): boolean {
    if (this.#forced !== undefined) return this.#forced === 'openssl';
    if (isForHost) return false;
    this.#hasLibrary ??= native.hasOpenSsl(undefined);
    if (!this.#hasLibrary || digest === undefined) return this.#hasLibrary;
    if (this.#known.has(digest)) return true;
    if (!native.hasOpenSsl(digest)) return false;
    if (this.#known.size < MAX_NAMES) this.#known.add(digest);
    return true;
  }
}
