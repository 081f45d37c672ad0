// What stat(2) says of a file, in the shape of Node's fs.Stats and fs.BigIntStats.
// The Date fields are made when they are first read: most callers never do.
import { constants } from 'node:fs';

// The order of StatField in native/jobs/stat.h.
const DEV = 0;
const MODE = 1;
const NLINK = 2;
const UID = 3;
const GID = 4;
const RDEV = 5;
const BLKSIZE = 6;
const INO = 7;
const SIZE = 8;
const BLOCKS = 9;
/** Each time takes two cells: seconds, nanoseconds. */
const ATIME = 10;
const MTIME = 12;
const CTIME = 14;
const BIRTHTIME = 16;

type TimeName = 'atime' | 'mtime' | 'ctime' | 'birthtime';

function isKind(mode: number | bigint, kind: number): boolean {
  return (Number(mode) & constants.S_IFMT) === kind;
}

/** Bound here: test frameworks put one of their own in its place. */
const HostDate = Date;

function keepDate(stats: object, name: TimeName, ms: number | bigint): Date {
  const value = new HostDate(Math.round(Number(ms)));
  // An own property from now on, as it is in Node: the same Date each time.
  const writable = { configurable: true, enumerable: true, writable: true };
  Object.defineProperty(stats, name, { ...writable, value });
  return value;
}

/** What `Stats` and `BigIntStats` have in common. */
abstract class FileStats<T extends number | bigint> {
  /** The device that holds it. */
  abstract readonly dev: T;
  /** Names that it has. */
  abstract readonly nlink: T;
  /** The owner. */
  abstract readonly uid: T;
  /** The owner's group. */
  abstract readonly gid: T;
  /** The device that it is, if it is one. */
  abstract readonly rdev: T;
  /** What to read and write at once, in bytes. */
  abstract readonly blksize: T;
  /** The number of the inode. */
  abstract readonly ino: T;
  /** Type and permissions. */
  abstract readonly mode: T;
  /** Time of the last access. */
  abstract readonly atimeMs: T;
  /** Time of the last change of the content. */
  abstract readonly mtimeMs: T;
  /** Time of the last change of the content or of the inode. */
  abstract readonly ctimeMs: T;
  /** Time of birth. */
  abstract readonly birthtimeMs: T;

  /** A regular file. */
  isFile(): boolean {
    return isKind(this.mode, constants.S_IFREG);
  }
  /** A folder. */
  isDirectory(): boolean {
    return isKind(this.mode, constants.S_IFDIR);
  }
  /** A symbolic link; `lstat` alone tells. */
  isSymbolicLink(): boolean {
    return isKind(this.mode, constants.S_IFLNK);
  }
  /** A FIFO. */
  isFIFO(): boolean {
    return isKind(this.mode, constants.S_IFIFO);
  }
  /** A Unix socket. */
  isSocket(): boolean {
    return isKind(this.mode, constants.S_IFSOCK);
  }
  /** A block device. */
  isBlockDevice(): boolean {
    return isKind(this.mode, constants.S_IFBLK);
  }
  /** A character device. */
  isCharacterDevice(): boolean {
    return isKind(this.mode, constants.S_IFCHR);
  }

  /** Time of the last access. */
  get atime(): Date {
    return keepDate(this, 'atime', this.atimeMs);
  }
  /** Time of the last change of the content. */
  get mtime(): Date {
    return keepDate(this, 'mtime', this.mtimeMs);
  }
  /** Time of the last change of the content or of the inode. */
  get ctime(): Date {
    return keepDate(this, 'ctime', this.ctimeMs);
  }
  /** Time of birth: the epoch where the file system does not keep one. */
  get birthtime(): Date {
    return keepDate(this, 'birthtime', this.birthtimeMs);
  }
}

