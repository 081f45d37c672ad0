// Files that tell of a change once, to whoever asks first: mountinfo, sysctl files,
// swaps, pressure. In a set that another poller waits for, that one would ask, and
// the set's own wait find nothing; so they are waited for apart, by a thread, which
// keeps what it is told. See native/poll/file_watcher.h.
import { type FileWatch, native } from '../binding/index.js';
import { SystemError } from '../raw/errors.js';
import { Interest } from './interest.js';
import type { ReadyList } from './ready-list.js';

/** Whether `fd` is such a file, for this interest: without priority nothing is told. */
export function isToldOnce(fd: number, interest: number): boolean {
  return (interest & Interest.PRIORITY) !== 0 && native.isToldOnce(fd);
}

export class ToldOnce {
  readonly #watch: FileWatch;
  readonly #tokens = new Map<number, number>();

  /** @throws SystemError EMFILE, ENFILE, ENOMEM, EAGAIN (no thread) */
  constructor() {
    this.#watch = new native.FileWatch();
    if (this.#watch.error < 0) throw new SystemError(this.#watch.error, 'pthread_create');
  }

  /** Readable while `take` has something. */
  get doorbell(): number {
    return this.#watch.doorbell;
  }

  /** Whether `fd` is waited for here, or was when it was closed. */
  has(fd: number): boolean {
    return this.#tokens.has(fd);
  }

  /** As epoll_ctl(2): 0 or -errno. */
  control(op: number, fd: number, events: number, token: number): number {
    const result = this.#watch.control(op, fd, events, token);
    if (result === 0) this.#tokens.set(fd, token);
    return result;
  }

  /** As `control`, of EPOLL_CTL_DEL. */
  delete(op: number, fd: number): number {
    const token = this.#tokens.get(fd) as number;
    this.#tokens.delete(fd);
    return this.#watch.control(op, fd, 0, token);
  }

  /** Fills the list from `from` on; returns how many records it has then. */
  take(ready: ReadyList, from: number): number {
    return from + this.#watch.take(ready.words, from, ready.capacity);
  }

  close(): void {
    this.#watch.close();
  }
}
