// One iteration of the loop: a list of phases. Who calls for iterations, and where, is
// drive.ts's; what there is to do is life.ts's.
import type { Handle } from './handle.js';
import { IN_CONTEXT } from './handle-flags.js';
import type { LoopParts } from './life.js';
import type { Phase, Subject } from './meter.js';
import { type LoopOptions, type RunMode, readLoopOptions } from './options.js';
import type { HookList } from './phase-hooks.js';
import { PollPhase } from './poll-phase.js';

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

/** The phases of an iteration. Use `EventLoop`. */
export abstract class Phases extends PollPhase {
  /** @internal Called before the loop ends: defers what came and is yet to be told. */
  lastLook: (() => void) | undefined;

  /** The phase of the iteration under way; START: none. */
  #at = START;
  /** The last phase that the iteration before had something to do in. */
  #endedAt = START;
  /** What is left of the pending or the closing phase. */
  #left = 0;
  /** Timers of the timer phase under way started before this one. */
  #timersBefore = 0;
  /** Callbacks that were called before this iteration. */
  #calledBefore = 0;

  /** @internal `parts` is for tests. */
  constructor(options?: LoopOptions, parts?: LoopParts) {
    super(readLoopOptions(options), parts);
  }

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
    if (mode === 'once' && !this.#progressed) this.#runTimedOut();
    this.#endedAt = this.#at;
    this.#at = START;
    this.ticked = false;
    // What the last callbacks put off may keep the loop alive.
    if (!this.drainEach) this.drain();
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
    return this.ticked || this.meter.callbacks !== this.#calledBefore;
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
      this.called('timers', timer, this.timers.lateMs);
    }
  }

  #runTimedOut(): void {
    // They may have fallen due before the wait, which then was none.
    if (this.#at !== TIMED_OUT) this.updateTime();
    this.#runTimers(TIMED_OUT);
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
      this.called('pending', subject);
    }
  }

  #runHooks(at: number, phase: Phase, hooks: HookList): void {
    if (hooks.size === 0) return;
    if (this.#enters(at)) hooks.begin();
    this.flush();
    for (let hook = hooks.take(); hook !== undefined; hook = hooks.take()) {
      this.meter.begins(phase, hook);
      hook.callback(hook);
      this.called(phase, hook);
    }
  }

  #poll(mode: RunMode): void {
    const nowait = mode === 'nowait' || (mode === 'once' && this.#progressed);
    if (this.#enters(POLL)) this.wait(nowait);
    this.dispatch();
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
      this.called('check', immediate);
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
      this.called('closing', handle);
    }
  }

  /**
   * Whether a wait now would come without its prepare hooks: one has not been called yet, or
   * callbacks came after them. Check hooks do not count: they make no iteration. @internal
   */
  protected get unprepared(): boolean {
    const { size, hasNew } = this.prepareHooks;
    return size > 0 && (hasNew || this.found > 0 || this.#endedAt > CHECK);
  }

  /** Whether a throw left an iteration to be gone on with. @internal */
  protected get interrupted(): boolean {
    return this.#at !== START;
  }
}
