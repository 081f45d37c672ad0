// What the loop did: counts, times, the longest callback. It reads the clock once a
// callback and twice a wait; `timing: false` leaves the callbacks out. Who wants to know
// of each callback and wait is an observer (observers.ts).

import type { Channel } from 'node:diagnostics_channel';
import { builtin } from '../binding/builtin.js';
import type { ReadyList } from '../poller/index.js';
import type { HandleListing } from './counters.js';
import { Histogram } from './histogram.js';
import { type LoopObserver, Observers, type Phase, type Subject } from './observers.js';
import type { Clock } from './time/timers.js';

export type { Phase, Subject } from './observers.js';

/** What is published on `rawloop:blocked`. */
export interface BlockedMessage {
  /** Such as 'Timer tick' or 'Socket data'. */
  callback: string;
  /** Where it was called. */
  phase: Phase;
  /** How long it took. */
  durationMs: number;
  /** The `blockedMs` of the loop. */
  limitMs: number;
  /** The timer, socket, watcher, ... itself. */
  subject: unknown;
}

/** What `loop.metrics()` gives. Times in ms. */
export interface LoopMetrics {
  /** Turns of the loop since it was made. */
  iterations: number;
  /** Times that the kernel was asked. */
  waits: number;
  /** Events that it reported. */
  events: number;
  /** `events` by `waits`. */
  eventsPerWait: number;
  /** Callbacks of every kind. */
  callbacks: number;
  /** Time spent waiting in the kernel. In guest mode the host waits: 0. */
  idleMs: number;
  /** Time in callbacks, with the ticks and microtasks that they led to. */
  callbackMs: number;
  /** The longest callback. */
  longestCallbackMs: number;
  /** Which that was, such as 'Socket data'. */
  longestCallback: string;
  /**
   * Time from one wait's end to the next one's start: what an event waits at most. The
   * percentiles are within 0.8 %, the rest is exact.
   */
  loopTime: { count: number; meanMs: number; p50Ms: number; p99Ms: number; maxMs: number };
  /** Share of the time since the loop was made in which it worked: 0 to 1. */
  utilisation: number;
  /** Each active handle and what it did; listed when this is first read. */
  readonly handles: readonly HandleListing[];
}

let channel: Channel | undefined;

/** Asked for when a callback has blocked: to load the module takes longer than a loop. */
function blockedChannel(): Channel {
  channel ??= (
    builtin('node:diagnostics_channel') as typeof import('node:diagnostics_channel')
  ).channel('rawloop:blocked');
  return channel;
}
const NS = 1e6;
/** Of no time: the loop waits, or its host has its turn. */
const IDLE = -1;

export class Meter {
  /** Told of all that is told to this; see `observe`. */
  readonly #observers = new Observers();
  /** Whether there is an observer at all. */
  observed = false;
  readonly #timing: boolean;
  /** Whether callbacks are timed: an observer wants it whatever the option says. */
  #timed: boolean;
  readonly #blockedMs: number;
  readonly #clock: Clock;
  readonly #bornMs: number;
  /** In ns. */
  readonly #loopTime = new Histogram();
  /** Turns of the loop so far. */
  iterations = 0;
  #waits = 0;
  #events = 0;
  /** Callbacks called so far. */
  callbacks = 0;
  #idleMs = 0;
  #busyMs = 0;
  #callbackMs = 0;
  #longestMs = 0;
  #longestName = '';
  /** When the callback under way began: the end of the last one. */
  #markMs = 0;
  #busySinceMs = IDLE;
  /** The callback under way. */
  #subject: Subject | undefined;
  #phase: Phase = 'timers';

  /**
   * @param blockedMs a callback that takes this long is published
   * @param clock the loop's own: its times and those of the phases are compared
   */
  constructor(timing: boolean, blockedMs: number, clock: Clock) {
    this.#clock = clock;
    this.#bornMs = clock();
    this.#timing = timing;
    this.#timed = timing;
    this.#blockedMs = blockedMs;
  }

  /** What its times are read from. */
  nowMs(): number {
    return this.#clock();
  }

  /** Tells `observer` of everything from here on. Idempotent. */
  observe(observer: LoopObserver): void {
    this.#observers.add(observer);
    this.#observersChanged();
  }

  /** Tells `observer` nothing more. Idempotent. */
  unobserve(observer: LoopObserver): void {
    this.#observers.remove(observer);
    this.#observersChanged();
  }

  /** Whether `observer` is told. */
  tells(observer: LoopObserver): boolean {
    return this.#observers.has(observer);
  }

