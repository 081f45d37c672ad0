// The checked poller wraps any other and asserts the contract on every call: what
// goes in is sound, what comes out was asked for. For tests, and for whoever
// writes a backend: RAWLOOP_BACKEND=checked puts it under every loop.
import { codedError } from '../raw/errors.js';
import { checkWait } from './common.js';
import type {
  Crossing,
  Poller,
  PollerFeatures,
  Registration,
  RegistrationError,
} from './contract.js';
import {
  CHANGES,
  CONDITIONS,
  Interest,
  type InterestOptions,
  Ready,
  toInterest,
} from './interest.js';
import { checkToken, type ReadyList } from './ready-list.js';
import type { SharedWaker } from './waker.js';

const UNASKED = Ready.ERROR | Ready.HANGUP;

function assert(condition: boolean, message: string): asserts condition {
  if (condition) return;
  throw codedError(Error, 'ERR_POLLER_CONTRACT', `poller contract: ${message}`);
}

export class CheckedPoller implements Poller {
  readonly #inner: Poller;
  readonly #byFd = new Map<number, Registration>();
  readonly #byToken = new Map<number, Registration>();
  #waiting = false;
  #closed = false;

  constructor(inner: Poller) {
    this.#inner = inner;
  }

  get name(): string {
    return this.#inner.name;
  }
  get fd(): number {
    return this.#inner.fd;
  }
  get supports(): PollerFeatures {
    return this.#inner.supports;
  }
  get waker(): SharedWaker {
    return this.#inner.waker;
  }

  add(fd: number, interest: InterestOptions | number, token: number): void {
    this.#assertUsable('add');
    const bits = toInterest(interest);
    checkToken(token);
    const known = this.#byFd.get(fd);
    this.#inner.add(fd, bits, token);
    // The kernel took it: then an earlier one by that number was closed meanwhile.
    if (known !== undefined) this.#forget(known);
    assert(!this.#byToken.has(token), `token ${token} is in use`);
    this.#remember({ fd, interest: bits, token });
  }

  modify(fd: number, interest: InterestOptions | number, token: number): void {
    this.#assertUsable('modify');
    const bits = toInterest(interest);
    checkToken(token);
    this.#inner.modify(fd, bits, token);
    const known = this.#byFd.get(fd);
    assert(known !== undefined, `modify(${fd}) succeeded, but it was never added`);
    this.#forget(known);
    assert(!this.#byToken.has(token), `token ${token} is in use`);
    this.#remember({ fd, interest: bits, token });
  }

  delete(fd: number): boolean {
    this.#assertUsable('delete');
    const deleted = this.#inner.delete(fd);
    const known = this.#byFd.get(fd);
    assert(!deleted || known !== undefined, `delete(${fd}) succeeded, but it was never added`);
    if (known !== undefined && deleted) this.#forget(known);
    return deleted;
  }

  closeDescriptor(fd: number): number {
    this.#assertUsable('closeDescriptor');
    const known = this.#byFd.get(fd);
    assert(known !== undefined, `closeDescriptor(${fd}), but it was never added`);
    this.#forget(known);
    return this.#inner.closeDescriptor(fd);
  }

  wait(ready: ReadyList, timeoutMs: number, crossing?: Crossing): number {
    this.#assertUsable('wait');
    checkWait(ready, timeoutMs);
    this.#waiting = true;
    let count: number;
    try {
      count = this.#inner.wait(ready, timeoutMs, crossing);
    } finally {
      this.#waiting = false;
    }
    assert(count >= 0 && count <= ready.capacity, `wait returned ${count} of ${ready.capacity}`);
    const seen = new Set<number>();
    for (let i = 0; i < count; i++) this.#assertRecord(ready.events(i), ready.token(i), seen);
    return count;
  }

  notify(): void {
    this.#inner.notify();
  }

  rebuild(registrations: Iterable<Registration>, onError: RegistrationError): void {
    this.#assertUsable('rebuild');
    const kept = new Map([...registrations].map((one) => [one.fd, one]));
    this.#inner.rebuild(kept.values(), (registration, error) => {
      kept.delete(registration.fd);
      onError(registration, error);
    });
    this.#byFd.clear();
    this.#byToken.clear();
    for (const registration of kept.values()) this.#remember(registration);
  }

  close(): void {
    this.#closed = true;
    this.#inner.close();
  }

  #assertUsable(call: string): void {
    assert(!this.#closed, `${call} after close`);
    assert(!this.#waiting, `${call} during wait`);
  }

  #assertRecord(events: number, token: number, seen: Set<number>): void {
    assert(!seen.has(token), `token ${token} stands in two records`);
    seen.add(token);
    const known = this.#byToken.get(token);
    // A registration that could not be deleted still reports: the loop drops it.
    if (known === undefined) return;
    const changes = (known.interest & Interest.VNODE) !== 0 ? CHANGES : 0;
    const allowed = (known.interest & CONDITIONS) | UNASKED | changes;
    assert(events !== 0, `token ${token} is ready for nothing`);
    assert((events & ~allowed) === 0, `token ${token} is ready for ${events}, asked ${allowed}`);
  }

  #remember(registration: Registration): void {
    this.#byFd.set(registration.fd, registration);
    this.#byToken.set(registration.token, registration);
  }

  #forget(registration: Registration): void {
    this.#byFd.delete(registration.fd);
    this.#byToken.delete(registration.token);
  }
}
