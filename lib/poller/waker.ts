// Wakers: how a wait is ended from outside. An eventfd where the kernel has one,
// else a pipe to ourselves; RAWLOOP_WAKER=pipe forces the latter in tests.
// See eventfd(2), pipe(7).
import { native, type WakerGuard } from '../binding/index.js';
import { constant, constants } from '../raw/constants.js';
import { check } from '../raw/errors.js';

/**
 * A waker in a form that another thread may hold: it can be posted to a Worker,
 * which calls `wake(waker)`.
 */
export interface SharedWaker {
  readonly fd: number;
  /** One word: twice the number of writers at work, plus one once closed. */
  readonly state: Int32Array;
}

export interface Waker {
  readonly shared: SharedWaker;
  /** The descriptor to wait for: readable once woken. */
  readonly readFd: number;
  /** Whether the descriptor may be waited for by edges, with nothing to read. */
  readonly edge: boolean;
  /** Makes the descriptor unreadable again. */
  acknowledge(): void;
  close(): void;
}

function shareable(fd: number): SharedWaker {
  return { fd, state: new Int32Array(new SharedArrayBuffer(4)) };
}

/**
 * Wakes the loop whose `loop.waker` this is, from any thread of the process.
 *
 * @returns false when that loop is closed
 */
export function wake(waker: SharedWaker): boolean {
  return native.wake(waker.fd, waker.state);
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
    this.#guard.retire();
    native.close(this.readFd);
  }
}

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
    // A short read is no proof that a pipe is empty: read until EAGAIN.
    while (native.read(this.readFd, this.#bytes) > 0) {}
  }

  close(): void {
    this.#guard.retire();
    native.close(this.shared.fd);
    native.close(this.readFd);
  }
}

/** @throws Error ERR_INVALID_ARG_VALUE when RAWLOOP_WAKER names no waker */
export function createWaker(kind = process.env['RAWLOOP_WAKER']): Waker {
  if (kind === 'pipe') return new PipeWaker();
  if (kind !== undefined && kind !== '' && kind !== 'eventfd') {
    throw Object.assign(new Error(`RAWLOOP_WAKER must be 'eventfd' or 'pipe', not '${kind}'`), {
      code: 'ERR_INVALID_ARG_VALUE',
    });
  }
  return constants['EFD_CLOEXEC'] === undefined ? new PipeWaker() : new EventfdWaker();
}