  #observersChanged(): void {
    this.observed = this.#observers.size > 0;
    this.#timed = this.#timing || this.observed;
  }

  /** An iteration, or what is left of one, begins. */
  iterationBegan(nowMs: number): void {
    this.iterations++;
    this.#markMs = nowMs;
    if (this.#busySinceMs === IDLE) this.#busySinceMs = nowMs;
  }

  /** The loop is about to wait, or returns to its host. */
  idleBegan(nowMs: number): void {
    if (this.#busySinceMs === IDLE) return;
    if (this.observed) this.#observers.iteration(this.#busySinceMs, nowMs);
    const tookMs = nowMs - this.#busySinceMs;
    this.#busyMs += tookMs;
    this.#loopTime.record(tookMs * NS);
    this.#busySinceMs = IDLE;
  }

  waited(
    beginMs: number,
    endMs: number,
    timeoutMs: number,
    events: number,
    ready: ReadyList,
  ): void {
    this.#waits++;
    this.#events += events;
    this.#idleMs += endMs - beginMs;
    this.#markMs = endMs;
    if (this.#busySinceMs === IDLE) this.#busySinceMs = endMs;
    if (this.observed) this.#observers.wait(beginMs, endMs, timeoutMs, events, ready);
  }

  /**
   * What ran since the last mark was no callback.
   *
   * @param nowMs the time, where it is known
   */
  mark(nowMs?: number): void {
    if (this.#timed) this.#markMs = nowMs ?? this.#clock();
  }

  /** A request's result has come back; see `LoopObserver.request`. */
  requested(
    subject: Subject,
    takenMs: number,
    queuedMs: number,
    runMs: number,
    doneMs: number,
    lane: string,
  ): void {
    this.#observers.request(subject, takenMs, queuedMs, runMs, doneMs, lane);
  }

  /** A request was answered at once; see `LoopObserver.inlineRequest`. */
  answered(subject: Subject, beginMs: number, lane: string): void {
    this.#observers.inlineRequest(subject, beginMs, this.#clock(), lane);
  }

  /** A callback begins. */
  begins(phase: Phase, subject: Subject): void {
    this.#phase = phase;
    this.#subject = subject;
  }

  /** The turn is over; a callback that began and is not done threw. */
  threw(): void {
    if (this.#subject !== undefined) this.called(this.#phase, this.#subject, 0);
  }

  /** A callback, and what it put off, is done: how long it took, 0 when that is not timed. */
  called(phase: Phase, subject: Subject, lateMs: number): number {
    this.callbacks++;
    this.#subject = undefined;
    if (!this.#timed) return 0;
    const beginMs = this.#markMs;
    const endMs = this.#clock();
    this.#markMs = endMs;
    const tookMs = endMs - beginMs;
    this.#callbackMs += tookMs;
    if (tookMs > this.#longestMs) {
      this.#longestMs = tookMs;
      this.#longestName = subject.describe();
    }
    if (this.observed) this.#observers.callback(phase, subject, beginMs, endMs, lateMs);
    if (tookMs >= this.#blockedMs) this.#publish(phase, subject, tookMs);
    return tookMs;
  }

  #publish(phase: Phase, subject: Subject, durationMs: number): void {
    const blocked = blockedChannel();
    if (!blocked.hasSubscribers) return;
    const callback = subject.describe();
    const limitMs = this.#blockedMs;
    blocked.publish({
      callback,
      phase,
      durationMs,
      limitMs,
      subject,
    } satisfies BlockedMessage);
  }

  /** @param listHandles called at most once, when `handles` is read */
  read(listHandles: () => HandleListing[]): LoopMetrics {
    let handles: HandleListing[] | undefined;
    const sinceMs = this.#clock() - this.#bornMs;
    const { count, mean, max } = this.#loopTime;
    return {
      iterations: this.iterations,
      waits: this.#waits,
      events: this.#events,
      eventsPerWait: this.#waits === 0 ? 0 : this.#events / this.#waits,
      callbacks: this.callbacks,
      idleMs: this.#idleMs,
      callbackMs: this.#callbackMs,
      longestCallbackMs: this.#longestMs,
      longestCallback: this.#longestName,
      loopTime: {
        count,
        meanMs: mean / NS,
        p50Ms: this.#loopTime.percentile(50) / NS,
        p99Ms: this.#loopTime.percentile(99) / NS,
        maxMs: max / NS,
      },
      utilisation: sinceMs > 0 ? Math.min(1, this.#busyMs / sinceMs) : 0,
      get handles() {
        handles ??= listHandles();
        return handles;
      },
    };
  }
}
