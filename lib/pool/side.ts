// What a loop holds of a pool: its queue of completions, and threads of its own. It does not
// lead to the loop: a pool that others use knows of it, and must not keep a loop that was
// forgotten; nor must what is given back then.
import { type NativePool, native } from '../binding/index.js';
import type { Resource } from '../loop/abandoned.js';
import type { PoolUser, ThreadPool } from './pool.js';

export class PoolSide implements Resource, PoolUser {
  readonly native: NativePool;
  /** Ends the threads, where they are the loop's own. */
  readonly #endThreads: (() => void) | undefined;
  readonly #shared: ThreadPool | undefined;

  /** @param owns the threads end with it */
  constructor(threads: ThreadPool, owns: boolean) {
    this.native = new native.Pool(threads.native);
    this.#endThreads = owns ? threads.native.close.bind(threads.native) : undefined;
    // A pool of the loop's own leads to the loop.
    this.#shared = owns ? undefined : threads;
  }

  stats(): { finished: number; wakeups: number } {
    return this.native.stats();
  }

  awaitHalf(): void {
    this.native.awaitHalf();
  }

  release(): void {
    this.native.close();
    this.#endThreads?.();
    this.#shared?.leave(this);
  }
}
