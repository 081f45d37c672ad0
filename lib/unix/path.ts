// A Unix socket at a path: the file that bind(2) makes, with the permissions that it is to
// have before anybody can connect; what a dead server left at that place, which is taken
// over; and the end, when the file goes if it is still ours. For sockets of any type.
//
// bind(2) takes no place where there is a file. Who is behind one is asked by a datagram
// socket that connects: ECONNREFUSED, nobody; EPROTOTYPE, a socket of another type, which
// hears nothing of it, and need not even listen yet. What cannot be asked is left alone.
//
// Two who start at one place at the same time take turns by a lock of the folder, so that
// none takes away what the other has just made. No file is left by it, and whoever dies
// gives it back. Where a folder cannot be locked (no permission to read it, NFS) the file is
// looked at right before it is removed; only who starts between these two calls could be hit.
//
// See unix(7), flock(2).
import { type BigIntStats, chmodSync, lstatSync, unlinkSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { invalidType, invalidValue, outOfRange } from '../base/errors.js';
import { checkInteger } from '../base/validate.js';
import { native, type UnixAddress } from '../binding/index.js';
import { isForked } from '../poller/fork.js';
import { constant } from '../raw/constants.js';
import { check, codedError, SystemError } from '../raw/errors.js';

const AF_UNIX = constant('AF_UNIX');
const DATAGRAM = constant('SOCK_DGRAM') | constant('SOCK_NONBLOCK');
const EADDRINUSE = -constant('EADDRINUSE');
const ECONNREFUSED = -constant('ECONNREFUSED');
const EPROTOTYPE = -constant('EPROTOTYPE');
const EAGAIN = -constant('EAGAIN');
const ENAMETOOLONG = -constant('ENAMETOOLONG');

/** The room for a path, but for the NUL behind it. */
const MAX_BYTES = process.platform === 'linux' ? 107 : 103;

/** Names that are no files. */
const HAS_ABSTRACT = process.platform === 'linux';

/** How long the start or end of others is waited for: each takes a few ms at most. */
const LOCK_WAIT_MS = 100;
/** The kernel makes the file first, and then says whose it is: microseconds later. */
const BIRTH_MS = 2;

/** Whether it is a name of Linux's abstract namespace, and no file. */
export function isAbstract({ path }: UnixAddress): boolean {
  return path.startsWith('\0');
}

/**
 * The address of a path, or of an abstract name: one that begins with a NUL.
 *
 * @param call whose error a path is that is too long: 'bind' or 'connect'
 * @throws TypeError ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE (empty, a NUL inside);
 *   SystemError ENAMETOOLONG (over 107 bytes); Error ERR_FEATURE_UNAVAILABLE_ON_PLATFORM (an
 *   abstract name elsewhere than on Linux)
 */
export function unixAddressOf(path: unknown, call: string, name = 'options.path'): UnixAddress {
  if (typeof path !== 'string') throw invalidType(name, 'a string');
  if (path === '') throw invalidValue(name, 'a path, or a NUL and an abstract name; not empty');
  const address: UnixAddress = { family: 'unix', path };
  if (isAbstract(address)) {
    if (!HAS_ABSTRACT) {
      const message = `${name}: abstract names are Linux's alone`;
      throw codedError(Error, 'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM', message);
    }
  } else if (path.includes('\0')) throw invalidValue(name, 'a path without a NUL inside');
  // By the same reader that the calls will use, before any of them.
  const result = native.checkAddress(address);
  if (result === ENAMETOOLONG) {
    throw new SystemError(result, call, { path }, `It may have ${MAX_BYTES} bytes of UTF-8`);
  }
  check(result, call, { path });
  return address;
}

/**
 * The permissions of a file to be made: 0 to 0o777; undefined: as the umask has it.
 *
 * @throws TypeError, RangeError; TypeError ERR_INVALID_ARG_VALUE beside an abstract name
 */
export function checkMode(mode: unknown, address: UnixAddress): number | undefined {
  if (mode === undefined) return undefined;
  const checked = checkInteger('options.mode', mode, 0, 2 ** 32 - 1);
  // As permissions are written: 0o1777 is 1023 to nobody.
  if (checked > 0o777)
    throw outOfRange('options.mode', 'from 0 to 0o777', `0o${checked.toString(8)}`);
  if (!isAbstract(address)) return checked;
  throw invalidValue('options.mode', 'left out beside an abstract name, which has no file');
}

/** Where a file is. */
interface Place {
  /** As it was given: short enough for an address, and good while the process's folder stays. */
  readonly path: string;
  readonly absolute: string;
}

/** The file of a socket of ours. */
export class BoundPath {
  readonly #place: Place;
  readonly #file: BigIntStats | undefined;

  /** @internal Use `bindToPath`. */
  constructor(place: Place) {
    this.#place = place;
    this.#file = lookAt(place);
  }

  /**
   * Closes the socket by `close`, and removes its file if that is still ours and nobody
   * else's: a process that was handed the socket goes on to be found there.
   */
  closeWith(close: () => void): void {
    // While the socket is open its file's inode is no other file's.
    const isOurs = this.#isThere() && !isForked();
    close();
    if (!isOurs) return;
    const folder = new FolderLock(this.#place);
    try {
      // Who has the lock is about to take over what we leave.
      if (!folder.isAnothers && this.#isThere() && isDead(this.#place)) remove(this.#place);
    } catch {
      // Nobody knows who is behind it: whoever starts there next will ask again.
    } finally {
      folder.unlock();
    }
  }

  /** Its loop was forgotten, and the socket is about to be closed. */
  release(): void {
    if (this.#isThere() && !isForked()) remove(this.#place);
  }

  #isThere(): boolean {
    return isSame(this.#file, lookAt(this.#place));
  }

  /** @internal Gives the file what the umask took, or else removes it. @throws */
  setMode(mode: number): void {
    if (this.#file !== undefined && (this.#file.mode & 0o777n) === BigInt(mode)) return;
    try {
      chmodSync(this.#place.absolute, mode);
    } catch (error) {
      if (this.#isThere()) remove(this.#place);
      throw error;
    }
  }
}

/**
 * Binds a socket that is not reachable before it listens, or, if it is one of datagrams, has
 * no other permissions than `mode` from the start on Linux. Undefined: an abstract name.
 *
 * @throws SystemError EADDRINUSE: somebody is there, or a file that is no socket; its `cause`
 *   says why that could not be found out, if so; ENOENT, EACCES, ...
 */
export function bindToPath(fd: number, address: UnixAddress, mode?: number): BoundPath | undefined {
  const { path } = address;
  if (isAbstract(address)) {
    check(native.bind(fd, address), 'bind', { path });
    return undefined;
  }
  const place = { path, absolute: resolve(path) };
  // The umask is the whole process's, and stays as it is. Refused by the BSDs.
  if (mode !== undefined) native.limitMode(fd, mode);
  const folder = new FolderLock(place);
  try {
    bindOrTakeOver(fd, address, place, folder);
    const bound = new BoundPath(place);
    if (mode !== undefined) bound.setMode(mode);
    return bound;
  } finally {
    folder.unlock();
  }
}

function bindOrTakeOver(fd: number, address: UnixAddress, place: Place, folder: FolderLock): void {
  let result = native.bind(fd, address);
  try {
    // Once more for each that comes and goes meanwhile.
    for (let i = 0; i < 4 && result === EADDRINUSE; i++) {
      if (folder.isAnothers || !removeStale(place)) break;
      result = native.bind(fd, address);
    }
  } catch (cause) {
    throw Object.assign(new SystemError(result, 'bind', { path: address.path }), { cause });
  }
  check(result, 'bind', { path: address.path });
}

/** Removes what a dead server left; true also when there is nothing any more. @throws SystemError */
function removeStale(place: Place): boolean {
  const file = lookAt(place);
  if (file === undefined) return true;
  if (!file.isSocket() || !isDead(place)) return false;
  pause(BIRTH_MS);
  if (!isDead(place)) return false;
  const now = lookAt(place);
  return now === undefined || (isSame(file, now) && remove(place));
}

/** Whether nobody is behind the socket file. @throws SystemError: nobody can say */
function isDead(place: Place): boolean {
  const probe = check(native.socket(AF_UNIX, DATAGRAM, 0), 'socket');
  const result = native.connect(probe, { family: 'unix', path: reachable(place) });
  native.close(probe);
  if (result === ECONNREFUSED) return true;
  if (result !== EPROTOTYPE) check(result, 'connect', { path: place.path });
  return false;
}

/** The place as an address: the absolute path may be too long for one. */
function reachable({ path, absolute }: Place): string {
  return resolve(path) === absolute ? path : absolute;
}

function lookAt({ absolute }: Place): BigIntStats | undefined {
  try {
    return lstatSync(absolute, { bigint: true });
  } catch {
    return undefined;
  }
}

function isSame(file: BigIntStats | undefined, other: BigIntStats | undefined): boolean {
  return file !== undefined && file.ino === other?.ino && file.dev === other.dev;
}

/** Whether it is gone: it is not ours to remove in every folder. */
function remove(place: Place): boolean {
  try {
    unlinkSync(place.absolute);
    return true;
  } catch {
    return lookAt(place) === undefined;
  }
}

/** A folder's lock, while it is held; none where there can be none. */
class FolderLock {
  readonly #fd: number;

  constructor({ absolute }: Place) {
    const folder = dirname(absolute);
    let fd = native.lockFolder(folder);
    for (let ms = 0; fd === EAGAIN && ms < LOCK_WAIT_MS; ms++) {
      pause(1);
      fd = native.lockFolder(folder);
    }
    this.#fd = fd;
  }

  /** Somebody has it, and keeps it. */
  get isAnothers(): boolean {
    return this.#fd === EAGAIN;
  }

  unlock(): void {
    if (this.#fd >= 0) native.close(this.#fd);
  }
}

function pause(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
