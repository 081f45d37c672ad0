// What the public loop has for work that the kernel cannot wait for: its threads, and the
// requests that run there.
import type { CryptoRequests } from '../pool/crypto/crypto.js';
import type { ForeignWork } from '../pool/foreign.js';
import type { FileRequests } from '../pool/fs/fs.js';
import type { LoopPool } from '../pool/loop-pool.js';
import type { ThreadPool } from '../pool/pool.js';
import * as families from './families.js';
import { ProcessFace } from './process.js';

/** What a loop has for work off the loop. Use `EventLoop`. */
export abstract class PoolFace extends ProcessFace {
  #requests: LoopPool | undefined;
  #foreign: ForeignWork | undefined;
  #fs: FileRequests | undefined;
  #crypto: CryptoRequests | undefined;

  /**
   * The threads for blocking work: those of the option `pool`, else the loop's own, which
   * are made on first use and end with the loop.
   */
  get pool(): ThreadPool {
    return this.requests.pool;
  }

  /** What the families submit their requests to. @internal */
  protected get requests(): LoopPool {
    if (this.#requests !== undefined) return this.#requests;
    const { LoopPool } = families.pool();
    this.#requests = new LoopPool(this, this.sharedPool ?? { size: this.poolSize });
    return this.#requests;
  }

  /**
   * This loop for another addon, which may put functions of its own on the pool, and have
   * descriptors watched: an object that its C code understands, by `include/rawloop.h` of this
   * package. See docs/native.md.
   *
   * @example
   * addon.start(loop.nativeInterface);
   */
  get nativeInterface(): object {
    if (this.#foreign !== undefined) return this.#foreign.open;
    const { ForeignWork } = families.pool();
    this.#foreign = new ForeignWork(this, this.requests);
    return this.#foreign.open;
  }

  /** Files: at once where the kernel has them in memory, else on the pool. */
  get fs(): FileRequests {
    if (this.#fs !== undefined) return this.#fs;
    const { FileRequests, FileWork } = families.pool();
    this.#fs = new FileRequests(new FileWork(this, this.requests, this.inlineFiles));
    return this.#fs;
  }

  /**
   * Keys, digests and random bytes: by the host's OpenSSL on the pool, else by its own
   * `node:crypto` on JavaScript threads.
   */
  get crypto(): CryptoRequests {
    if (this.#crypto !== undefined) return this.#crypto;
    const { CryptoRequests } = families.pool();
    const makeHost = () => {
      const { HostCryptoJobs } = families.hostCrypto();
      return new HostCryptoJobs(this, this.pool.size);
    };
    this.#crypto = new CryptoRequests(this.requests, makeHost);
    return this.#crypto;
  }
}
