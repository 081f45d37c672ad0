// What a program asks of a loop's time: timers, immediates, ticks and phase hooks. When
// each runs is the loop's to say (iteration.ts).

import { Queue } from '../base/queue.js';
import { checkFunction } from '../base/validate.js';
import { inContext } from './async-context.js';
import { loopClosed } from './errors.js';
import { Immediate, ImmediateQueue } from './immediates.js';
import { type HookCallback, HookList, type PhaseHook } from './phase-hooks.js';
import { Timer, type TimerCallback } from './time/timer.js';
import { type Clock, Timers } from './time/timers.js';

type Callback = (...args: never[]) => void;

/** `callback` with the arguments that follow it and the delay. */
function bound(callback: Callback, _ms: number, ...args: unknown[]): TimerCallback {
  // A function of its own `this`, which is the timer.
  function call(this: unknown): void {
    callback.apply(this, args as never[]);
  }
  return Object.defineProperty(call, 'name', { value: callback.name });
}

/** What a program asks of a loop's time. Use `EventLoop`. */
export abstract class Scheduler {
  /** @internal */ protected readonly timers: Timers;
  /** @internal */ protected readonly immediates = new ImmediateQueue();
  /** @internal */ protected readonly ticks = new Queue<() => void>();
  /** @internal */ protected readonly idleHooks = new HookList();
  /** @internal */ protected readonly prepareHooks = new HookList();
  /** @internal */ protected readonly checkHooks = new HookList();
  /** @internal */ protected isClosed = false;
  /** @internal Whether callbacks keep the async context that they come from. */
  readonly asyncContext: boolean;

  /** @internal */
  constructor(clock: Clock, asyncContext: boolean) {
    this.asyncContext = asyncContext;
    this.timers = new Timers(this, clock);
  }

  /** Something referenced more keeps the loop alive. @internal */
  abstract retain(): void;
  /** @internal */
  abstract release(): void;
  /** There is work for the next turn. @internal */
  abstract wakeHost(): void;

  /** True from `close` on. */
  get closed(): boolean {
    return this.isClosed;
  }

  /** Whether the loop is alive may have changed. @internal */
  abstract lifeChanged(): void;
  /** The next timer may be due sooner than before. @internal */
  abstract timerStarted(dueMs: number): void;

  /**
   * Calls `callback(...args)` once, `ms` from now at the earliest.
   *
   * @param ms 0 to 2^53, fractions allowed
   * @throws TypeError, RangeError for a bad callback or delay; Error ERR_LOOP_CLOSED
   */
  setTimeout<A extends unknown[]>(callback: (...args: A) => void, ms?: number, ...args: A): Timer;
  /** `await new Promise((resolve) => loop.setTimeout(resolve, 100))`. */
  setTimeout(callback: (nothing: undefined) => void, ms?: number): Timer;
  setTimeout(callback: Callback, ms = 0): Timer {
    checkFunction('callback', callback);
    // biome-ignore lint/complexity/noArguments: a rest parameter makes an array each time
    const call = arguments.length > 2 ? bound.apply(undefined, arguments as never) : callback;
    return this.timers.start(this.#kept('Timeout', call as TimerCallback), ms, false);
  }

  /** Calls `callback(...args)` every `ms`, without drift; missed calls do not pile up. */
  setInterval<A extends unknown[]>(callback: (...args: A) => void, ms?: number, ...args: A): Timer;
  setInterval(callback: Callback, ms = 0): Timer {
    checkFunction('callback', callback);
    // biome-ignore lint/complexity/noArguments: a rest parameter makes an array each time
    const call = arguments.length > 2 ? bound.apply(undefined, arguments as never) : callback;
    return this.timers.start(this.#kept('Timeout', call as TimerCallback), ms, true);
  }

  /**
   * Cancels a timer, or the one of a number that this loop gave (`+timer`), also as a
   * string. A timer of another loop is cleared there; its number is none of this loop's.
   * Anything else, and a timer that fired, is left alone.
   */
  clearTimeout(timer: Timer | number | string | undefined | null): void {
    if (timer instanceof Timer) timer.close();
    else if (typeof timer === 'number' || typeof timer === 'string') {
      this.timers.numbers.find(timer)?.close();
    }
  }

  /** The same as `clearTimeout`. */
  clearInterval(timer: Timer | number | string | undefined | null): void {
    this.clearTimeout(timer);
  }

  /** Calls `callback(...args)` in the check phase of this iteration, or of the next. */
  setImmediate<A extends unknown[]>(callback: (...args: A) => void, ...args: A): Immediate {
    checkFunction('callback', callback);
    if (this.isClosed) throw loopClosed();
    const call = this.#kept('Immediate', callback as unknown as Callback);
    const immediate = this.immediates.add(call, args);
    this.wakeHost();
    return immediate;
  }

  /** Cancels an immediate that has not run, of whatever loop. Anything else is left alone. */
  clearImmediate(immediate: Immediate | undefined | null): void {
    if (Immediate.is(immediate)) immediate.cancel();
  }

  /** Calls `callback(...args)` right after the callback under way, before microtasks. */
  nextTick<A extends unknown[]>(callback: (...args: A) => void, ...args: A): void {
    checkFunction('callback', callback);
    if (this.isClosed) throw loopClosed();
    const call = args.length === 0 ? (callback as () => void) : () => callback(...args);
    this.ticks.push(this.#kept('TickObject', call));
    this.wakeHost();
  }

  /**
   * Calls `callback` in every iteration before the loop waits. While there is an idle
   * hook, the loop does not wait at all.
   */
  idle(callback: HookCallback): PhaseHook {
    return this.#hook(this.idleHooks, callback);
  }

  /**
   * Calls `callback` in every iteration right before the poll phase, and so before each wait;
   * in guest mode before the host's.
   */
  prepare(callback: HookCallback): PhaseHook {
    return this.#hook(this.prepareHooks, callback);
  }

  /** Calls `callback` in every iteration right after the poll phase, before immediates. */
  check(callback: HookCallback): PhaseHook {
    return this.#hook(this.checkHooks, callback);
  }

  #kept<F extends (...args: never[]) => void>(kind: string, callback: F): F {
    return this.asyncContext ? inContext(kind, callback) : callback;
  }

  #hook(list: HookList, callback: HookCallback): PhaseHook {
    checkFunction('callback', callback);
    if (this.isClosed) throw loopClosed();
    return list.add(this, this.#kept('PhaseHook', callback));
  }
}
