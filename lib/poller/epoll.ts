// The epoll backend: Linux. Its wait fits on one screen; the records that the
// kernel fills are the ready list's own. See epoll(7), epoll_wait(2).
import { hostNowMs } from '../binding/clock.js';
import { native } from '../binding/index.js';
import { constant, constants } from '../raw/constants.js';
import { check, SystemError } from '../raw/errors.js';
import { supported } from '../raw/supported.js';
import { checkWait, HINTS, MAX_TIMEOUT_MS, takeWake, timeLeft, WAKE_TOKEN } from './common.js';
import type { Poller, PollerFeatures, Registration, RegistrationError } from './contract.js';
import { isForked, refuseForked } from './fork.js';
import { CONDITIONS, Interest, type InterestOptions, toInterest } from './interest.js';
import { checkToken, type ReadyList } from './ready-list.js';
import { createWaker, type SharedWaker, type Waker, wake } from './waker.js';

// Absent where there is no epoll: this file is loaded there as well.
const ADD = constants['EPOLL_CTL_ADD'] ?? 0;
const MOD = constants['EPOLL_CTL_MOD'] ?? 0;
const DEL = constants['EPOLL_CTL_DEL'] ?? 0;
const EINTR = -constant('EINTR');

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
    submillisecond: supported.epoll_pwait2,
    unasked: true,
  };
  readonly #waker: Waker = createWaker('eventfd');
  #epfd = -1;

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
    return !isForked() && native.epoll_ctl(this.#epfd, DEL, fd) === 0;
  }

  wait(ready: ReadyList, timeoutMs: number): number {
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
    return takeWake(this.#waker, ready, count);
  }

  notify(): void {
    refuseForked();
    wake(this.#waker.shared);
  }

  rebuild(registrations: Iterable<Registration>, onError: RegistrationError): void {
    const old = this.#epfd;
    this.#open();
    native.close(old);
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
    const result = native.epoll_ctl(this.#epfd, op, fd, eventsOf(toInterest(interest)), token);
    if (result >= 0) return;
    const error = new SystemError(result, 'epoll_ctl');
    throw new SystemError(result, 'epoll_ctl', {}, HINTS[error.code]);
  }

  #waitOnce(ready: ReadyList, timeoutMs: number): number {
    const { buffer, capacity } = ready;
    if (Number.isInteger(timeoutMs)) {
      return native.epoll_wait(this.#epfd, buffer, capacity, Math.min(timeoutMs, MAX_TIMEOUT_MS));
    }
    if (!this.supports.submillisecond || timeoutMs > MAX_TIMEOUT_MS) {
      return this.#waitOnce(ready, Math.ceil(Math.min(timeoutMs, MAX_TIMEOUT_MS)));
    }
    return native.epoll_pwait2(this.#epfd, buffer, capacity, Math.ceil(timeoutMs * 1e6));
  }
}
