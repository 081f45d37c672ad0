// File system requests: what epoll and kqueue cannot wait for, as regular files are
// always ready there. Each runs on a thread of the pool. See path_resolution(7).
import { checkSignal } from '../../base/abort.js';
import { invalidType, invalidValue } from '../../base/errors.js';
import { type OptionNames, readOptions } from '../../base/options.js';
import { checkInteger } from '../../base/validate.js';
import type { LoopPool } from '../loop-pool.js';
import { AccessRequest } from './access.js';
import { type Path, toPath } from './path.js';
import { ReadlinkRequest } from './readlink.js';
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

/** Options of `loop.fs.readlink`. */
export interface ReadlinkOptions {
  /** 'buffer': the bytes as the kernel has them. Default: 'utf8'. */
  encoding?: 'utf8' | 'buffer' | undefined;
  /** Queued work is cancelled when it aborts; running work goes on, unheard. */
  signal?: AbortSignal | undefined;
}

/** Options of `loop.fs.access`. */
export interface AccessOptions {
  /** Queued work is cancelled when it aborts; running work goes on, unheard. */
  signal?: AbortSignal | undefined;
}

const STAT_NAMES: OptionNames<StatOptions> = { bigint: true, signal: true };
const READLINK_NAMES: OptionNames<ReadlinkOptions> = { encoding: true, signal: true };
const ACCESS_NAMES: OptionNames<AccessOptions> = { signal: true };

/** R_OK, W_OK and X_OK together; F_OK is 0. */
const MAX_MODE = 7;

type BigIntOptions = StatOptions & { bigint: true };
type NumberOptions = StatOptions & { bigint?: false | undefined };
type BytesOptions = ReadlinkOptions & { encoding: 'buffer' };
type TextOptions = ReadlinkOptions & { encoding?: 'utf8' | undefined };

/** `loop.fs`. */
export class FileRequests {
  readonly #pool: LoopPool;

  /** @internal */
  constructor(pool: LoopPool) {
    this.#pool = pool;
  }

  /**
   * What the kernel knows of a file; a symbolic link is followed. See stat(2).
   *
   * Rejects with a SystemError (ENOENT, EACCES, ENOTDIR, ELOOP, ENAMETOOLONG) that has
   * `syscall` and `path`; a TypeError ERR_INVALID_ARG_TYPE for what is no path or
   * option, ERR_INVALID_ARG_VALUE for a path with a NUL; an AbortError ABORT_ERR,
   * whose cause is the signal's reason; an Error ERR_LOOP_CLOSED, ERR_POOL_CLOSED,
   * ERR_POOL_QUEUE_FULL, ERR_POOL_NO_THREAD.
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

  /**
   * What a symbolic link holds, of any length: as text, or as bytes, which a name that is
   * no UTF-8 asks for. Relative to the link's folder where it does not begin with a slash.
   * See readlink(2).
   *
   * Rejects as `stat` does; with a SystemError EINVAL for what is no symbolic link, and a
   * TypeError ERR_INVALID_ARG_VALUE for another encoding.
   *
   * @example
   * const program = await loop.fs.readlink('/proc/self/exe');
   */
  readlink(path: Path, options?: TextOptions): Promise<string>;
  readlink(path: Path, options: BytesOptions): Promise<Uint8Array>;
  readlink(path: Path, options?: ReadlinkOptions): Promise<string | Uint8Array>;
  readlink(path: Path, options?: ReadlinkOptions): Promise<string | Uint8Array> {
    return new Promise<string | Uint8Array>((resolve, reject) => {
      const request = new ReadlinkRequest(resolve, reject);
      const read =
        options === undefined ? undefined : readOptions('options', options, READLINK_NAMES);
      const signal = checkSignal(read?.signal);
      const encoding = read?.encoding;
      if (encoding !== undefined && encoding !== 'utf8' && encoding !== 'buffer') {
        throw invalidValue('options.encoding', "'utf8' or 'buffer'");
      }
      request.asBytes = encoding === 'buffer';
      request.path = toPath(path);
      this.#pool.submit(request, signal);
    });
  }

  /**
   * Whether the process may do to a file what `mode` says, by its real user and group; a
   * symbolic link is followed. Between the answer and what is done next, anybody may change
   * it: to open a file, open it. See access(2).
   *
   * Rejects as `stat` does: with a SystemError EACCES, or EROFS, ETXTBSY or EPERM, where
   * it may not; with a RangeError ERR_OUT_OF_RANGE for another mode.
   *
   * @param mode any of R_OK (4), W_OK (2) and X_OK (1) of `node:fs`; default F_OK (0):
   *   whether it is there
   *
   * @example
   * await loop.fs.access('package.json', constants.R_OK | constants.W_OK);
   */
  access(path: Path, mode?: number, options?: AccessOptions): Promise<void> {
    return new Promise<void>((resolve, reject) => {
      const request = new AccessRequest(resolve, reject);
      const read =
        options === undefined ? undefined : readOptions('options', options, ACCESS_NAMES);
      const signal = checkSignal(read?.signal);
      request.mode = mode === undefined ? 0 : checkInteger('mode', mode, 0, MAX_MODE);
      request.path = toPath(path);
      this.#pool.submit(request, signal);
    });
  }

  #stat(path: Path, options: StatOptions | undefined, flags: number) {
    // What the executor throws rejects the promise.
    return new Promise<Stats | BigIntStats>((resolve, reject) => {
      const request = new StatRequest(resolve, reject);
      request.flags = flags;
      let signal: AbortSignal | undefined;
      if (options !== undefined) {
        const read = readOptions('options', options, STAT_NAMES);
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
