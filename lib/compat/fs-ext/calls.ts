// The calls of fs-ext, made at once. A negative descriptor, of which native code knows nothing, is one
// that is not open.
import { native } from '../../binding/index.js';
import { constant } from '../../raw/constants.js';
import { EBADF, errorOf } from './told.js';

/** What `statVFS` tells: POSIX's names. */
export interface FileSystemSize {
  /** The longest name: bytes. */
  f_namemax: number;
  /** Bytes that are best read at once. */
  f_bsize: number;
  /** Bytes of a block. */
  f_frsize: number;
  /** Blocks there are. */
  f_blocks: number;
  /** Free ones, for who is no superuser. */
  f_bavail: number;
  /** Free ones. */
  f_bfree: number;
  /** Files there may be. */
  f_files: number;
  /** How many more, for who is no superuser. */
  f_favail: number;
  /** How many more. */
  f_ffree: number;
}

const LOCKS: ReadonlySet<number> = new Set([
  constant('F_SETLK'),
  constant('F_SETLKW'),
  constant('F_GETLK'),
]);
const DUPLICATES: ReadonlySet<number> = new Set([constant('F_DUPFD'), constant('F_DUPFD_CLOEXEC')]);

export function flockNow(fd: number, operation: number): number {
  return fd < 0 ? EBADF : native.flock(fd, operation);
}

/** 0 or more, or -errno. Those of locks are about the whole file. */
export function fcntlNow(fd: number, command: number, argument: number): number {
  if (fd < 0) return EBADF;
  if (LOCKS.has(command)) {
    const whole = BigInt64Array.of(BigInt(argument), 0n, 0n, 0n, 0n);
    return native.fcntl(fd, command, whole);
  }
  const result = native.fcntl(fd, command, argument);
  // It is the program's, which closes it by `fs.closeSync`.
  if (result >= 0 && DUPLICATES.has(command)) native.release(result);
  return result;
}

/** @throws TypeError */
export function checkOffset(position: unknown): number {
  if (position === undefined || position === null) return -1;
  if (Number.isSafeInteger(position)) return position as number;
  throw new TypeError('Not an integer');
}

export function seekNow(fd: number, offset: number, whence: number): number {
  return fd < 0 ? EBADF : native.lseek(fd, offset, whence);
}

/** @throws Error with `code` and `path` */
export function statVfsNow(path: string): FileSystemSize {
  const fields = new Float64Array(11);
  const result = native.statvfs(path, fields);
  if (result < 0) throw errorOf(result, 'statvfs', path);
  return sizeOf(fields);
}

/** By the fields of statvfs(3), in their order. */
export function sizeOf(fields: Float64Array): FileSystemSize {
  const [bsize = 0, frsize = 0, blocks = 0, bfree = 0, bavail = 0] = fields;
  const [files = 0, ffree = 0, favail = 0, , , namemax = 0] = fields.subarray(5);
  return {
    f_namemax: namemax,
    f_bsize: bsize,
    f_frsize: frsize,
    f_blocks: blocks,
    f_bavail: bavail,
    f_bfree: bfree,
    f_files: files,
    f_favail: favail,
    f_ffree: ffree,
  };
}
