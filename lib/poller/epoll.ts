// The epoll backend: Linux. Its wait fits on one screen; the records that the
// kernel fills are the ready list's own. See epoll(7), epoll_wait(2).
import { hostNowMs } from '../binding/clock.js';
import { native } from '../binding/index.js';
import { constant, constants } from '../raw/constants.js';
import { check, SystemError } from '../raw/errors.js';
import { supported } from '../raw/supported.js';
import {
  Backend,
  checkWait,
  HINTS,
  MAX_TIMEOUT_MS,
  Own,
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
import { CONDITIONS, Interest, type InterestOptions, toInterest } from './interest.js';
import { checkToken, type ReadyList } from './ready-list.js';
import { isToldOnce, ToldOnce } from './told-once.js';
import { createWaker, type SharedWaker, type Waker, wake } from './waker.js';

// Absent where there is no epoll: this file is loaded there as well.
const ADD = constants['EPOLL_CTL_ADD'] ?? 0;
const MOD = constants['EPOLL_CTL_MOD'] ?? 0;
const DEL = constants['EPOLL_CTL_DEL'] ?? 0;
const EINTR = -constant('EINTR');
const ENOENT = -constant('ENOENT');
const ENOTSUP = -constant('ENOTSUP');
/** What the doorbell of `ToldOnce` comes with: no token, as those are below 2^53. */
const TOLD_DATA = 2n ** 64n - 1n;

function eventsOf(interest: number): number {
  let events = interest & CONDITIONS;
  if ((interest & Interest.EDGE) !== 0) events += constant('EPOLLET');
  if ((interest & Interest.ONESHOT) !== 0) events += constant('EPOLLONESHOT');
  if ((interest & Interest.EXCLUSIVE) !== 0) events += constant('EPOLLEXCLUSIVE');
  return events;
}

export class EpollPoller implements Poller {
  readonly name = 'epoll';
  readonly supports: PollerFeatures = {
    edge: true,
    oneshot: true,
    priority: true,
    exclusive: true,
    vnodes: false,
    submillisecond: supported.epoll_pwait2,
    unasked: true,
  };
  readonly #waker: Waker = createWaker('eventfd');
  #epfd = -1;
  #told: ToldOnce | undefined;

  constructor() {
    try {
      this.#open();
    } catch (error) {
      this.#waker.close();
      throw error;
    }
  }

  get fd(): number {
    return this.#epfd;
  }

  get waker(): SharedWaker {
    return this.#waker.shared;
  }

  add(fd: number, interest: InterestOptions | number, token: number): void {
    this.#control(ADD, fd, interest, token);
  }

  modify(fd: number, interest: InterestOptions | number, token: number): void {
    this.#control(MOD, fd, interest, token);
  }

  delete(fd: number): boolean {
    // ENOENT: never added. EBADF: closed. EPERM, EINVAL: closed, and the number is
    // now a regular file's, or this poller's own. None of them is here.
    if (isForked()) return false;
    if (this.#told?.has(fd) && this.#told.delete(DEL, fd) === 0) return true;
    return native.epoll_ctl(this.#epfd, DEL, fd) === 0;
  }

  closeDescriptor(fd: number): number {
    if (isForked()) return native.close(fd);
    if (this.#told?.has(fd)) this.#told.delete(DEL, fd);
    return native.epollClose(this.#epfd, fd);
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
    if (count <= 0) return check(count, 'epoll_wait');
    count = takeWake(this.#waker, ready, count);
    return this.#told === undefined ? count : this.#takeTold(this.#told, ready, count);
  }

  #waitIn(crossing: Crossing, ready: ReadyList, timeoutMs: number): number {
    refuseForked();
    ready.woken = false;
    let count = crossing.wait(Backend.EPOLL, this.#epfd, timeoutMs, 0);
    // A signal cut it short: go on to the same deadline, not for the whole time anew.
    while (count === EINTR) count = crossing.waitOn();
    const { own } = crossing;
    if (count < 0 || own === 0) return check(count, 'epoll_wait');
    if ((own & Own.WOKEN) !== 0) {
      this.#waker.acknowledge();
      ready.woken = true;
    }
    return (own & Own.TOLD) === 0 ? count : (this.#told as ToldOnce).take(ready, count);
  }

  notify(): void {
    refuseForked();
    wake(this.#waker.shared);
  }

  rebuild(registrations: Iterable<Registration>, onError: RegistrationError): void {
    const old = this.#epfd;
    this.#open();
    native.close(old);
    this.#told?.close();
    this.#told = undefined;
    for (const registration of registrations) {
      try {
        this.add(registration.fd, registration.interest, registration.token);
      } catch (error) {
        onError(registration, error as Error);
      }
    }
  }

  close(): void {
    if (this.#epfd < 0) return;
    native.close(this.#epfd);
    this.#epfd = -1;
    this.#told?.close();
    this.#waker.close();
  }

  #open(): void {
    const epfd = check(native.epoll_create1(0), 'epoll_create1');
    const { readFd, edge } = this.#waker;
    const events = eventsOf(edge ? Interest.READ | Interest.EDGE : Interest.READ);
    const result = native.epoll_ctl(epfd, ADD, readFd, events, WAKE_TOKEN);
    if (result < 0) native.close(epfd);
    check(result, 'epoll_ctl');
    this.#epfd = epfd;
  }

  #control(op: number, fd: number, interest: InterestOptions | number, token: number): void {
    refuseForked();
    checkToken(token);
    const bits = toInterest(interest);
    let result: number;
    if ((bits & Interest.VNODE) !== 0) {
      result = ENOTSUP;
    } else if ((bits & Interest.PRIORITY) === 0 && this.#told === undefined) {
      result = native.epoll_ctl(this.#epfd, op, fd, eventsOf(bits), token);
    } else {
      result = this.#controlTold(op, fd, bits, token);
    }
    if (result >= 0) return;
    const error = new SystemError(result, 'epoll_ctl');
    throw new SystemError(result, 'epoll_ctl', {}, HINTS[error.code]);
  }

  /** As epoll_ctl(2), where `fd` may be a file that tells of a change once. */
  #controlTold(op: number, fd: number, bits: number, token: number): number {
    const events = eventsOf(bits);
    if (op === MOD && this.#told?.has(fd)) {
      const result = this.#told.control(MOD, fd, events, token);
      if (result !== ENOENT) return result;
    }
    if (!isToldOnce(fd, bits)) return native.epoll_ctl(this.#epfd, op, fd, events, token);
    if (op === MOD) {
      const result = native.epoll_ctl(this.#epfd, DEL, fd);
      if (result < 0) return result;
    }
    this.#told ??= this.#openTold();
    return this.#told.control(ADD, fd, events, token);
  }

  #openTold(): ToldOnce {
    const told = new ToldOnce();
    const result = native.epoll_ctl(this.#epfd, ADD, told.doorbell, Interest.READ, TOLD_DATA);
    if (result < 0) told.close();
    check(result, 'epoll_ctl');
    return told;
  }

  /** Puts what the files told in the place of the doorbell's record. */
  #takeTold(told: ToldOnce, ready: ReadyList, count: number): number {
    for (let i = 0; i < count; i++) {
      if (ready.slot(i) !== -1 || ready.generation(i) !== -1) continue;
      ready.move(count - 1, i);
      return told.take(ready, count - 1);
    }
    return count;
  }

  #waitOnce(ready: ReadyList, timeoutMs: number): number {
    const { words, capacity } = ready;
    if (Number.isInteger(timeoutMs)) {
      return native.epoll_wait(this.#epfd, words, capacity, Math.min(timeoutMs, MAX_TIMEOUT_MS));
    }
    if (!this.supports.submillisecond || timeoutMs > MAX_TIMEOUT_MS) {
      return this.#waitOnce(ready, Math.ceil(Math.min(timeoutMs, MAX_TIMEOUT_MS)));
    }
    return native.epoll_pwait2(this.#epfd, words, capacity, Math.ceil(timeoutMs * 1e6));
  }
}
