// Who is told of everything that a loop does, in order: the flight recorder is one. There
// may be several, and while there is none nothing is made or kept for them.
import type { ReadyList } from '../poller/index.js';

/** The phases in which callbacks run, in the order of an iteration. */
export const PHASES = ['timers', 'pending', 'idle', 'prepare', 'poll', 'check', 'closing'] as const;
/** What a callback belongs to: a phase of the iteration, or the callbacks between two of them. */
export type Phase = (typeof PHASES)[number];

/**
 * What a callback belongs to: it knows what to call itself. An observer that is told of a
 * million of them need not ask each time: a handle says the same as long as its loop's
 * `streams.handler` is the same, anything else as long as its class and the name of its
 * `callback` are.
 */
export interface Subject {
  /** Kind and callback, such as 'Timer tick' or 'Socket data'. */
  describe(): string;
  /** Without it, what is no handle is asked each time. */
  readonly callback?: { readonly name: string };
}

/** Its methods must not throw. What it is given belongs to the loop: not to be kept. */
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
   * @param lane the name of the queue that it waited in
   */
  request(
    subject: Subject,
    takenMs: number,
    queuedMs: number,
    runMs: number,
    doneMs: number,
    lane: string,
  ): void;
  /** A request was answered at once, on the loop's thread. @param lane where it would have waited */
  inlineRequest(subject: Subject, beginMs: number, endMs: number, lane: string): void;
}

/**
 * The observers of a loop. They come and go in any order, at any time: the list under way
 * is never changed, but replaced.
 */
export class Observers implements LoopObserver {
  #list: readonly LoopObserver[] = [];

  get size(): number {
    return this.#list.length;
  }

  has(observer: LoopObserver): boolean {
    return this.#list.includes(observer);
  }

  /** Idempotent. */
  add(observer: LoopObserver): void {
    if (!this.has(observer)) this.#list = [...this.#list, observer];
  }

  /** Idempotent. */
  remove(observer: LoopObserver): void {
    this.#list = this.#list.filter((other) => other !== observer);
  }

  iteration(beginMs: number, endMs: number): void {
    for (const observer of this.#list) observer.iteration(beginMs, endMs);
  }

  wait(beginMs: number, endMs: number, timeoutMs: number, events: number, ready: ReadyList): void {
    for (const observer of this.#list) observer.wait(beginMs, endMs, timeoutMs, events, ready);
  }

  callback(phase: Phase, subject: Subject, beginMs: number, endMs: number, lateMs: number): void {
    for (const observer of this.#list) observer.callback(phase, subject, beginMs, endMs, lateMs);
  }

  request(
    subject: Subject,
    takenMs: number,
    queuedMs: number,
    runMs: number,
    doneMs: number,
    lane: string,
  ): void {
    for (const observer of this.#list) {
      observer.request(subject, takenMs, queuedMs, runMs, doneMs, lane);
    }
  }

  inlineRequest(subject: Subject, beginMs: number, endMs: number, lane: string): void {
    for (const observer of this.#list) observer.inlineRequest(subject, beginMs, endMs, lane);
  }
}
