// The flight recorder: what a loop did last, in a ring of fixed size. Off until it is
// started; then each wait, each iteration and each callback is one record, and the
// oldest gives way to the newest.
import type { LoopCore } from '../loop/core.js';
import { invalidType } from '../loop/errors.js';
import { Handle } from '../loop/handle.js';
import type { LoopObserver, Phase, Subject } from '../loop/meter.js';
import { checkInteger, readOptions } from '../loop/validate.js';

/** Why a wait ended. */
export type WakeReason = 'events' | 'timeout' | 'no wait';

/** One record; times in ms since the process started, as `performance.now()` has them. */
export type FlightRecord =
  | { kind: 'iteration'; beginMs: number; endMs: number }
  | {
      kind: 'wait';
      beginMs: number;
      endMs: number;
      /** How long it was allowed to take, -1: for ever. */
      timeoutMs: number;
      events: number;
      reason: WakeReason;
    }
  | {
      kind: 'callback';
      beginMs: number;
      endMs: number;
      phase: Phase;
      /** Kind and callback, such as 'Socket data'. */
      name: string;
      /** The descriptor, -1: none. */
      fd: number;
      /** How much a timer was overdue. */
      lateMs: number;
    };

export interface FlightRecorderOptions {
  /** Records kept: 1 to 2^24, default 65,536. */
  capacity?: number;
}

export class FlightRecorder implements LoopObserver {
  readonly #loop: LoopCore;
  readonly #capacity: number;
  #records: FlightRecord[] = [];
  #next = 0;
  #dropped = 0;

  /** @throws TypeError for what is no loop; RangeError for a bad capacity */
  constructor(loop: LoopCore, options: FlightRecorderOptions = {}) {
    const { capacity = 65536 } = readOptions('options', options);
    if (typeof loop?.metrics !== 'function') throw invalidType('loop', 'an EventLoop');
    this.#loop = loop;
    this.#capacity = checkInteger('options.capacity', capacity, 1, 2 ** 24);
  }

  /** Begins to record. A loop has one recorder: an earlier one stops. */
  start(): this {
    this.#loop.meter.observer = this;
    return this;
  }

  /** Ends recording; what was recorded stays. Idempotent. */
  stop(): this {
    const { meter } = this.#loop;
    if (meter.observer === this) meter.observer = undefined;
    return this;
  }

  get recording(): boolean {
    return this.#loop.meter.observer === this;
  }

  /** How many records gave way to newer ones. */
  get dropped(): number {
    return this.#dropped;
  }

  /** What was recorded, oldest first. */
  records(): FlightRecord[] {
    return [...this.#records.slice(this.#next), ...this.#records.slice(0, this.#next)];
  }

  clear(): void {
    this.#records = [];
    this.#next = 0;
    this.#dropped = 0;
  }

  [Symbol.dispose](): void {
    this.stop();
  }

  /** @internal */
  iteration(beginMs: number, endMs: number): void {
    this.#add({ kind: 'iteration', beginMs, endMs });
  }

  /** @internal */
  wait(beginMs: number, endMs: number, timeoutMs: number, events: number): void {
    const reason = events > 0 ? 'events' : timeoutMs === 0 ? 'no wait' : 'timeout';
    this.#add({ kind: 'wait', beginMs, endMs, timeoutMs, events, reason });
  }

  /** @internal */
  callback(phase: Phase, subject: Subject, beginMs: number, endMs: number, lateMs: number): void {
    const fd = subject instanceof Handle ? subject.handleFd : -1;
    this.#add({ kind: 'callback', beginMs, endMs, phase, name: subject.describe(), fd, lateMs });
  }

  #add(record: FlightRecord): void {
    if (this.#records.length < this.#capacity) {
      this.#records.push(record);
      return;
    }
    this.#records[this.#next] = record;
    this.#next = (this.#next + 1) % this.#capacity;
    this.#dropped++;
  }
}
