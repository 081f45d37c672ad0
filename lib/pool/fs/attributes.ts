// What can be changed of a file by its path: permissions, owner, times, length.
import { checked } from './caller.js';
import { NameRequests } from './names.js';
import {
  checkId,
  checkLength,
  checkMode,
  checkTime,
  type FileOptions,
  type FileTime,
  readSignal,
} from './options.js';
import { type Path, toPath } from './path.js';

/** The arguments of the operations on times. */
export function readTimes(atime: FileTime, mtime: FileTime): [number, number, number, number] {
  return [...checkTime('atime', atime), ...checkTime('mtime', mtime)];
}

/** Requests on attributes. Use `loop.fs`. */
export abstract class AttributeRequests extends NameRequests {
  /**
   * Sets permissions; a symbolic link is followed. See chmod(2).
   *
   * @param mode 0 to 0o7777, or an octal string
   */
  chmod(path: Path, mode: number | string, options?: FileOptions): Promise<void> {
    return checked(() => {
      const signal = readSignal(options);
      const wanted = checkMode(mode);
      const checkedPath = toPath(path);
      return this.do(
        'chmod',
        [checkedPath, wanted],
        { syscall: 'chmod', path: checkedPath },
        signal,
      );
    });
  }

  /**
   * Sets owner and group; a symbolic link is followed. See chown(2).
   *
   * @param uid 0 to 2^32-1; -1: as it is
   * @param gid the same
   */
  chown(path: Path, uid: number, gid: number, options?: FileOptions): Promise<void> {
    return checked(() => this.#chown('chown', path, uid, gid, options));
  }

  /** The same of a symbolic link itself. See lchown(2). */
  lchown(path: Path, uid: number, gid: number, options?: FileOptions): Promise<void> {
    return checked(() => this.#chown('lchown', path, uid, gid, options));
  }

  /**
   * Sets the times of the last access and of the last change; a symbolic link is followed. See
   * utimensat(2).
   *
   * @param atime seconds since the epoch, to the microsecond; or a Date
   * @param mtime the same
   */
  utimes(path: Path, atime: FileTime, mtime: FileTime, options?: FileOptions): Promise<void> {
    return checked(() => this.#utimes('utimes', 'utime', path, atime, mtime, options));
  }

  /** The same of a symbolic link itself. */
  lutimes(path: Path, atime: FileTime, mtime: FileTime, options?: FileOptions): Promise<void> {
    return checked(() => this.#utimes('lutimes', 'lutime', path, atime, mtime, options));
  }

  /**
   * Makes a file `length` bytes long: cut, or filled up with zeros. See truncate(2).
   *
   * @param length 0 (the default) to 2^53-1
   */
  truncate(path: Path, length?: number, options?: FileOptions): Promise<void> {
    return checked(() => {
      const signal = readSignal(options);
      const wanted = checkLength('length', length);
      const checkedPath = toPath(path);
      return this.do(
        'truncate',
        [checkedPath, wanted],
        { syscall: 'open', path: checkedPath },
        signal,
      );
    });
  }

  #chown(name: 'chown' | 'lchown', path: Path, uid: number, gid: number, options?: FileOptions) {
    const signal = readSignal(options);
    const ids = [checkId('uid', uid), checkId('gid', gid)] as const;
    const checkedPath = toPath(path);
    return this.do(name, [checkedPath, ...ids], { syscall: name, path: checkedPath }, signal);
  }

  #utimes(
    name: 'utimes' | 'lutimes',
    syscall: string,
    path: Path,
    atime: FileTime,
    mtime: FileTime,
    options: FileOptions | undefined,
  ): Promise<void> {
    const signal = readSignal(options);
    const times = readTimes(atime, mtime);
    const checkedPath = toPath(path);
    return this.do(name, [checkedPath, ...times], { syscall, path: checkedPath }, signal);
  }
}
