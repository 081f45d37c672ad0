// rawloop/compat/fs-ext: the API of npm fs-ext, for programs that move to rawloop by an override. What
// differs is in docs/moving.md. See flock(2), fcntl(2), lseek(2), statvfs(3).
import { defaultLoop } from '../../faces/default-loop.js';
import { constants as all } from '../../raw/constants.js';
import * as calls from './calls.js';
import { checkNumber, errorOf, later, tell } from './told.js';

export type { FileSystemSize } from './calls.js';

/** Hears of an error, or that it is done. */
export type Done = (error: Error | null) => void;
/** Hears of an error, or of a result. */
export type Told<T> = (error: Error | null, result?: T) => void;

const NAMES = [
  ...['SEEK_SET', 'SEEK_CUR', 'SEEK_END', 'LOCK_SH', 'LOCK_EX', 'LOCK_NB', 'LOCK_UN'],
  ...['F_GETFD', 'F_SETFD', 'FD_CLOEXEC', 'F_RDLCK', 'F_WRLCK', 'F_UNLCK'],
  ...['F_SETLK', 'F_GETLK', 'F_SETLKW'],
] as const;

/** The numbers of the system, by their names. */
export const constants: Readonly<Record<(typeof NAMES)[number], number>> = Object.fromEntries(
  NAMES.map((name) => [name, all[name] as number]),
) as never;

const { LOCK_SH, LOCK_EX, LOCK_NB, LOCK_UN } = constants;
const FLOCK: ReadonlyMap<unknown, number> = new Map([
  ['sh', LOCK_SH],
  ['ex', LOCK_EX],
  ['shnb', LOCK_SH | LOCK_NB],
  ['exnb', LOCK_EX | LOCK_NB],
  ['un', LOCK_UN],
]);
const FCNTL: ReadonlyMap<unknown, number> = new Map([
  ['getfd', constants.F_GETFD],
  ['setfd', constants.F_SETFD],
  ['setlk', constants.F_SETLK],
  ['setlkw', constants.F_SETLKW],
  ['getlk', constants.F_GETLK],
]);

function numberOf(words: ReadonlyMap<unknown, number>, call: string, value: unknown): unknown {
  if (typeof value !== 'string') return value;
  const number = words.get(value);
  if (number === undefined) throw new Error(`Unknown ${call} flag: ${value}`);
  return number;
}

const isFunction = (value: unknown): value is (...args: unknown[]) => void =>
  typeof value === 'function';
const nobody = () => {};

/**
 * Locks a file, or gives it back, and then calls `callback`. No thread waits for another's lock: it is
 * asked for again.
 *
 * @param flags 'sh', 'ex', 'shnb', 'exnb', 'un', or LOCK_*
 * @throws Error for other letters; TypeError for what is no number
 */
export function flock(fd: number, flags: string | number, callback?: Done): void {
  const done = isFunction(callback) ? callback : nobody;
  const operation = checkNumber(numberOf(FLOCK, 'flock', flags));
  checkNumber(fd);
  const { fs } = defaultLoop();
  const wait = (operation & LOCK_NB) === 0;
  const kind = operation & ~LOCK_NB;
  if (fd < 0 || ![LOCK_SH, LOCK_EX, LOCK_UN].includes(kind)) {
    // What the kernel says of it, at once.
    later(calls.flockNow(fd, operation), 'flock', done);
  } else if (kind === LOCK_UN) {
    tell(fs.funlock(fd), done);
  } else {
    tell(fs.flock(fd, kind === LOCK_SH ? 'shared' : 'exclusive', { wait }), done);
  }
}

/** The same, and the thread waits. @throws Error with `code`; and as `flock` */
export function flockSync(fd: number, flags: string | number): void {
  const operation = checkNumber(numberOf(FLOCK, 'flock', flags));
  checkNumber(fd);
  const result = calls.flockNow(fd, operation);
  if (result < 0) throw errorOf(result, 'flock');
}

/**
 * A command of fcntl(2), and then calls `callback`; without one it is `fcntlSync`. Those of locks are
 * about the whole file, and wait, for `setlkw`, without a thread.
 *
 * @param cmd 'getfd', 'setfd', 'setlk', 'setlkw', 'getlk', or F_*
 * @param arg flags, or F_RDLCK, F_WRLCK, F_UNLCK; default 0
 */
export function fcntl(
  fd: number,
  cmd: string | number,
  arg?: number | Told<number>,
  callback?: Told<number>,
): number | undefined {
  const [given, done] = callback === undefined && isFunction(arg) ? [0, arg] : [arg, callback];
  if (!isFunction(done)) return fcntlSync(fd, cmd, given as number);
  const command = checkNumber(numberOf(FCNTL, 'fcntl', cmd));
  const argument = checkNumber(given || 0);
  checkNumber(fd);
  const { F_SETLKW, F_RDLCK, F_WRLCK } = constants;
  const waits = command === F_SETLKW && fd >= 0 && (argument === F_RDLCK || argument === F_WRLCK);
  if (waits) {
    const { fs } = defaultLoop();
    const locked = fs.lock(fd, argument === F_RDLCK ? 'shared' : 'exclusive');
    tell(
      locked.then(() => 0),
      done,
    );
  } else {
    later(calls.fcntlNow(fd, command, argument), 'fcntl', done);
  }
  return undefined;
}

/** The same at once. @returns what the command does @throws Error with `code`; TypeError */
export function fcntlSync(fd: number, cmd: string | number, arg?: number): number {
  const command = checkNumber(numberOf(FCNTL, 'fcntl', cmd));
  const argument = checkNumber(arg || 0);
  checkNumber(fd);
  const result = calls.fcntlNow(fd, command, argument);
  if (result < 0) throw errorOf(result, 'fcntl');
  return result;
}

const WHENCE = ['SET', 'CUR', 'END'] as const;

/** Sets where a file stands, and then calls `callback` with the place. */
export function seek(
  fd: number,
  position: number | null | undefined,
  whence: number,
  callback?: Told<number>,
): void {
  const done = isFunction(callback) ? callback : nobody;
  checkNumber(fd);
  const from = checkNumber(whence);
  const offset = calls.checkOffset(position);
  const word = WHENCE[from];
  if (fd < 0 || word === undefined) later(calls.seekNow(fd, offset, from), 'seek', done);
  else tell(defaultLoop().fs.seek(fd, offset, word), done);
}

/** The same at once. @returns the place @throws Error with `code`; TypeError */
export function seekSync(fd: number, position: number | null | undefined, whence: number): number {
  checkNumber(fd);
  const from = checkNumber(whence);
  const result = calls.seekNow(fd, calls.checkOffset(position), from);
  if (result < 0) throw errorOf(result, 'seek');
  return result;
}

/**
 * How large the file system of `path` is, and what is left: for `callback`, or without one at once.
 *
 * @param path default '/'
 */
export function statVFS(
  path?: string,
  callback?: Told<calls.FileSystemSize>,
): calls.FileSystemSize | undefined {
  const place = path || '/';
  if (typeof place !== 'string') throw new TypeError('Bad argument');
  if (!isFunction(callback)) return calls.statVfsNow(place);
  tell(defaultLoop().fs.statvfs(place).then(calls.sizeOf), callback);
  return undefined;
}

/** The same at once. @throws Error with `code` and `path` */
export function statVFSSync(path?: string): calls.FileSystemSize {
  return statVFS(path) as calls.FileSystemSize;
}
