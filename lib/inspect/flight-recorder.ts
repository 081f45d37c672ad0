// The flight recorder: what a loop did last, in a ring of fixed size. Off until it is
// started; then each wait, each iteration and each callback is one record, and the
// oldest gives way to the newest. A record is words (record-ring.ts), names are numbers
// (known-names.ts): a recorder may be on all day long.
import { invalidType } from '../base/errors.js';
import { type OptionNames, readOptions } from '../base/options.js';
import { checkInteger } from '../base/validate.js';
import { LoopCore } from '../loop/drive.js';
import { Handle } from '../loop/handle.js';
import { type LoopObserver, PHASES, type Phase, type Subject } from '../loop/observers.js';
import type { ReadyList } from '../poller/index.js';
import { KnownNames } from './known-names.js';
import * as at from './record-ring.js';
import type { FlightRecord } from './records.js';
import { reasonOf } from './wake-reason.js';

/** Options of `new FlightRecorder`. */
export interface FlightRecorderOptions {
  /** Records kept, of 56 bytes each: 1 to 2^24, default 65,536. */
  capacity?: number;
}

const NAMES: OptionNames<FlightRecorderOptions> = { capacity: true };
/** So many names are kept beside those that the records may need. */
const SPARED_NAMES = 4096;

/** Records as the observer of a loop. What the loop calls is no member of its published type. */
export class FlightRecorder implements LoopObserver {
  readonly #loop: LoopCore;
  readonly #ring: at.RecordRing;
  readonly #names: KnownNames;
  readonly #maxNames: number;

  /** @throws TypeError for what is no loop; RangeError for a bad capacity */
  constructor(loop: LoopCore, options: FlightRecorderOptions = {}) {
    const { capacity = 65536 } = readOptions('options', options, NAMES);
    if (!LoopCore.isLoop(loop)) throw invalidType('loop', 'an EventLoop');
    this.#loop = loop;
    this.#names = new KnownNames(loop);
    this.#ring = new at.RecordRing(checkInteger('options.capacity', capacity, 1, 2 ** 24));
    this.#maxNames = SPARED_NAMES + 2 * capacity;
  }

  /** Begins to record, beside other recorders of the loop. Idempotent. */
  start(): this {
    this.#loop.meter.observe(this);
    return this;
  }

  /** Ends recording; what was recorded stays. Idempotent. */
  stop(): this {
    this.#loop.meter.unobserve(this);
    return this;
  }

  /** Whether it records now. */
  get recording(): boolean {
    return this.#loop.meter.tells(this);
  }

  /** How many records gave way to newer ones. */
  get dropped(): number {
    return this.#ring.dropped;
  }

  /** What was recorded, oldest first. */
  records(): FlightRecord[] {
    const textOf = (name: number) => this.#names.textOf(name);
    return this.#ring.places().map((place) => this.#ring.read(place, textOf));
  }

  /** Forgets what was recorded. */
  clear(): void {
    this.#ring.clear();
  }

  /** The same as `stop()`, for `using`. */
  [Symbol.dispose](): void {
    this.stop();
  }

  /** @internal */
  iteration(beginMs: number, endMs: number): void {
    this.#add(at.ITERATION_KIND, beginMs, endMs);
  }

  /** @internal */
  wait(beginMs: number, endMs: number, timeoutMs: number, events: number, ready: ReadyList): void {
    const { table } = this.#loop;
    const reason = reasonOf(table, ready, events, timeoutMs);
    const handle = events > 0 ? table.find(ready.slot(0), ready.generation(0)) : undefined;
    const place = this.#add(at.WAIT_KIND + at.KINDS * reason, beginMs, endMs);
    this.#ring.times[place * at.TIMES + at.FIRST_MS] = timeoutMs;
    this.#ring.words[place * at.WORDS + at.NAME] = events;
    this.#setHandle(place, handle);
  }

  /** @internal */
  callback(phase: Phase, subject: Subject, beginMs: number, endMs: number, lateMs: number): void {
    const what = at.CALLBACK_KIND + at.KINDS * PHASES.indexOf(phase);
    const place = this.#add(what, beginMs, endMs);
    this.#ring.times[place * at.TIMES + at.FIRST_MS] = lateMs;
    this.#ring.words[place * at.WORDS + at.NAME] = this.#names.nameOf(subject);
    this.#setHandle(place, subject instanceof Handle ? subject : undefined);
  }

  /** @internal */
  request(
    subject: Subject,
    takenMs: number,
    queuedMs: number,
    runMs: number,
    doneMs: number,
    lane: string,
  ): void {
    const beginMs = takenMs - doneMs - runMs - queuedMs;
    const place = this.#add(at.REQUEST_KIND, beginMs, takenMs);
    this.#setRequest(place, subject, queuedMs, runMs, lane);
  }

  /** @internal */
  inlineRequest(subject: Subject, beginMs: number, endMs: number, lane: string): void {
    const place = this.#add(at.REQUEST_KIND + at.KINDS * at.INLINE, beginMs, endMs);
    this.#setRequest(place, subject, 0, endMs - beginMs, lane);
  }

  #setRequest(
    place: number,
    subject: Subject,
    queuedMs: number,
    runMs: number,
    lane: string,
  ): void {
    const { times, words } = this.#ring;
    times[place * at.TIMES + at.FIRST_MS] = queuedMs;
    times[place * at.TIMES + at.SECOND_MS] = runMs;
    words[place * at.WORDS + at.NAME] = this.#names.nameOf(subject);
    words[place * at.WORDS + at.HANDLE] = this.#names.add(lane);
    words[place * at.WORDS + at.FD] = -1;
  }

  #add(what: number, beginMs: number, endMs: number): number {
    if (this.#names.size > this.#maxNames) this.#forgetNames();
    const place = this.#ring.take();
    const { times, words } = this.#ring;
    times[place * at.TIMES + at.BEGIN_MS] = beginMs;
    times[place * at.TIMES + at.END_MS] = endMs;
    times[place * at.TIMES + at.ITERATION] = this.#loop.meter.iterations;
    words[place * at.WORDS + at.WHAT] = what;
    return place;
  }

  #setHandle(place: number, handle: Handle | undefined): void {
    const { words } = this.#ring;
    words[place * at.WORDS + at.HANDLE] = handle === undefined ? 0 : this.#names.labelOf(handle);
    words[place * at.WORDS + at.FD] = handle?.handleFd ?? -1;
  }

  #forgetNames(): void {
    this.#names.keepOnly((renumber) => this.#ring.renumber(renumber));
  }
}
