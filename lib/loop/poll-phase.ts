// The poll phase: it waits, and hands what was found to the handles. What every phase has
// in common stands here too: what follows a callback. The list of phases is iteration.ts's.
import type { Handle } from './handle.js';
import { IN_CONTEXT } from './handle-flags.js';
import { drainHost } from './host.js';
import { MOVED, READY_EVENTS, READY_GENERATION, READY_SLOT, READY_WORDS } from './layout.js';
import { Life, type LoopParts } from './life.js';
import type { Phase, Subject } from './meter.js';
import type { readLoopOptions } from './options.js';
import { pollTimeout } from './poll-timeout.js';
import { flushOuter } from './turns.js';

/** Of a wait that did not begin, as there is output to see to first. */
const UNSENT = -1;

/** A function of its own: a closure in the loop over a batch would cost each message. */
function inContextOf(handle: Handle, events: number, index: number): void {
  handle.enter(() => handle.onReady(events, index));
}

/** The phase that waits. Use `EventLoop`. */
export abstract class PollPhase extends Life {
  /** @internal No wait, and no iteration after this one. */ protected stopping = false;
  /** @internal Whether the host's queues can be run from here. */ protected canDrain = true;
  /** @internal Whether the last wait threw. */ protected waitFailed = false;
  /** @internal Whether ticks were called in this iteration. */ protected ticked = false;
  /** @internal */ protected readonly drainEach: boolean;
  readonly #spinMs: number;
  /**
   * Of the batch under way, the records [cursor, filled) are read and not dispatched,
   * [filled, count) are not even read. It survives a handler that throws.
   */
  #filled = 0;

  /** @internal `parts` is for tests. */
  constructor(options: ReturnType<typeof readLoopOptions>, parts?: LoopParts) {
    super(options, parts);
    this.drainEach = options.drain === 'each';
    this.#spinMs = options.spinMs;
  }

  /** Whether the host's loop drives this one. */
  abstract get attached(): boolean;
  /** The poller's descriptor is another one now. @internal */
  protected abstract pollerReplaced(): void;

  /**
   * Waits until something is ready, and leaves it as the batch to dispatch. One native
   * call sends what callbacks have written, waits and reads: see batch.ts. @internal
   */
  protected wait(nowait: boolean): void {
    if (!this.drainEach) this.drain();
    if (this.pollSet.size === 0) this.flush();
    this.pollSet.beginBatch();
    let count: number;
    do {
      this.pollSet.reconcile();
      // Decided last, as redis' beforesleep is called last: what the lines above led to may
      // be an immediate, a close or a timer, which the wait would leave waiting.
      const timeoutMs = this.#pollTimeout(nowait);
      // Nothing is waited for, and a wake-up has no wait to end: the kernel has nothing to
      // tell. In guest mode it has: why the host called.
      if (timeoutMs === 0 && this.pollSet.size === 0 && !this.attached) return;
      if (timeoutMs !== 0) flushOuter(this);
      count = this.#waitFor(timeoutMs);
      // What the kernel did not take leads to other interests, or to a close.
    } while (count === UNSENT);
    this.cursor = 0;
    this.count = count;
  }

  #waitFor(timeoutMs: number): number {
    const { streams } = this;
    // A wait of no time is not worth a look at the clock, unless one is recorded.
    const timed = timeoutMs !== 0 || this.meter.observed;
    streams.beginWait(timed, this.#spinMs);
    const beforeMs = this.nowMs;
    this.waitFailed = true;
    let count: number;
    try {
      count = this.poller.wait(streams.ready, timeoutMs, streams);
    } catch (error) {
      // What was gathered went out before.
      streams.crossed(this);
      throw error;
    }
    this.waitFailed = false;
    if (streams.crossed(this)) return UNSENT;
    if (timed) this.updateTime();
    const { waitedMs } = streams;
    // A poller of a test's may make no crossing.
    const beginMs = waitedMs < 0 ? beforeMs : this.nowMs - waitedMs;
    if (timeoutMs !== 0) this.meter.idleBegan(beginMs);
    this.meter.waited(beginMs, this.nowMs, timeoutMs, count, streams.ready);
    if (!timed && streams.readers > 0) this.meter.mark();
    this.#filled = streams.filled;
    return count;
  }

