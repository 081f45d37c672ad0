// Wakers: how a wait is ended from outside. An eventfd where the kernel has one,
// an event of the kqueue itself where there is one, else a pipe to ourselves;
// RAWLOOP_WAKER=pipe forces the latter in tests. See eventfd(2), kqueue(2), pipe(7).
import { native, type WakerGuard } from '../binding/index.js';
import { constant } from '../raw/constants.js';
import { check, codedError } from '../raw/errors.js';

/**
 * A waker in a form that another thread may hold: it can be posted to a Worker,
 * which calls `wake(waker)`.
 */
export interface SharedWaker {
  /** What is written to, or triggered. */
  readonly fd: number;
  /** One word: twice the number of writers at work, plus one once closed. */
  readonly state: Int32Array;
  /** Whether `fd` is a kqueue, with an event to trigger; else it is written to. */
  readonly user?: boolean;
}

export interface Waker {
  readonly shared: SharedWaker;
  /** The descriptor to wait for: readable once woken. The poller's own: none. */
  readonly readFd: number;
  /** Whether the descriptor may be waited for by edges, with nothing to read. */
  readonly edge: boolean;
  /** Makes the descriptor unreadable again. */
  acknowledge(): void;
  close(): void;
}

function shareable(fd: number, user = false): SharedWaker {
  const state = new Int32Array(new SharedArrayBuffer(4));
  return user ? { fd, state, user } : { fd, state };
}

/**
 * Wakes the loop whose `loop.waker` this is, from any thread of the process.
 *
 * @returns false when that loop is closed
 */
export function wake(waker: SharedWaker): boolean {
  const { fd, state } = waker;
  return waker.user === true ? native.kqueueWake(fd, state) : native.wake(fd, state);
}

class EventfdWaker implements Waker {
  readonly shared: SharedWaker;
  readonly readFd: number;
  // Each write is a new edge and the counter cannot overflow in practice, so
  // nothing is ever read.
  readonly edge = true;
  readonly #guard: WakerGuard;

  constructor() {
    this.readFd = check(native.eventfd(0, constant('EFD_NONBLOCK')), 'eventfd');
    this.shared = shareable(this.readFd);
    this.#guard = new native.WakerGuard(this.shared.state);
  }

  acknowledge(): void {}

  close(): void {
    // Else a writer may be at work, and the number not be given out again.
    if (this.#guard.retire()) native.close(this.readFd);
  }
}

/** So many reads empty any pipe that was full when the first was made. */
const MAX_READS = 128;

class PipeWaker implements Waker {
  readonly shared: SharedWaker;
  readonly readFd: number;
  readonly edge = false;
  readonly #bytes = new Uint8Array(512);
  readonly #guard: WakerGuard;

  constructor() {
    const [readFd, writeFd] = check(native.pipe2(constant('O_NONBLOCK')), 'pipe2');
    this.readFd = readFd;
    this.shared = shareable(writeFd);
    this.#guard = new native.WakerGuard(this.shared.state);
  }

  acknowledge(): void {
    // A short read is no proof that a pipe is empty: until EAGAIN. Not for as long as other
    // threads go on writing: what they add is reported by the next wait.
    for (let reads = 0; reads < MAX_READS; reads++) {
      if (native.read(this.readFd, this.#bytes) <= 0) return;
    }
  }

  close(): void {
    if (!this.#guard.retire()) return;
    native.close(this.shared.fd);
    native.close(this.readFd);
  }
}

class UserEventWaker implements Waker {
  readonly shared: SharedWaker;
  readonly readFd: number;
  // It resets itself as a wait reports it.
  readonly edge = true;
  readonly #guard: WakerGuard;

  constructor(kq: number) {
    check(native.kqueueAddWaker(kq), 'kevent');
    this.readFd = kq;
    this.shared = shareable(kq, true);
    this.#guard = new native.WakerGuard(this.shared.state);
  }

  acknowledge(): void {}

  /** The kqueue is the poller's, which closes it next. */
  close(): void {
    this.#guard.retire();
  }
}

/**
 * A waker with a descriptor of its own, for a handle that other threads wake: the poller's
 * wakes the loop, and nobody in it would know what for.
 *
 * @throws SystemError EMFILE, ENFILE, ENOMEM
 */
export function createHandleWaker(): Waker {
  const pipe = process.platform !== 'linux' || process.env['RAWLOOP_WAKER'] === 'pipe';
  return pipe ? new PipeWaker() : new EventfdWaker();
}

/** What RAWLOOP_WAKER names. */
export type WakerKind = 'eventfd' | 'user' | 'pipe';

const KINDS: Readonly<Record<WakerKind, (kq: number) => Waker>> = {
  eventfd: () => new EventfdWaker(),
  user: (kq) => new UserEventWaker(kq),
  pipe: () => new PipeWaker(),
};

/**
 * The waker that a poller prefers, or the one that RAWLOOP_WAKER names.
 *
 * @param kq the kqueue that a 'user' waker belongs to
 * @throws Error ERR_INVALID_ARG_VALUE when RAWLOOP_WAKER names no waker, or one that
 *   this poller does not have
 */
export function createWaker(preferred: WakerKind, kq = -1): Waker {
  const named = process.env['RAWLOOP_WAKER'] || preferred;
  if (named === preferred || named === 'pipe') return KINDS[named](kq);
  throw codedError(
    Error,
    'ERR_INVALID_ARG_VALUE',
    `RAWLOOP_WAKER must be '${preferred}' or 'pipe' here, not '${named}'`,
  );
}
