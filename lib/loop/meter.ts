// What the loop did: counts, times, the longest callback. It reads the clock once a
// callback and twice a wait; `timing: false` leaves the callbacks out.

import { channel } from 'node:diagnostics_channel';
import type { RecordableHistogram } from 'node:perf_hooks';
import { builtin } from '../binding/builtin.js';
import type { ReadyList } from '../poller/index.js';
import type { HandleListing } from './counters.js';
import type { Clock } from './time/timers.js';

/** The phases in which callbacks run, in the order of an iteration. */
export const PHASES = ['timers', 'pending', 'idle', 'prepare', 'poll', 'check', 'closing'] as const;
/** What a callback belongs to: a phase of the iteration, or the callbacks between two of them. */
export type Phase = (typeof PHASES)[number];

/** What a callback belongs to: it knows what to call itself. */
export interface Subject {
  /** Kind and callback, such as 'Timer tick' or 'Socket data'. */
  describe(): string;
}

/** Told of everything, in order; the flight recorder is one. Must not throw. */
export interface LoopObserver {
  iteration(beginMs: number, endMs: number): void;
  /** @param ready what the wait found, still to be dispatched */
  wait(beginMs: number, endMs: number, timeoutMs: number, events: number, ready: ReadyList): void;
  /** @param lateMs of a timer: how long it was overdue; else 0 */
  callback(phase: Phase, subject: Subject, beginMs: number, endMs: number, lateMs: number): void;
  /**
   * A request's result has come back from the pool.
   *
   * @param takenMs when the loop took it
   * @param queuedMs how long it waited for a thread
   * @param runMs how long the thread took
   * @param doneMs how long its result waited for the loop
   */
  request(subject: Subject, takenMs: number, queuedMs: number, runMs: number, doneMs: number): void;
}

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
  /** Time from one wait's end to the next one's start: what an event waits at most. */
  loopTime: { count: number; meanMs: number; p50Ms: number; p99Ms: number; maxMs: number };
  /** Share of the time since the loop was made in which it worked: 0 to 1. */
  utilisation: number;
  /** Each active handle and what it did; listed when this is first read. */
  readonly handles: readonly HandleListing[];
}

const blocked = channel('rawloop:blocked');
const NS = 1e6;
/** Of no time: the loop waits, or its host has its turn. */
const IDLE = -1;

function newHistogram(): RecordableHistogram {
  const { createHistogram } = builtin('node:perf_hooks') as typeof import('node:perf_hooks');
  return createHistogram();
}

export class Meter {
  #observer: LoopObserver | undefined;
  readonly #timing: boolean;
  /** Whether callbacks are timed: an observer wants it whatever the option says. */
  #timed: boolean;
  readonly #blockedMs: number;
  readonly #clock: Clock;
  readonly #bornMs: number;
  readonly #loopTime = newHistogram();
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

  get observer(): LoopObserver | undefined {
    return this.#observer;
  }

  set observer(observer: LoopObserver | undefined) {
    this.#observer = observer;
    this.#timed = this.#timing || observer !== undefined;
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
    this.#observer?.iteration(this.#busySinceMs, nowMs);
    const tookMs = nowMs - this.#busySinceMs;
    this.#busyMs += tookMs;
    this.#loopTime.record(Math.max(1, Math.round(tookMs * NS)));
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
    this.#observer?.wait(beginMs, endMs, timeoutMs, events, ready);
  }

  /** What ran since the last mark was no callback. */
  mark(): void {
    if (this.#timed) this.#markMs = this.#clock();
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
    this.#observer?.callback(phase, subject, beginMs, endMs, lateMs);
    if (tookMs >= this.#blockedMs && blocked.hasSubscribers) {
      const message: BlockedMessage = {
        callback: subject.describe(),
        phase,
        durationMs: tookMs,
        limitMs: this.#blockedMs,
        subject,
      };
      blocked.publish(message);
    }
    return tookMs;
  }

  /** @param listHandles called at most once, when `handles` is read */
  read(listHandles: () => HandleListing[]): LoopMetrics {
    let handles: HandleListing[] | undefined;
    const sinceMs = this.#clock() - this.#bornMs;
    const { count, mean, max } = this.#loopTime;
    const some = count > 0;
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
        meanMs: some ? mean / NS : 0,
        p50Ms: some ? this.#loopTime.percentile(50) / NS : 0,
        p99Ms: some ? this.#loopTime.percentile(99) / NS : 0,
        maxMs: some ? max / NS : 0,
      },
      utilisation: sinceMs > 0 ? Math.min(1, this.#busyMs / sinceMs) : 0,
      get handles() {
        handles ??= listHandles();
        return handles;
      },
    };
  }
}
