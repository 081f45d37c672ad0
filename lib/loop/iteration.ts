// One iteration of the loop: a list of phases. Who calls for iterations, and where, is
// core.ts's; what there is to do is life.ts's.
import { type Handle, IN_CONTEXT } from './handle.js';
import { drainHost } from './host.js';
import { READY_EVENTS, READY_GENERATION, READY_SLOT, READY_WORDS } from './layout.js';
import { Life, type LoopParts } from './life.js';
import type { Phase, Subject } from './meter.js';
import { type LoopOptions, type RunMode, readLoopOptions } from './options.js';
import type { HookList } from './phase-hooks.js';
import { pollTimeout } from './poll-timeout.js';

// Where an iteration stands. A throw leaves it there, and it is gone on with from there.
const START = 0;
const TIMERS = 1;
const PENDING = 2;
const IDLE = 3;
const PREPARE = 4;
const POLL = 5;
const CHECK = 6;
const IMMEDIATES = 7;
const CLOSING = 8;
const TIMED_OUT = 9;

/** The closing callback of a handle. */
export function finish(handle: Handle): void {
  if ((handle.flags & IN_CONTEXT) === 0) handle.finishClose();
  else handle.enter(() => handle.finishClose());
}

/** A function of its own: a closure in the loop over a batch would cost each message. */
function inContextOf(handle: Handle, events: number, index: number): void {
  handle.enter(() => handle.onReady(events, index));
}

export abstract class Phases extends Life {
  /** @internal Called before the loop ends: defers what came and is yet to be told. */
  lastLook: (() => void) | undefined;
  /** @internal No wait, and no iteration after this one. */ protected stopping = false;
  /** @internal Whether the host's queues can be run from here. */ protected canDrain = true;
  /** @internal Whether the last wait threw. */ protected waitFailed = false;
  readonly #drainEach: boolean;
  readonly #spinMs: number;

  /** The phase of the iteration under way; START: none. */
  #at = START;
  /** What is left of the pending or the closing phase. */
  #left = 0;
  /** Timers of the timer phase under way started before this one. */
  #timersBefore = 0;
  /** Callbacks that were called before this iteration. */
  #calledBefore = 0;
  /** Whether ticks were called since the last one ended. */
  #ticked = false;
  /**
   * Of the batch under way, the records [cursor, filled) are read and not dispatched,
   * [filled, count) are not even read. It survives a handler that throws.
   */
  #filled = 0;

  /** @internal `parts` is for tests. */
  constructor(options?: LoopOptions, parts?: LoopParts) {
    const read = readLoopOptions(options);
    super(read, parts);
    this.#drainEach = read.drain === 'each';
    this.#spinMs = read.spinMs;
  }

  /** Whether the host's loop drives this one. */
  abstract get attached(): boolean;
  /** The poller's descriptor is another one now. @internal */
  protected abstract pollerReplaced(): void;

  // ---- one iteration -------------------------------------------------------

  /**
   * One iteration: the phases in their order. When a callback throws it stays where it
   * is, and the next call goes on behind that callback instead of beginning anew: what
   * throws at every chance keeps no later phase from its turn. @internal
   */
  protected iterate(mode: RunMode): void {
    const from = this.#at;
    // What was put off outside of the loop, or by the callback that threw, comes first.
    if (from !== START || this.ticks.size > 0) this.drain();
    if (from === START) this.#begin(mode);
    // What went by since the throw is no callback's time.
    else this.meter.mark();
    if (from <= TIMERS) this.#runTimers(TIMERS);
    if (from <= PENDING) this.#runPending();
    if (from <= IDLE) this.#runHooks(IDLE, 'idle', this.idleHooks);
    if (from <= PREPARE) this.#runHooks(PREPARE, 'prepare', this.prepareHooks);
    if (from <= POLL) this.#poll(mode);
    if (from <= CHECK) this.#runHooks(CHECK, 'check', this.checkHooks);
    if (from <= IMMEDIATES) this.#runImmediates();
    if (from <= CLOSING) this.#runClosing();
    // A wait that timed out made timers due: 'once' promises progress, and no more.
    if (mode === 'once' && !this.#progressed) this.#runTimers(TIMED_OUT);
    this.#at = START;
    this.#ticked = false;
    // What the last callbacks put off may keep the loop alive.
    if (!this.#drainEach) this.drain();
  }

  #begin(mode: RunMode): void {
    // Nobody looks at the time before the wait is over, or nobody has for long.
    if (mode !== 'default' || this.busy || this.timers.size > 0 || this.prepareHooks.size > 0) {
      this.updateTime();
    }
    this.#calledBefore = this.meter.callbacks;
    this.meter.iterationBegan(this.nowMs);
  }

  /** Whether `phase` begins here: not when a throw interrupted it. */
  #enters(phase: number): boolean {
    if (this.#at === phase) return false;
    this.#at = phase;
    return true;
  }

  /** Whether this iteration called anything back. */
  get #progressed(): boolean {
    return this.#ticked || this.meter.callbacks !== this.#calledBefore;
  }

