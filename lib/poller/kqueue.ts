// The kqueue backend: macOS and the BSDs. Its native half makes of filters, flags
// and two records for one descriptor what the contract asks for; here stands which
// interest each descriptor has, which kqueue does not tell. See kqueue(2).
import { hostNowMs } from '../binding/clock.js';
import { native } from '../binding/index.js';
import { constant, constants } from '../raw/constants.js';
import { check, SystemError } from '../raw/errors.js';
import {
  Backend,
  checkWait,
  HINTS,
  MAX_TIMEOUT_MS,
  takeWake,
  timeLeft,
  WAKE_TOKEN,
} from './common.js';
import type {
  Crossing,
  Poller,
  PollerFeatures,
  Registration,
  RegistrationError,
} from './contract.js';
import { isForked, refuseForked } from './fork.js';
import { Interest, type InterestOptions, toInterest } from './interest.js';
import { checkToken, type ReadyList } from './ready-list.js';
import { createWaker, type SharedWaker, type Waker, wake } from './waker.js';

const EINTR = -constant('EINTR');
const ENOENT = -constant('ENOENT');
const EEXIST = -constant('EEXIST');
const EBADF = -constant('EBADF');
const F_GETFD = constant('F_GETFD');
const NONE = -1;
const NS_PER_MS = 1e6;

export class KqueuePoller implements Poller {
  readonly name = 'kqueue';
  readonly supports: PollerFeatures = {
    edge: true,
    oneshot: true,
    // Out-of-band data has a filter on macOS and OpenBSD.
    priority: constants['EVFILT_EXCEPT'] !== undefined,
    exclusive: false,
    vnodes: true,
    submillisecond: true,
    unasked: false,
  };
  readonly #registered = new Map<number, Registration>();
  readonly #waker: Waker;
  #kq = -1;

  constructor() {
    const kq = check(native.kqueue(), 'kqueue');
    try {
      this.#waker = createWaker('user', kq);
    } catch (error) {
      native.close(kq);
      throw error;
    }
    this.#kq = kq;
    const { readFd } = this.#waker;
    if (readFd === kq) return;
    const result = native.kqueueUpdate(kq, readFd, NONE, Interest.READ, WAKE_TOKEN);
    if (result < 0) this.close();
    check(result, 'kevent');
  }

  get fd(): number {
    return this.#kq;
  }

  get waker(): SharedWaker {
    return this.#waker.shared;
  }

  add(fd: number, interest: InterestOptions | number, token: number): void {
    refuseForked();
    checkToken(token);
    const bits = toInterest(interest);
    const known = this.#registered.get(fd);
    // EV_ADD would change what is there: the kernel says whether it still is, as a
    // close ends a registration.
    const there = known && native.kqueueHas(this.#kq, fd, known.interest, known.token);
    this.#check(there === 1 ? EEXIST : native.kqueueUpdate(this.#kq, fd, NONE, bits, token));
    this.#registered.set(fd, { fd, interest: bits, token });
  }

  modify(fd: number, interest: InterestOptions | number, token: number): void {
    refuseForked();
    checkToken(token);
    const bits = toInterest(interest);
    const known = this.#registered.get(fd);
    if (known === undefined) this.#check(native.fcntl(fd, F_GETFD) === EBADF ? EBADF : ENOENT);
    const before = (known as Registration).interest;
    const result = native.kqueueUpdate(this.#kq, fd, before, bits, token);
    if (result < 0) this.#registered.delete(fd);
    this.#check(result);
    this.#registered.set(fd, { fd, interest: bits, token });
  }

  delete(fd: number): boolean {
    const known = this.#registered.get(fd);
    if (known === undefined || isForked()) return false;
    this.#registered.delete(fd);
    return native.kqueueUpdate(this.#kq, fd, known.interest, NONE) === 0;
  }

  closeDescriptor(fd: number): number {
    this.delete(fd);
    return native.close(fd);
  }

  wait(ready: ReadyList, timeoutMs: number, crossing?: Crossing): number {
    if (crossing !== undefined) return this.#waitIn(crossing, ready, timeoutMs);
    checkWait(ready, timeoutMs);
    refuseForked();
    ready.woken = false;
    const deadlineMs = timeoutMs > 0 ? hostNowMs() + timeoutMs : 0;
    let count = this.#waitOnce(ready, timeoutMs);
    // A signal cut it short: go on to the same deadline, not for the whole time anew.
    while (count === EINTR) {
      count = this.#waitOnce(ready, timeoutMs > 0 ? timeLeft(deadlineMs) : timeoutMs);
    }
    if (count <= 0) return check(count, 'kevent');
    return takeWake(this.#waker, ready, count);
  }

  #waitIn(crossing: Crossing, ready: ReadyList, timeoutMs: number): number {
    refuseForked();
    ready.woken = false;
    let count = crossing.wait(Backend.KQUEUE, this.#kq, timeoutMs, this.#registered.size);
    // A signal cut it short: go on to the same deadline, not for the whole time anew.
    while (count === EINTR) count = crossing.waitOn();
    if (count < 0 || crossing.own === 0) return check(count, 'kevent');
    this.#waker.acknowledge();
    ready.woken = true;
    return count;
  }

  notify(): void {
    refuseForked();
    wake(this.#waker.shared);
  }

  /** A kqueue holds nothing that cannot be deleted: it stays the same one. */
  rebuild(registrations: Iterable<Registration>, onError: RegistrationError): void {
    const wanted = [...registrations];
    for (const fd of [...this.#registered.keys()]) this.delete(fd);
    for (const registration of wanted) {
      try {
        this.add(registration.fd, registration.interest, registration.token);
      } catch (error) {
        onError(registration, error as Error);
      }
    }
  }

  close(): void {
    if (this.#kq < 0) return;
    // The waker first: nobody may write to a kqueue whose number is another's.
    this.#waker.close();
    native.close(this.#kq);
    this.#kq = -1;
    this.#registered.clear();
  }

  #check(result: number): void {
    if (result >= 0) return;
    const error = new SystemError(result, 'kevent');
    throw new SystemError(result, 'kevent', {}, HINTS[error.code]);
  }

  #waitOnce(ready: ReadyList, timeoutMs: number): number {
    const { words, capacity } = ready;
    const ms = Math.min(timeoutMs, MAX_TIMEOUT_MS);
    const timeoutNs = ms === -1 ? -1 : Math.ceil(ms * NS_PER_MS);
    return native.kqueueWait(this.#kq, words, capacity, timeoutNs, this.#registered.size);
  }
}
