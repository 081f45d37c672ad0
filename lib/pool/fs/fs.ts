// File system requests: what epoll and kqueue cannot wait for, as regular files are
// always ready there. Each runs on a thread of the pool. See path_resolution(7).
import { checkSignal } from '../../base/abort.js';
import { invalidType } from '../../base/errors.js';
import { type OptionNames, readOptions } from '../../base/options.js';
import type { ThreadPool } from '../pool.js';
import { type Path, toPath } from './path.js';
import { BIGINT, NO_FOLLOW, StatRequest } from './stat.js';
import type { BigIntStats, Stats } from './stats.js';

export type { Path } from './path.js';

/** Options of `loop.fs.stat` and `loop.fs.lstat`. */
export interface StatOptions {
  /** BigInts instead of numbers, with times in nanoseconds. Default: false. */
  bigint?: boolean | undefined;
  /** Queued work is cancelled when it aborts; running work goes on, unheard. */
  signal?: AbortSignal | undefined;
}

const NAMES: OptionNames<StatOptions> = { bigint: true, signal: true };

type BigIntOptions = StatOptions & { bigint: true };
type NumberOptions = StatOptions & { bigint?: false | undefined };

/** `loop.fs`. */
export class FileRequests {
  readonly #pool: ThreadPool;

  /** @internal */
  constructor(pool: ThreadPool) {
    this.#pool = pool;
  }

  /**
   * What the kernel knows of a file; a symbolic link is followed. See stat(2).
   *
   * Rejects with a SystemError (ENOENT, EACCES, ENOTDIR, ELOOP, ENAMETOOLONG) that has
   * `syscall` and `path`; a TypeError ERR_INVALID_ARG_TYPE for what is no path or
   * option, ERR_INVALID_ARG_VALUE for a path with a NUL; an AbortError ABORT_ERR,
   * whose cause is the signal's reason; an Error ERR_LOOP_CLOSED, ERR_POOL_NO_THREAD.
   *
   * @example
   * const { size, mtime } = await loop.fs.stat('package.json');
   */
  stat(path: Path, options?: NumberOptions): Promise<Stats>;
  stat(path: Path, options: BigIntOptions): Promise<BigIntStats>;
  stat(path: Path, options?: StatOptions): Promise<Stats | BigIntStats>;
  stat(path: Path, options?: StatOptions): Promise<Stats | BigIntStats> {
    return this.#stat(path, options, 0);
  }

  /** The same of a symbolic link itself. See lstat(2). */
  lstat(path: Path, options?: NumberOptions): Promise<Stats>;
  lstat(path: Path, options: BigIntOptions): Promise<BigIntStats>;
  lstat(path: Path, options?: StatOptions): Promise<Stats | BigIntStats>;
  lstat(path: Path, options?: StatOptions): Promise<Stats | BigIntStats> {
    return this.#stat(path, options, NO_FOLLOW);
  }

  #stat(path: Path, options: StatOptions | undefined, flags: number) {
    // What the executor throws rejects the promise.
    return new Promise<Stats | BigIntStats>((resolve, reject) => {
      const request = new StatRequest(resolve, reject);
      request.flags = flags;
      let signal: AbortSignal | undefined;
      if (options !== undefined) {
        const read = readOptions('options', options, NAMES);
        signal = checkSignal(read.signal);
        if (read.bigint !== undefined && typeof read.bigint !== 'boolean') {
          throw invalidType('options.bigint', 'a boolean');
        }
        if (read.bigint === true) request.flags |= BIGINT;
      }
      request.path = toPath(path);
      this.#pool.submit(request, signal);
    });
  }
}
