// What the public loop has for JavaScript that would block it.
import type { WorkersOptions } from '../workers/options.js';
import type { Workers } from '../workers/workers.js';
import type { ZlibRequests } from '../zlib/zlib.js';
import { DnsFace } from './dns.js';
import * as families from './families.js';

/** What a loop has for JavaScript that would block it. Use `EventLoop`. */
export abstract class WorkersFace extends DnsFace {
  #zlib: ZlibRequests | undefined;

  /**
   * Compression by the host's own `node:zlib`, on threads of its own; made on first use.
   *
   * @throws SystemError EMFILE, ENFILE, ENOMEM; Error ERR_LOOP_CLOSED
   */
  get zlib(): ZlibRequests {
    if (this.#zlib !== undefined) return this.#zlib;
    const { ZlibRequests } = families.zlib();
    this.#zlib = new ZlibRequests(this);
    return this.#zlib;
  }

  /**
   * Threads that do JavaScript jobs, by the function that a file exports. They work in both
   * modes: results come although the host's loop stands still. A thread starts when a job needs
   * it, does one job at a time, and is replaced when it ends. See docs/workers.md.
   *
   * Do not block in a thread on what the host's main thread has to do, such as `console.log`
   * to be seen: where the loop owns its thread that comes when `run` has returned.
   *
   * @throws TypeError, RangeError for a bad option; SystemError EMFILE, ENFILE, ENOMEM; Error
   *   ERR_LOOP_CLOSED
   *
   * @example
   * // primes.mjs: export default (upTo) => countPrimes(upTo);
   * const workers = loop.workers({ file: new URL('primes.mjs', import.meta.url), size: 2 });
   * const counts = await Promise.all([1e6, 2e6].map((upTo) => workers.run(upTo)));
   * workers.close();
   */
  workers<Input = unknown, Result = unknown>(options: WorkersOptions): Workers<Input, Result> {
    const { Workers } = families.workers();
    return new Workers<Input, Result>(this, options);
  }
}
