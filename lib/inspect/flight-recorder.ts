// The flight recorder: what a loop did last, in a ring of fixed size. Off until it is
// started; then each wait, each iteration and each callback is one record, and the
// oldest gives way to the newest.
import { invalidType } from '../base/errors.js';
import { type OptionNames, readOptions } from '../base/options.js';
import { checkInteger } from '../base/validate.js';
import { LoopCore } from '../loop/drive.js';
import { Handle } from '../loop/handle.js';
import type { LoopObserver, Phase, Subject } from '../loop/meter.js';
import type { ReadyList } from '../poller/index.js';
import { labelOf } from './handle-labels.js';
import type { FlightRecord } from './records.js';
import { wakeOf } from './wake-reason.js';

/** Options of `new FlightRecorder`. */
export interface FlightRecorderOptions {
  /** Records kept: 1 to 2^24, default 65,536. */
  capacity?: number;
}

const NAMES: OptionNames<FlightRecorderOptions> = { capacity: true };

/** Records as the observer of a loop. What the loop calls is no member of its published type. */
export class FlightRecorder implements LoopObserver {
  readonly #loop: LoopCore;
  readonly #capacity: number;
  #records: FlightRecord[] = [];
  #next = 0;
  #dropped = 0;
  /** A label takes a system call: one for each handle. */
  readonly #labels = new WeakMap<Handle, string>();

  /** @throws TypeError for what is no loop; RangeError for a bad capacity */
  constructor(loop: LoopCore, options: FlightRecorderOptions = {}) {
    const { capacity = 65536 } = readOptions('options', options, NAMES);
    if (!LoopCore.isLoop(loop)) throw invalidType('loop', 'an EventLoop');
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

  /** Whether it records now. */
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

  /** Forgets what was recorded. */
  clear(): void {
    this.#records = [];
    this.#next = 0;
    this.#dropped = 0;
  }

  /** The same as `stop()`, for `using`. */
  [Symbol.dispose](): void {
    this.stop();
  }

  /** @internal */
  iteration(beginMs: number, endMs: number): void {
    this.#add({ kind: 'iteration', beginMs, endMs, iteration: this.#iteration });
  }

  /** @internal */
  wait(beginMs: number, endMs: number, timeoutMs: number, events: number, ready: ReadyList): void {
    const { reason, handle } = wakeOf(this.#loop.table, ready, events, timeoutMs);
    this.#add({
      kind: 'wait',
      beginMs,
      endMs,
      iteration: this.#iteration,
      timeoutMs,
      events,
      reason,
      fd: handle?.handleFd ?? -1,
      handle: handle === undefined ? '' : this.#labelOf(handle),
    });
  }

  /** @internal */
  callback(phase: Phase, subject: Subject, beginMs: number, endMs: number, lateMs: number): void {
    const handle = subject instanceof Handle ? subject : undefined;
    this.#add({
      kind: 'callback',
      beginMs,
      endMs,
      iteration: this.#iteration,
      phase,
      name: subject.describe(),
      fd: handle?.handleFd ?? -1,
      handle: handle === undefined ? '' : this.#labelOf(handle),
      lateMs,
    });
  }

  /** @internal */
  request(
    subject: Subject,
    takenMs: number,
    queuedMs: number,
    runMs: number,
    doneMs: number,
  ): void {
    const beginMs = takenMs - doneMs - runMs - queuedMs;
    const name = subject.describe();
    const iteration = this.#iteration;
    this.#add({ kind: 'request', beginMs, endMs: takenMs, iteration, name, queuedMs, runMs });
  }

  get #iteration(): number {
    return this.#loop.meter.iterations;
  }

  #labelOf(handle: Handle): string {
    let label = this.#labels.get(handle);
    if (label === undefined) {
      label = labelOf(handle);
      this.#labels.set(handle, label);
    }
    return label;
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
