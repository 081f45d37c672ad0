// What the public loop has for work that the kernel cannot wait for: its threads, and the
// requests that run there.
import type { CryptoRequests } from '../pool/crypto/crypto.js';
import type { FileRequests } from '../pool/fs/fs.js';
import type { ThreadPool } from '../pool/pool.js';
import * as families from './families.js';
import { ProcessFace } from './process.js';

/** What a loop has for work off the loop. Use `EventLoop`. */
export abstract class PoolFace extends ProcessFace {
  #pool: ThreadPool | undefined;
  #fs: FileRequests | undefined;
  #crypto: CryptoRequests | undefined;

  /** The threads for blocking work; made on first use. */
  get pool(): ThreadPool {
    if (this.#pool !== undefined) return this.#pool;
    const { ThreadPool } = families.pool();
    this.#pool = new ThreadPool(this, { size: this.poolSize });
    return this.#pool;
  }

  /** Files: at once where the kernel has them in memory, else on the pool. */
  get fs(): FileRequests {
    if (this.#fs !== undefined) return this.#fs;
    const { FileRequests, FileWork } = families.pool();
    this.#fs = new FileRequests(new FileWork(this, this.pool, this.inlineFiles));
    return this.#fs;
  }

  /** Keys, on the pool. */
  get crypto(): CryptoRequests {
    if (this.#crypto !== undefined) return this.#crypto;
    const { CryptoRequests } = families.pool();
    this.#crypto = new CryptoRequests(this.pool);
    return this.#crypto;
  }
}
