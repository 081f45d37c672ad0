// What the requests of `loop.fs` share: the pool that they run on, and the loop that they
// keep alive.
import type { HandleLoop } from '../../loop/contract.js';
import type { ThreadPool } from '../pool.js';
import type { PoolRequest } from '../request.js';

export class FileWork {
  readonly loop: HandleLoop;
  readonly #pool: ThreadPool;

  constructor(loop: HandleLoop, pool: ThreadPool) {
    this.loop = loop;
    this.#pool = pool;
  }

  /** On a thread. @throws as ThreadPool.submit */
  submit<T>(request: PoolRequest<T>, signal: AbortSignal | undefined): void {
    this.#pool.submit(request, signal);
  }
}
