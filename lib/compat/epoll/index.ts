// rawloop/compat/epoll: the API of npm epoll, for programs that move to rawloop by an override.
// What differs is in docs/moving.md. See epoll_ctl(2).
import { inContext } from '../../loop/async-context.js';
import { constants } from '../../raw/constants.js';
import { codedError } from '../../raw/errors.js';
import { type Listener, set } from './set.js';

/**
 * Called with each event: `fd` is ready for `events`, EPOLL* bits. With an error, and no events, where
 * the kernel refuses to wait: it is asked again.
 */
export type EpollCallback = (error: Error | null, fd: number, events: number) => void;

/** As the C library words what epoll_ctl(2) says: programs may look at the text. */
const TEXTS: Readonly<Record<string, string>> = {
  EBADF: 'Bad file descriptor',
  EEXIST: 'File exists',
  EINVAL: 'Invalid argument',
  ELOOP: 'Too many levels of symbolic links',
  EMFILE: 'Too many open files',
  ENFILE: 'Too many open files in system',
  ENOENT: 'No such file or directory',
  ENOMEM: 'Cannot allocate memory',
  ENOSPC: 'No space left on device',
  EPERM: 'Operation not permitted',
};

/** With that text, and `code` and `errno` beside it. */
function errorOf(errno: number): Error {
  const code = Object.keys(TEXTS).find((name) => constants[name] === -errno) ?? `E${-errno}`;
  return Object.assign(codedError(Error, code, TEXTS[code] ?? code), { errno });
}

/** @throws Error */
function check(result: number): void {
  if (result < 0) throw errorOf(result);
}

function isInt32(value: unknown): value is number {
  return typeof value === 'number' && (value | 0) === value;
}

/** Waits for descriptors, all by one epoll instance of the thread. Linux. */
class LinuxEpoll {
  /** There is something to read. */
  declare static readonly EPOLLIN: number;
  /** It may be written. */
  declare static readonly EPOLLOUT: number;
  /** The peer of a stream socket has ended its side. */
  declare static readonly EPOLLRDHUP: number;
  /** Something urgent, as the edge of a GPIO. */
  declare static readonly EPOLLPRI: number;
  /** An error; told unasked. */
  declare static readonly EPOLLERR: number;
  /** A hangup; told unasked. */
  declare static readonly EPOLLHUP: number;
  /** Changes are told, not states. */
  declare static readonly EPOLLET: number;
  /** Told once, until `modify` asks again. */
  declare static readonly EPOLLONESHOT: number;

  /** False until `close`. */
  readonly closed: boolean = false;
  readonly #callback: EpollCallback;
  /** What it has added, and who is told. */
  readonly #listeners = new Map<number, Listener>();

  /**
   * @param callback called with `(null, fd, events)`
   * @throws Error for what is no function
   */
  constructor(callback: EpollCallback) {
    if (typeof callback !== 'function') {
      // Spelt as the original has it.
      throw new Error('First argument to construtor must be a callback');
    }
    this.#callback = inContext('Epoll', callback);
  }

  /** Waits for `events` of `fd`, and keeps the process alive until `remove` or `close`. */
  add(fd: number, events: number): this {
    this.#check('add', fd, events);
    const listener = (found: number, error: number) => {
      if (!this.closed) this.#callback(error < 0 ? errorOf(error) : null, fd, found);
    };
    check(set.add(fd, events | 0, listener));
    this.#listeners.set(fd, listener);
    return this;
  }

  /** Waits for other `events` of `fd` from now on, or again after EPOLLONESHOT. */
  modify(fd: number, events: number): this {
    this.#check('modify', fd, events);
    check(set.modify(fd, events | 0));
    return this;
  }

  /** Ends waiting for `fd`; to be called before that is closed. */
  remove(fd: number): this {
    if (this.closed) throw new Error("remove can't be called after calling close");
    if (!isInt32(fd)) throw new Error('incorrect arguments passed to remove(int fd)');
    this.#listeners.delete(fd);
    check(set.remove(fd));
    return this;
  }

  /** Ends waiting for all of its descriptors. */
  close(): null {
    if (this.closed) throw new Error("close can't be called more than once");
    (this as { closed: boolean }).closed = true;
    // All are let go of, also behind one that the kernel does not know any more.
    let failed = 0;
    for (const [fd, listener] of this.#listeners) {
      if (set.isOf(fd, listener)) failed = set.remove(fd) || failed;
    }
    this.#listeners.clear();
    check(failed);
    return null;
  }

  #check(name: 'add' | 'modify', fd: unknown, events: unknown): void {
    if (this.closed) throw new Error(`${name} can't be called after calling close`);
    if (isInt32(fd) && typeof events === 'number') return;
    throw new Error(`incorrect arguments passed to ${name}(int fd, int events)`);
  }
}

/** As the original's properties are: to be seen, not to be written. */
for (const name of ['IN', 'OUT', 'RDHUP', 'PRI', 'ERR', 'HUP', 'ET', 'ONESHOT']) {
  const value = (constants[`EPOLL${name}`] ?? 0) >>> 0;
  Object.defineProperty(LinuxEpoll, `EPOLL${name}`, { value, enumerable: true });
}
Object.defineProperty(LinuxEpoll, 'name', { value: 'Epoll' });

const isLinux = process.platform === 'linux';
if (!isLinux) {
  console.warn(
    `Warning: epoll is built for Linux and not intended for usage on ${process.platform}.`,
  );
}

/** The class; elsewhere than on Linux an object without anything in it, as with the original. */
export const Epoll: typeof LinuxEpoll = isLinux ? LinuxEpoll : ({} as typeof LinuxEpoll);
/** A poller, as `new Epoll` makes it. */
export type Epoll = LinuxEpoll;
