// Requests on files that the kernel has in memory, done on the loop's thread: what would have to
// wait says so (REFUSED), and a thread does it. See native/jobs/fs_inline_linux.cc.

import { constants } from 'node:fs';
import { native } from '../../../binding/index.js';
import { type About, errorOf } from '../call.js';
import type { Content } from '../path.js';
import { BigIntStats, Stats } from '../stats.js';
import type { FileSystem } from '../values.js';
import { FileSystems } from './file-systems.js';
import { Refusals } from './refusals.js';

/** It was not done: a thread is to do it. */
export const REFUSED: unique symbol = Symbol('refused');
export type Refused = typeof REFUSED;

/** The most that is read or written at once: what is longer would keep the loop from others. */
export const MAX_BYTES = 256 * 1024;

const FIELDS = 18;
const DEV = 0;
const MODE = 1;
const NO_FOLLOW = 1;
const BIGINT = 2;
const ENOENT = -2;
const EXDEV = -18;
const EFBIG = -27;
const ENOSYS = -38;
const EOPNOTSUPP = -95;
const SLASH = 0x2f;

/** In the place of the device of what is mounted at the root. */
const ROOT_PLACE = 0;

// The argument `mounts`.
const ONE_MOUNT = 0;
const ANY_MOUNT = 1;

/** Folders below the root that lead to other mounts. */
const MAX_LEAVING = 1000;

/** The folder below the root that `path` leads through. */
function topOf(path: string): string {
  const end = path.indexOf('/', 1);
  return end < 0 ? path : path.slice(0, end);
}

const { O_CREAT, O_RDWR, O_TRUNC, O_WRONLY } = constants;
/** What makes or cuts a file writes to the file system: a thread opens it, and nobody looks before. */
const WRITING = O_CREAT | O_RDWR | O_TRUNC | O_WRONLY;
const { lookNow, statNow, openNow, readNow, pwriteNow, readFileNow } = native;

/** A file that has more than is read at once. */
export const LARGE: unique symbol = Symbol('large');

export class FilesInMemory {
  /** False where the kernel has no such calls. */
  isThere = true;
  readonly #fileSystems: FileSystems;
  readonly #numbers = new Float64Array(FIELDS);
  readonly #integers = new BigInt64Array(FIELDS);
  readonly #reads = new Refusals();
  readonly #writes = new Refusals();
  /** Whole files, by device. */
  readonly #devices = new Refusals();
  readonly #leaving = new Set<string>();

  constructor(ask: (path: string | Uint8Array) => Promise<FileSystem>) {
    this.#fileSystems = new FileSystems(ask);
  }