/** stat(2) in numbers; times in milliseconds since the epoch, with fractions. */
export class Stats extends FileStats<number> {
  readonly dev: number;
  readonly mode: number;
  readonly nlink: number;
  readonly uid: number;
  readonly gid: number;
  readonly rdev: number;
  readonly blksize: number;
  readonly ino: number;
  /** Bytes. */
  readonly size: number;
  /** Blocks of 512 bytes, whatever `blksize` is. */
  readonly blocks: number;
  readonly atimeMs: number;
  readonly mtimeMs: number;
  readonly ctimeMs: number;
  readonly birthtimeMs: number;

  /** @internal */
  constructor(numbers: Float64Array, at: number) {
    super();
    this.dev = numbers[at + DEV] as number;
    this.mode = numbers[at + MODE] as number;
    this.nlink = numbers[at + NLINK] as number;
    this.uid = numbers[at + UID] as number;
    this.gid = numbers[at + GID] as number;
    this.rdev = numbers[at + RDEV] as number;
    this.blksize = numbers[at + BLKSIZE] as number;
    this.ino = numbers[at + INO] as number;
    this.size = numbers[at + SIZE] as number;
    this.blocks = numbers[at + BLOCKS] as number;
    this.atimeMs = msAt(numbers, at + ATIME);
    this.mtimeMs = msAt(numbers, at + MTIME);
    this.ctimeMs = msAt(numbers, at + CTIME);
    this.birthtimeMs = msAt(numbers, at + BIRTHTIME);
  }
}

/** stat(2) in BigInts: exact, with times in nanoseconds as well. */
export class BigIntStats extends FileStats<bigint> {
  readonly dev: bigint;
  readonly mode: bigint;
  readonly nlink: bigint;
  readonly uid: bigint;
  readonly gid: bigint;
  readonly rdev: bigint;
  readonly blksize: bigint;
  readonly ino: bigint;
  /** Bytes. */
  readonly size: bigint;
  /** Blocks of 512 bytes, whatever `blksize` is. */
  readonly blocks: bigint;
  readonly atimeMs: bigint;
  readonly mtimeMs: bigint;
  readonly ctimeMs: bigint;
  readonly birthtimeMs: bigint;
  /** Time of the last access. */
  readonly atimeNs: bigint;
  /** Time of the last change of the content. */
  readonly mtimeNs: bigint;
  /** Time of the last change of the content or of the inode. */
  readonly ctimeNs: bigint;
  /** Time of birth. */
  readonly birthtimeNs: bigint;

  /** @internal */
  constructor(integers: BigInt64Array, at: number) {
    super();
    this.dev = integers[at + DEV] as bigint;
    this.mode = integers[at + MODE] as bigint;
    this.nlink = integers[at + NLINK] as bigint;
    this.uid = integers[at + UID] as bigint;
    this.gid = integers[at + GID] as bigint;
    this.rdev = integers[at + RDEV] as bigint;
    this.blksize = integers[at + BLKSIZE] as bigint;
    this.ino = integers[at + INO] as bigint;
    this.size = integers[at + SIZE] as bigint;
    this.blocks = integers[at + BLOCKS] as bigint;
    this.atimeNs = nsAt(integers, at + ATIME);
    this.mtimeNs = nsAt(integers, at + MTIME);
    this.ctimeNs = nsAt(integers, at + CTIME);
    this.birthtimeNs = nsAt(integers, at + BIRTHTIME);
    this.atimeMs = this.atimeNs / 1_000_000n;
    this.mtimeMs = this.mtimeNs / 1_000_000n;
    this.ctimeMs = this.ctimeNs / 1_000_000n;
    this.birthtimeMs = this.birthtimeNs / 1_000_000n;
  }
}

function msAt(numbers: Float64Array, at: number): number {
  return (numbers[at] as number) * 1000 + (numbers[at + 1] as number) / 1e6;
}

function nsAt(integers: BigInt64Array, at: number): bigint {
  return (integers[at] as bigint) * 1_000_000_000n + (integers[at + 1] as bigint);
}
