// Requests on what is open: by its descriptor, or by the FileHandle that has it. A handle's own
// methods are these. Descriptors that were opened elsewhere are borrowed; only `close` asks that
// they were opened by this package, or adopted.

import { invalidType } from '../../base/errors.js';
import { checkDescriptor, checkInteger } from '../../base/validate.js';
import type { Bytes } from '../../binding/index.js';
import { fileError } from '../../raw/errors.js';
import { readTimes } from './attributes.js';
import { checked } from './caller.js';
import { FolderRequests } from './folders.js';
import {
  checkId,
  checkLength,
  checkMode,
  type FileOptions,
  type FileTime,
  readSignal,
} from './options.js';
import type { BigIntStats, Stats } from './stats.js';
import {
  type BigIntOptions,
  type NumberOptions,
  readStatOptions,
  type StatOptions,
} from './status.js';
import { bigintStatsOf, numberOf, statsOf } from './values.js';

/** @internal The member by which a FileHandle, which stands above, tells its descriptor; -1: closed. */
export const FILE_NUMBER: unique symbol = Symbol('rawloop file number');

/** Something that has a descriptor: a FileHandle. */
export interface OpenFile {
  /** @internal */
  readonly [FILE_NUMBER]: number;
}

/** A descriptor: its number, or the FileHandle that has it. */
export type FileDescriptor = number | OpenFile;

const WHENCE = { SET: 0, CUR: 1, END: 2 } as const;
/** From where `seek` counts: the beginning, where the file stands, its end. */
export type Whence = keyof typeof WHENCE;

/** @internal */
export const EBADF = -9;

/** @throws TypeError, RangeError for no descriptor; SystemError EBADF for a closed FileHandle */
export function numberOfFile(file: FileDescriptor, syscall: string): number {
  if (typeof file === 'number') return checkDescriptor('file', file);
  if (typeof file !== 'object' || file === null) {
    throw invalidType('file', 'a FileHandle, or the number of a descriptor');
  }
  const fd = checkInteger('file', file[FILE_NUMBER], -1, 2 ** 31 - 1);
  if (fd < 0) throw fileError(EBADF, syscall);
  return fd;
}

/** Requests on what is open. Use `loop.fs`. */
export abstract class DescriptorRequests extends FolderRequests {
  /** What the kernel knows of an open file. See fstat(2). */
  fstat(file: FileDescriptor, options?: NumberOptions): Promise<Stats>;
  fstat(file: FileDescriptor, options: BigIntOptions): Promise<BigIntStats>;
  fstat(file: FileDescriptor, options?: StatOptions): Promise<Stats | BigIntStats>;
  fstat(file: FileDescriptor, options?: StatOptions): Promise<Stats | BigIntStats> {
    return checked(() => {
      const where = readStatOptions(options);
      const { flags } = where;
      const fd = numberOfFile(file, 'fstat');
      const value = flags === 0 ? statsOf : bigintStatsOf;
      return this.tryOrAsk<Stats | BigIntStats, 'fstat'>(
        'fstat',
        [fd, flags],
        { syscall: 'fstat' },
        value,
        where,
        (files) => files.fstat(fd, flags),
      );
    });
  }

  /** What `chmod` does, of an open file. See fchmod(2). */
  fchmod(file: FileDescriptor, mode: number | string, options?: FileOptions): Promise<void> {
    return checked(() => {
      const signal = readSignal(options);
      const wanted = checkMode(mode);
      return this.do(
        'fchmod',
        [numberOfFile(file, 'fchmod'), wanted],
        { syscall: 'fchmod' },
        signal,
      );
    });
  }

  /** What `chown` does, of an open file. See fchown(2). */
  fchown(file: FileDescriptor, uid: number, gid: number, options?: FileOptions): Promise<void> {
    return checked(() => {
      const signal = readSignal(options);
      const ids = [checkId('uid', uid), checkId('gid', gid)] as const;
      return this.do(
        'fchown',
        [numberOfFile(file, 'fchown'), ...ids],
        { syscall: 'fchown' },
        signal,
      );
    });
  }

  /** What `utimes` does, of an open file. See futimens(3). */
  futimes(
    file: FileDescriptor,
    atime: FileTime,
    mtime: FileTime,
    options?: FileOptions,
  ): Promise<void> {
    return checked(() => {
      const signal = readSignal(options);
      const times = readTimes(atime, mtime);
      return this.do(
        'futimes',
        [numberOfFile(file, 'futime'), ...times],
        { syscall: 'futime' },
        signal,
      );
    });
  }

  /** What `truncate` does, of an open file. See ftruncate(2). */
  ftruncate(file: FileDescriptor, length?: number, options?: FileOptions): Promise<void> {
    return checked(() => {
      const signal = readSignal(options);
      const wanted = checkLength('length', length);
      return this.do(
        'ftruncate',
        [numberOfFile(file, 'ftruncate'), wanted],
        { syscall: 'ftruncate' },
        signal,
      );
    });
  }

  /** Waits until the device has all that was written, and what is known of the file. See fsync(2). */
  fsync(file: FileDescriptor, options?: FileOptions): Promise<void> {
    return checked(() => this.#sync('fsync', file, options));
  }

  /** The same without what is not needed to read it again. See fdatasync(2). */
  fdatasync(file: FileDescriptor, options?: FileOptions): Promise<void> {
    return checked(() => this.#sync('fdatasync', file, options));
  }

  /**
   * Sets where the file stands: where reads and writes without a position begin. See lseek(2).
   *
   * @param offset bytes; may be negative but for 'SET'
   * @param whence from where to count: default 'SET', the beginning
   * @returns where it stands now, from the beginning
   */
  seek(
    file: FileDescriptor,
    offset: number,
    whence: Whence = 'SET',
    options?: FileOptions,
  ): Promise<number> {
    return checked(() => {
      const signal = readSignal(options);
      checkInteger('offset', offset, -Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
      const from = Object.hasOwn(WHENCE, whence)
        ? WHENCE[whence]
        : checkInteger('whence', whence, 0, 2);
      const fd = numberOfFile(file, 'lseek');
      const moved = this.ask('lseek', [fd, offset, from], { syscall: 'lseek' }, numberOf, signal);
      return this.work.moves(fd, moved);
    });
  }

  /**
   * Closes a descriptor that was opened by this package, once no request has it any more. Not one
   * of a FileHandle: that has a `close` of its own. See close(2).
   *
   * Rejects with a SystemError EBADF, EPERM (it was opened elsewhere), or EIO, ENOSPC, EDQUOT, by
   * which a file system may say only now that it could not write.
   */
  close(fd: number): Promise<void> {
    return checked(() => {
      checkDescriptor('fd', fd);
      return this.closing(fd);
    });
  }

  #sync(name: 'fsync' | 'fdatasync', file: FileDescriptor, options: FileOptions | undefined) {
    const signal = readSignal(options);
    return this.do(name, [numberOfFile(file, name)], { syscall: name }, signal);
  }
}

/** What is written, where a request takes several. */
export type Buffers = readonly Bytes[];