  /** stat, lstat. @throws SystemError ENOENT */
  stat(path: string | Uint8Array, flags: number, about: About): Stats | BigIntStats | Refused {
    const isBigint = (flags & BIGINT) !== 0;
    const cells = isBigint ? this.#integers : this.#numbers;
    let result = EXDEV;
    if (this.#mayStayAtRoot(path)) {
      result = lookNow(path, flags, ONE_MOUNT, cells, this.#fileSystems.local);
      if (result < 0 && result !== EXDEV) return this.#failed(result, about);
    }
    if (result < 0 && !this.#look(path, flags, about, cells)) return REFUSED;
    return isBigint ? new BigIntStats(this.#integers, 0) : new Stats(this.#numbers, 0);
  }

  /** fstat: of what is on a file system that is known. */
  fstat(fd: number, flags: number): Stats | BigIntStats | Refused {
    const isBigint = (flags & BIGINT) !== 0;
    const cells = isBigint ? this.#integers : this.#numbers;
    const result = statNow(fd, flags, cells, this.#fileSystems.local);
    if (result === EXDEV) this.#learn(cells, `/proc/self/fd/${fd}`);
    if (result < 0) return this.#refused(result);
    return isBigint ? new BigIntStats(this.#integers, 0) : new Stats(this.#numbers, 0);
  }

  /** A descriptor of a regular file that is opened for reading. @throws SystemError ENOENT */
  open(path: string | Uint8Array, flags: number, about: About): number | Refused {
    if ((flags & WRITING) !== 0) return REFUSED;
    if (this.#mayStayAtRoot(path)) {
      const fd = openNow(path, flags, ONE_MOUNT);
      if (fd !== EXDEV) return fd < 0 ? this.#failed(fd, about) : fd;
    }
    if (!this.#isRegular(path, flags, about)) return REFUSED;
    const fd = openNow(path, flags, ANY_MOUNT);
    return fd < 0 ? this.#refused(fd) : fd;
  }

  /** How many bytes: all that was asked for, or what there is up to the end of the file. */
  read(fd: number, target: Uint8Array, position: number): number | Refused {
    if (target.length > MAX_BYTES || !this.#reads.tries(fd)) return REFUSED;
    const size = readNow(fd, target, position);
    this.#reads.told(fd, size < 0);
    return size < 0 ? this.#refused(size) : size;
  }

  /** How many bytes, which may be fewer than were given: see write(2). */
  write(fd: number, bytes: Uint8Array, position: number): number | Refused {
    if (bytes.length > MAX_BYTES || !this.#writes.tries(fd)) return REFUSED;
    const size = pwriteNow(fd, bytes, position, this.#numbers, this.#fileSystems.writable);
    this.#writes.told(fd, size < 0);
    if (size === EXDEV) this.#learn(this.#numbers, `/proc/self/fd/${fd}`);
    return size < 0 ? this.#refused(size) : size;
  }

  /** The whole content. @throws SystemError ENOENT, of the call open */
  readFile(
    path: string | Uint8Array,
    flags: number,
    about: About,
  ): Content | Refused | typeof LARGE {
    if ((flags & WRITING) !== 0) return REFUSED;
    if (this.#mayStayAtRoot(path)) {
      if (!this.#devices.tries(ROOT_PLACE)) return REFUSED;
      const content = readFileNow(path, flags, ONE_MOUNT, MAX_BYTES);
      if (content !== EXDEV) return this.#readWhole(ROOT_PLACE, content, about);
    }
    if (!this.#isRegular(path, flags, { ...about, syscall: 'open' })) return REFUSED;
    const device = this.#numbers[DEV] as number;
    if (!this.#devices.tries(device)) return REFUSED;
    return this.#readWhole(device, readFileNow(path, flags, ANY_MOUNT, MAX_BYTES), about);
  }

  /**
   * Whether a regular file is there, whose status the numbers are then. Nothing else is opened
   * here, not even to be closed at once: whoever waits to write to a FIFO would find a reader, and
   * lose what he writes. @throws SystemError ENOENT
   */
  #isRegular(path: string | Uint8Array, flags: number, about: About): boolean {
    const follow = (flags & constants.O_NOFOLLOW) !== 0 ? NO_FOLLOW : 0;
    if (!this.#look(path, follow, about, this.#numbers)) return false;
    return ((this.#numbers[MODE] as number) & constants.S_IFMT) === constants.S_IFREG;
  }

  /** What a file system of a device that cannot read so says is remembered. */
  #readWhole(device: number, content: Uint8Array | number, about: About) {
    if (content === EFBIG) return LARGE;
    const isRead = typeof content === 'object';
    if (isRead || content === EOPNOTSUPP) this.#devices.told(device, !isRead);
    return isRead ? (content as Content) : this.#failed(content, { ...about, syscall: 'open' });
  }

  /**
   * Whether `path` may be opened without a look at what is there: it is to stay on the mount at the
   * root, which is local.
   */
  #mayStayAtRoot(path: string | Uint8Array): boolean {
    if (typeof path !== 'string' || path.charCodeAt(0) !== SLASH) return false;
    return this.#fileSystems.isRootLocal() && !this.#leaving.has(topOf(path));
  }

  /** It did not: what is below the same folder is looked at first, from here on. */
  #leaves(path: string | Uint8Array): void {
    if (this.#leaving.size > MAX_LEAVING) this.#leaving.clear();
    this.#leaving.add(topOf(path as string));
  }

  /** Whether the status of `path` is in `cells`: that of a file on a known file system, of any mount. */
  #look(
    path: string | Uint8Array,
    flags: number,
    about: About,
    cells: Float64Array | BigInt64Array,
  ): boolean {
    const result = lookNow(path, flags, ANY_MOUNT, cells, this.#fileSystems.local);
    // It is in memory: so it was another mount that it failed for before.
    if ((result === 0 || result === EXDEV) && this.#mayStayAtRoot(path)) this.#leaves(path);
    if (result === EXDEV) this.#learn(cells, path);
    return result === 0 || this.#failed(result, about) !== REFUSED;
  }

  #learn(cells: Float64Array | BigInt64Array, path: string | Uint8Array): void {
    this.#fileSystems.learn(Number(cells[DEV]), path);
  }

  /** That there is no such name the kernel has in memory as well; all else a thread is to say. */
  #failed(result: number, about: About): Refused {
    if (result === ENOENT) throw errorOf(result, about);
    return this.#refused(result);
  }

  #refused(result: number): Refused {
    if (result === ENOSYS) this.isThere = false;
    return REFUSED;
  }
}
