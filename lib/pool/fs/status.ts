// What there is to know of a file by its path, and of its file system.
import type { OptionNames } from '../../base/options.js';
import { checkInteger } from '../../base/validate.js';
import type { Batch } from '../batch.js';
import type { ValueOf } from './call.js';
import { checked, FileCaller } from './caller.js';
import { type FilesInMemory, REFUSED } from './inline/in-memory.js';
import { checkFlag, type FileOptions, readFileOptions, readSignal } from './options.js';
import { type Path, toPath } from './path.js';
import type { BigIntStatFs, StatFs } from './statfs.js';
import type { BigIntStats, Stats } from './stats.js';
import { bigintStatFsOf, bigintStatsOf, statFsOf, statsOf } from './values.js';

/** Options of `loop.fs.stat`, `lstat`, `fstat` and `statfs`. */
export interface StatOptions extends FileOptions {
  /** BigInts instead of numbers, with times in nanoseconds. Default: false. */
  bigint?: boolean | undefined;
  /**
   * Whether to try without a thread first, where that is known: not of `statfs`. Default: what
   * the loop's `inlineFiles` says.
   */
  inline?: boolean | undefined;
}

/** Options of `loop.fs.access`. */
export interface AccessOptions extends FileOptions {}

export type BigIntOptions = StatOptions & { bigint: true };
export type NumberOptions = StatOptions & { bigint?: false | undefined };

const STAT_NAMES: OptionNames<StatOptions> = { bigint: true, inline: true, signal: true };

// The flags of the operations.
const NO_FOLLOW = 1;
const BIGINT = 2;
/** R_OK, W_OK and X_OK together; F_OK is 0. */
const MAX_MODE = 7;

/** Requests for what is known of files. Use `loop.fs`. */
export abstract class StatusRequests extends FileCaller {
  /**
   * What the kernel knows of a file; a symbolic link is followed. See stat(2).
   *
   * Rejects, as every request on a path does, with a SystemError (ENOENT, EACCES, ENOTDIR, ELOOP,
   * ENAMETOOLONG) that has `syscall` and `path`; a TypeError ERR_INVALID_ARG_TYPE for what is no
   * path or option, ERR_INVALID_ARG_VALUE for a path with a NUL or an option that is not known; an
   * AbortError ABORT_ERR, whose cause is the signal's reason; an Error ERR_LOOP_CLOSED,
   * ERR_POOL_NO_THREAD.
   *
   * @example
   * const { size, mtime } = await loop.fs.stat('package.json');
   */
  stat(path: Path, options?: NumberOptions): Promise<Stats>;
  stat(path: Path, options: BigIntOptions): Promise<BigIntStats>;
  stat(path: Path, options?: StatOptions): Promise<Stats | BigIntStats>;
  stat(path: Path, options?: StatOptions): Promise<Stats | BigIntStats> {
    return this.#stat('stat', path, options, 0);
  }

  /** The same of a symbolic link itself. See lstat(2). */
  lstat(path: Path, options?: NumberOptions): Promise<Stats>;
  lstat(path: Path, options: BigIntOptions): Promise<BigIntStats>;
  lstat(path: Path, options?: StatOptions): Promise<Stats | BigIntStats>;
  lstat(path: Path, options?: StatOptions): Promise<Stats | BigIntStats> {
    return this.#stat('lstat', path, options, NO_FOLLOW);
  }

  /** How much room the file system of `path` has. See statfs(2). */
  statfs(path: Path, options?: NumberOptions): Promise<StatFs>;
  statfs(path: Path, options: BigIntOptions): Promise<BigIntStatFs>;
  statfs(path: Path, options?: StatOptions): Promise<StatFs | BigIntStatFs>;
  statfs(path: Path, options?: StatOptions): Promise<StatFs | BigIntStatFs> {
    return checked(() => {
      const { flags, signal } = readStatOptions(options);
      const checkedPath = toPath(path);
      const value = flags === BIGINT ? bigintStatFsOf : statFsOf;
      const about = { syscall: 'statfs', path: checkedPath };
      return this.ask<StatFs | BigIntStatFs, 'statfs'>(
        'statfs',
        [checkedPath, flags],
        about,
        value,
        signal,
      );
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
    return checked(() => {
      const signal = readSignal(options);
      const wanted = mode === undefined ? 0 : checkInteger('mode', mode, 0, MAX_MODE);
      const checkedPath = toPath(path);
      return this.do(
        'access',
        [checkedPath, wanted],
        { syscall: 'access', path: checkedPath },
        signal,
      );
    });
  }

  /** The fields of statvfs(3), of `rawloop/raw`, by a thread: for compat/fs-ext. @internal */
  statvfs(path: string): Promise<Float64Array> {
    return checked(() => {
      const about = { syscall: 'statvfs', path: toPath(path) };
      const fields = (batch: Batch, row: number) =>
        batch.numbers.slice(batch.place(row), batch.place(row) + STATVFS_FIELDS);
      return this.ask('statvfs', [about.path], about, fields, undefined);
    });
  }

  #stat(syscall: string, path: Path, options: StatOptions | undefined, follow: number) {
    let files: FilesInMemory | undefined;
    try {
      const where = readStatOptions(options);
      const checkedPath = toPath(path);
      const flags = where.flags | follow;
      const about = { syscall, path: checkedPath };
      // The common way makes nothing but its result.
      files = this.work.now(where.signal, where.inline);
      const stats = files?.stat(checkedPath, flags, about);
      if (typeof stats === 'object') {
        this.work.did(syscall, 0);
        return Promise.resolve(stats);
      }
      const args: [string | Uint8Array, number] = [checkedPath, flags];
      const value: ValueOf<Stats | BigIntStats> = where.flags === BIGINT ? bigintStatsOf : statsOf;
      if (stats === REFUSED) return this.ask('stat', args, about, value, where.signal);
      return this.tryOrAsk('stat', args, about, value, where, (inMemory) =>
        inMemory.stat(checkedPath, flags, about),
      );
    } catch (error) {
      // That it is not there was seen at once as well.
      if (files !== undefined) this.work.did(syscall, 0);
      return Promise.reject(error);
    }
  }
}

const STATVFS_FIELDS = 11;

/** What `options` say, as the operations take it. */
export function readStatOptions(options: StatOptions | undefined): {
  flags: number;
  signal: AbortSignal | undefined;
  inline: boolean | undefined;
} {
  if (options === undefined) return NO_OPTIONS;
  const { bigint, signal, inline } = readFileOptions(options, STAT_NAMES) as StatOptions;
  if (inline !== undefined) checkFlag('inline', inline);
  return { flags: checkFlag('bigint', bigint) ? BIGINT : 0, signal, inline };
}

const NO_OPTIONS = { flags: 0, signal: undefined, inline: undefined };