  /** Hands what the wait found to the handles, a slab of reads at a time. @internal */
  protected dispatch(): void {
    const { table, streams } = this;
    const { handles } = table;
    while (this.cursor < this.count) {
      const { words } = streams.ready;
      if (this.cursor === this.#filled) {
        this.#filled = streams.fill(this, this.cursor, this.count);
        if (streams.readers > 0) this.meter.mark();
      }
      while (this.cursor < this.#filled) {
        const index = this.cursor++;
        const at = index * READY_WORDS;
        const slot = words[at + READY_SLOT] as number;
        const handle = handles[slot];
        if (handle === undefined || table.generation(slot) !== words[at + READY_GENERATION]) {
          this.pollSet.countStale();
          // It may have been closed by a handler of this batch, after it was read.
          streams.passed.drop(index);
          continue;
        }
        this.counters.reported(slot);
        if (streams.result(index) === MOVED) continue;
        const events = words[at + READY_EVENTS] as number;
        this.meter.begins('poll', handle);
        if ((handle.flags & IN_CONTEXT) === 0) handle.onReady(events, index);
        else inContextOf(handle, events, index);
        this.#afterCallback(handle);
      }
    }
    // The poller's descriptor is another one after that: the host has to know it.
    if (this.pollSet.endBatch() && this.attached) this.pollerReplaced();
  }

  /**
   * The record that was read for `handle` and not handed to it yet, -1: none. @internal
   */
  undispatched(handle: Handle): number {
    const { words } = this.streams.ready;
    for (let index = this.cursor; index < this.#filled; index++) {
      const at = index * READY_WORDS;
      const slot = words[at + READY_SLOT] as number;
      const generation = words[at + READY_GENERATION] as number;
      if (this.table.find(slot, generation) === handle) return index;
    }
    return -1;
  }

  /** A callback is over: what it put off runs, then it is accounted for. Its time in ms. @internal */
  protected called(phase: Phase, subject: Subject, lateMs = 0): number {
    if (this.drainEach) this.drain();
    return this.meter.called(phase, subject, lateMs);
  }

  /** Own nextTick callbacks, then the host's nextTick queue and microtasks. @internal */
  protected drain(): void {
    do {
      for (let tick = this.ticks.shift(); tick !== undefined; tick = this.ticks.shift()) {
        this.ticked = true;
        tick();
      }
      if (this.canDrain) (drainHost as () => void)();
    } while (this.ticks.size > 0);
  }

  #pollTimeout(nowait: boolean): number {
    const { nextDueMs } = this.timers;
    return pollTimeout({
      nowait,
      stopping: this.stopping,
      alive: this.alive,
      busy: this.busy,
      nextDueMs,
      // Not as of the start of the iteration: its callbacks may have taken long.
      nowMs: nextDueMs === Number.POSITIVE_INFINITY ? this.nowMs : this.clock(),
    });
  }

  /** How many events the last wait found. @internal */
  protected get found(): number {
    return this.count;
  }

  /** The record under way is dispatched once more. @internal */
  tellAgain(): void {
    this.cursor--;
  }

  /** A callback of a handle is over, and another follows at once. @internal */
  betweenCallbacks(handle: Handle): void {
    this.#afterCallback(handle);
    this.meter.begins('poll', handle);
  }

  #afterCallback(handle: Handle): void {
    const tookMs = this.called('poll', handle);
    // It may have closed itself.
    if (handle.slot >= 0) this.counters.called(handle.slot, tookMs);
  }
}