  #runTimers(at: number): void {
    // Timers that start from here on wait for the next iteration.
    if (this.timers.size === 0) return;
    if (this.#enters(at)) this.#timersBefore = this.timers.nextOrder;
    let flushed = false;
    for (;;) {
      const timer = this.timers.takeDue(this.nowMs, this.#timersBefore);
      if (timer === undefined) return;
      if (!flushed) this.flush();
      flushed = true;
      this.meter.begins('timers', timer);
      timer.callback();
      this.#called('timers', timer, this.timers.lateMs);
    }
  }

  #runPending(): void {
    if (this.#at !== PENDING && this.pending.size === 0) return;
    if (this.#enters(PENDING)) this.#left = this.pending.size;
    this.flush();
    while (this.#left > 0) {
      this.#left--;
      const { run, subject } = this.pending.shift() as { run(): void; subject: Subject };
      this.meter.begins('pending', subject);
      run();
      this.#called('pending', subject);
    }
  }

  #runHooks(at: number, phase: Phase, hooks: HookList): void {
    if (hooks.size === 0) return;
    if (this.#enters(at)) hooks.begin();
    this.flush();
    for (let hook = hooks.take(); hook !== undefined; hook = hooks.take()) {
      this.meter.begins(phase, hook);
      hook.callback(hook);
      this.#called(phase, hook);
    }
  }

  #poll(mode: RunMode): void {
    if (this.#enters(POLL)) this.#wait(mode);
    this.#dispatch();
  }

  /**
   * Waits until something is ready, and leaves it as the batch to dispatch. One native
   * call sends what callbacks have written, waits and reads: see batch.ts.
   */
  #wait(mode: RunMode): void {
    if (!this.#drainEach) this.drain();
    if (this.pollSet.size === 0) this.flush();
    this.pollSet.beginBatch();
    let count: number;
    do {
      this.pollSet.reconcile();
      // Decided last, as redis' beforesleep is called last: what the lines above led to may
      // be an immediate, a close or a timer, which the wait would leave waiting.
      const timeoutMs = this.#pollTimeout(mode);
      // Nothing is waited for, and a wake-up has no wait to end: the kernel has nothing to
      // tell. In guest mode it has: why the host called.
      if (timeoutMs === 0 && this.pollSet.size === 0 && !this.attached) return;
      count = this.#waitFor(timeoutMs);
      // What the kernel did not take leads to other interests, or to a close.
    } while (this.streams.crossed(this));
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

  /** Hands what the wait found to the handles, a slab of reads at a time. */
  #dispatch(): void {
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
          continue;
        }
        this.counters.reported(slot);
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

  #runImmediates(): void {
    if (this.#at !== IMMEDIATES && this.immediates.size === 0) return;
    if (this.#enters(IMMEDIATES)) this.immediates.beginTurn();
    this.flush();
    for (;;) {
      const immediate = this.immediates.take();
      if (immediate === undefined) break;
      this.meter.begins('check', immediate);
      immediate.run();
      this.#called('check', immediate);
    }
  }

  #runClosing(): void {
    if (this.#at !== CLOSING && this.closing.size === 0) return;
    if (this.#enters(CLOSING)) this.#left = this.closing.size;
    this.flush();
    while (this.#left > 0) {
      this.#left--;
      const handle = this.closing.shift() as Handle;
      this.meter.begins('closing', handle);
      finish(handle);
      this.#called('closing', handle);
    }
  }

  /** A callback is over: what it put off runs, then it is accounted for. Its time in ms. */
  #called(phase: Phase, subject: Subject, lateMs = 0): number {
    if (this.#drainEach) this.drain();
    return this.meter.called(phase, subject, lateMs);
  }

  /** Own nextTick callbacks, then the host's nextTick queue and microtasks. @internal */
  protected drain(): void {
    do {
      for (let tick = this.ticks.shift(); tick !== undefined; tick = this.ticks.shift()) {
        this.#ticked = true;
        tick();
      }
      if (this.canDrain) (drainHost as () => void)();
    } while (this.ticks.size > 0);
  }

  #pollTimeout(mode: RunMode): number {
    const { nextDueMs } = this.timers;
    return pollTimeout({
      nowait: mode === 'nowait' || (mode === 'once' && this.#progressed),
      stopping: this.stopping,
      alive: this.alive,
      busy: this.busy,
      nextDueMs,
      // Not as of the start of the iteration: its callbacks may have taken long.
      nowMs: nextDueMs === Number.POSITIVE_INFINITY ? this.nowMs : this.clock(),
    });
  }

  /** Whether a throw left an iteration to be gone on with. @internal */
  protected get interrupted(): boolean {
    return this.#at !== START;
  }

  /** How many events the last wait found. @internal */
  protected get found(): number {
    return this.count;
  }

  /** A callback of a handle is over, and another follows at once. @internal */
  betweenCallbacks(handle: Handle): void {
    this.#afterCallback(handle);
    this.meter.begins('poll', handle);
  }

  #afterCallback(handle: Handle): void {
    const tookMs = this.#called('poll', handle);
    // It may have closed itself.
    if (handle.slot >= 0) this.counters.called(handle.slot, tookMs);
  }
}
