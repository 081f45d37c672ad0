// A loop without a kernel and without a clock: a poller that reports whatever it was
// given, and time that moves only while the loop waits.
import { EventLoop } from '../../lib/faces/event-loop.js';
import type { Poller, Registration } from '../../lib/poller/contract.js';
import { Ready, type ReadyList, type SharedWaker, toInterest } from '../../lib/poller/index.js';

/** Time that passes only when somebody waits for it. */
export class FakeTime {
  nowMs = 0;
  readonly clock = () => this.nowMs;
}

/** Finds every descriptor ready for reading, in the order of `add`. */
export class FakePoller implements Poller {
  readonly name = 'fake';
  readonly fd = -1;
  readonly supports = {
    edge: false,
    oneshot: false,
    priority: false,
    exclusive: false,
    submillisecond: true,
    vnodes: false,
    unasked: true,
  };
  readonly waker: SharedWaker = { fd: -1, state: new Int32Array(new SharedArrayBuffer(4)) };
  /** The timeout of each wait that may last. */
  readonly waitsMs: number[] = [];
  /** By how much the next wait that ends by its time is late. */
  lateMs: () => number = () => 0;
  closed = false;
  readonly #time: FakeTime;
  readonly #registered = new Map<number, Registration>();

  constructor(time: FakeTime) {
    this.#time = time;
  }

  add(fd: number, interest: Parameters<Poller['add']>[1], token: number): void {
    if (this.#registered.has(fd)) throw new Error(`${fd} is here already`);
    this.#registered.set(fd, { fd, interest: toInterest(interest), token });
  }

  modify(fd: number, interest: Parameters<Poller['add']>[1], token: number): void {
    this.delete(fd);
    this.add(fd, interest, token);
  }

  delete(fd: number): boolean {
    return this.#registered.delete(fd);
  }

  closeDescriptor(fd: number): number {
    this.delete(fd);
    return 0;
  }

  wait(ready: ReadyList, timeoutMs: number): number {
    if (timeoutMs !== 0) this.waitsMs.push(timeoutMs);
    if (this.#registered.size === 0) {
      if (timeoutMs < 0) throw new Error('nothing would ever end this wait');
      this.#time.nowMs += timeoutMs;
      if (timeoutMs > 0) this.#time.nowMs += this.lateMs();
    }
    let count = 0;
    for (const { token } of this.#registered.values()) ready.set(count++, Ready.READ, token);
    return count;
  }

  notify(): void {}

  rebuild(): void {
    throw new Error('no registration was lost');
  }

  close(): void {
    this.closed = true;
  }
}

/** A loop on both. A wait with nothing registered lasts as long as it may. */
export function fakeLoop(): { loop: EventLoop; poller: FakePoller; time: FakeTime } {
  const time = new FakeTime();
  const poller = new FakePoller(time);
  const loop = new EventLoop({ maxEvents: 1024 }, { poller, clock: time.clock });
  return { loop, poller, time };
}
