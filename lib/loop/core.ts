// The event loop: one iteration is a list of phases. It drives a poller, either
// blocking its thread (owned: `run`) or a turn at a time inside the host's own
// loop (guest: `attach`). Handles and requests stand on it and are not known here.
import type { HostLoop } from '../binding/index.js';
import { createPoller, type Poller, ReadyList, type SharedWaker } from '../poller/index.js';
import * as errors from './errors.js';
import { DIRTY, type Handle } from './handle.js';
import { HandleTable } from './handle-table.js';
import { attachToHost, canDrainHere, drainHost } from './host.js';
import { type Immediate, ImmediateQueue } from './immediates.js';
import { type LoopOptions, readLoopOptions, type RunMode, warnNoMicrotasks } from './options.js';
import { pollTimeout } from './poll-timeout.js';
import { Queue } from './queue.js';
import { StreamBatch } from './stream-batch.js';
import { checkDelay, Timer, type TimerCallback, TimerQueue } from './timers.js';
import { checkFunction } from './validate.js';

type Callback = (...args: never[]) => void;

const NEVER = Number.POSITIVE_INFINITY;

export class LoopCore {
  /** @internal */ readonly poller: Poller;
  /** @internal */ readonly table = new HandleTable();
  /** @internal */ readonly streams: StreamBatch;
  readonly #ready: ReadyList;
  readonly #drainEach: boolean;

  readonly #timers = new TimerQueue();
  readonly #timersById = new Map<number, Timer>();
  readonly #pending = new Queue<() => void>();
  readonly #immediates = new ImmediateQueue();
  readonly #closing = new Queue<Handle>();
  readonly #ticks = new Queue<() => void>();
  readonly #dirty = new Queue<Handle>();
  readonly #closeHooks: (() => void)[] = [];

  #nowMs = performance.now();
  #nextTimerId = 1;
  /** Referenced things that keep the loop alive: handles, timers, requests. */
  #refs = 0;
  #stopping = false;
  #inTurn = false;
  #closed = false;
  #canDrain = true;

  // The batch under way: records [cursor, filled) are read and not dispatched,
  // [filled, count) are not even read. It survives a handler that throws.
  #cursor = 0;
  #filled = 0;
  #count = 0;
  #stale = 0;
  #releasedBefore = 0;

  #host: HostLoop | undefined;
  #hostRef = false;
  #armedMs = NEVER;

  constructor(options?: LoopOptions) {
    const { backend, maxEvents, slabBytes, drain } = readLoopOptions(options);
    this.#ready = new ReadyList(maxEvents);
    this.streams = new StreamBatch(this.table, slabBytes, maxEvents);
    this.#drainEach = drain === 'each';
    this.poller = createPoller(backend);
  }

  // ---- one iteration -------------------------------------------------------

  /** One iteration: the phases in their order. */
  #iterate(mode: RunMode): void {
    this.#finishBatch();
    this.updateTime();
    this.#runTimers();
    this.#runPending();
    this.#poll(this.#pollTimeout(mode));
    this.#runImmediates();
    this.#runClosing();
    // A wait that timed out made timers due: 'once' promises progress.
    if (mode === 'once') this.#runTimers();
  }

  /** What an exception interrupted in the last iteration comes first in this one. */
  #finishBatch(): void {
    this.#drain();
    if (this.#cursor < this.#count) this.#dispatch();
  }

  #runTimers(): void {
    // Timers that start from here on wait for the next iteration.
    const order = this.#timers.nextOrder;
    for (;;) {
      const timer = this.#timers.firstDue(this.#nowMs, order);
      if (timer === undefined) return;
      this.#rescheduleTimer(timer);
      if (timer.args === undefined) (timer.callback as () => void)();
      else (timer.callback as (...args: unknown[]) => void)(...timer.args);
      if (this.#drainEach) this.#drain();
    }
  }

  #runPending(): void {
    for (let left = this.#pending.size; left > 0; left--) {
      (this.#pending.shift() as () => void)();
      if (this.#drainEach) this.#drain();
    }
  }

  #poll(timeoutMs: number): void {
    if (!this.#drainEach) this.#drain();
    this.#reconcile();
    this.flush();
    this.#releasedBefore = this.table.released;
    this.#stale = 0;
    const count = this.poller.wait(this.#ready, timeoutMs);
    if (timeoutMs !== 0) this.updateTime();
    this.#cursor = 0;
    this.#filled = 0;
    this.#count = count;
    this.#dispatch();
  }

  /** Hands what the wait found to the handles, a slab of reads at a time. */
  #dispatch(): void {
    const { handles } = this.table;
    const { words } = this.#ready;
    while (this.#cursor < this.#count) {
      if (this.#cursor === this.#filled) {
        this.flush();
        this.#filled = this.streams.fill(this.#ready, this.#cursor, this.#count);
      }
      while (this.#cursor < this.#filled) {
        const index = this.#cursor++;
        const slot = words[index * 3 + 1] as number;
        const handle = handles[slot];
        if (handle === undefined || this.table.generation(slot) !== words[index * 3 + 2]) {
          this.#stale++;
          continue;
        }
        handle.onReady(words[index * 3] as number, index);
        if (this.#drainEach) this.#drain();
      }
    }
    this.flush();
    if (this.#stale > 0) this.#checkStale();
  }

  #runImmediates(): void {
    this.#immediates.beginTurn();
    for (;;) {
      const immediate = this.#immediates.take();
      if (immediate === undefined) break;
      immediate.run();
      if (this.#drainEach) this.#drain();
    }
    this.flush();
  }

  #runClosing(): void {
    for (let left = this.#closing.size; left > 0; left--) {
      (this.#closing.shift() as Handle).finishClose();
      if (this.#drainEach) this.#drain();
    }
  }

  /** Own nextTick callbacks, then the host's nextTick queue and microtasks. */
  #drain(): void {
    do {
      for (let tick = this.#ticks.shift(); tick !== undefined; tick = this.#ticks.shift()) tick();
      if (this.#canDrain) (drainHost as () => void)();
    } while (this.#ticks.size > 0);
  }

  #pollTimeout(mode: RunMode): number {
    return pollTimeout({
      nowait: mode === 'nowait',
      stopping: this.#stopping,
      alive: this.alive,
      busy: this.#busy,
      nextDueMs: this.#timers.nextDueMs,
      nowMs: this.#nowMs,
    });
  }

  get #busy(): boolean {
    return (
      this.#immediates.size > 0 ||
      this.#closing.size > 0 ||
      this.#pending.size > 0 ||
      this.#ticks.size > 0 ||
      this.#cursor < this.#count
    );
  }

  // ---- owned ---------------------------------------------------------------

  /**
   * Runs the loop on this thread until nothing referenced is left ('default'), for
   * one iteration that may wait ('once') or for one that does not ('nowait').
   * While it runs, the host's own timers and I/O on this thread stand still.
   * What a callback throws leaves `run`; a later `run` goes on with the rest.
   *
   * @returns true while something is still alive
   * @throws Error ERR_LOOP_CLOSED, ERR_LOOP_RUNNING (called from a callback of this
   *   loop), ERR_LOOP_ATTACHED (the host drives it)
   */
  run(mode: RunMode = 'default'): boolean {
    if (mode !== 'default' && mode !== 'once' && mode !== 'nowait') {
      throw errors.invalidValue('mode', "'default', 'once' or 'nowait'");
    }
    if (this.#closed) throw errors.loopClosed();
    if (this.#inTurn) throw errors.loopRunning('run');
    if (this.#host !== undefined) throw errors.loopAttached();
    this.#canDrain = canDrainHere();
    if (!this.#canDrain && mode === 'default') warnNoMicrotasks();
    this.updateTime();
    this.#inTurn = true;
    try {
      while (this.alive && !this.#stopping) {
        this.#iterate(mode);
        if (mode !== 'default') break;
      }
    } finally {
      this.#inTurn = false;
      this.#stopping = false;
      this.flush();
    }
    return this.alive;
  }

  /** Makes `run` return after the iteration under way; in guest mode, no effect. */
  stop(): void {
    this.#stopping = true;
  }

  // ---- guest ---------------------------------------------------------------

  /**
   * Lets the host's own loop drive this one. A referenced handle, timer or request
   * keeps the process alive, nothing else does. Idempotent.
   *
   * @throws Error ERR_LOOP_CLOSED, ERR_LOOP_RUNNING
   * @throws SystemError when the host's loop cannot take it
   */
  attach(): this {
    if (this.#closed) throw errors.loopClosed();
    if (this.#inTurn) throw errors.loopRunning('attach');
    if (this.#host !== undefined) return this;
    this.#host = attachToHost(this.poller.fd, this.#turn);
    this.#canDrain = drainHost !== undefined;
    this.#hostRef = true;
    this.#armedMs = NEVER;
    this.#settle();
    return this;
  }

  /** Takes the loop out of the host's loop; `run` or `attach` may follow. Idempotent. */
  detach(): this {
    const host = this.#host;
    this.#host = undefined;
    host?.close();
    return this;
  }

  /** Whether the host's loop drives this one. */
  get attached(): boolean {
    return this.#host !== undefined;
  }

  /** One turn inside the host's loop: an iteration that does not wait. */
  readonly #turn = (due: boolean): void => {
    if (due) this.#armedMs = NEVER;
    this.#inTurn = true;
    try {
      this.#iterate('nowait');
    } finally {
      this.#inTurn = false;
      this.#stopping = false;
      this.flush();
      this.#settle();
    }
  };

  /** Tells the host when the next turn is due and whether to stay alive for it. */
  #settle(): void {
    const host = this.#host;
    if (host === undefined || this.#inTurn) return;
    this.#reconcile();
    const nowMs = performance.now();
    const dueMs = this.#busy ? nowMs : this.#timers.nextDueMs;
    if (dueMs !== this.#armedMs) {
      const soon = dueMs === NEVER ? -1 : Math.max(0, Math.ceil(dueMs - nowMs));
      if (dueMs !== NEVER || this.#armedMs !== NEVER) host.arm(soon);
      this.#armedMs = dueMs;
    }
    const { alive } = this;
    if (alive === this.#hostRef) return;
    this.#hostRef = alive;
    if (alive) host.ref();
    else host.unref();
  }

  // ---- time and timers -----------------------------------------------------

  /** True while something referenced keeps the loop going. */
  get alive(): boolean {
    return (
      this.#refs > 0 ||
      this.#immediates.referenced > 0 ||
      this.#closing.size > 0 ||
      this.#pending.size > 0 ||
      this.#ticks.size > 0 ||
      this.#cursor < this.#count
    );
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** The loop's time in ms, monotonic, as of the start of this phase. */
  now(): number {
    return this.#nowMs;
  }

  /** Brings `now()` up to the clock, say after a long callback. */
  updateTime(): void {
    this.#nowMs = performance.now();
  }

  /**
   * Calls `callback(...args)` once, `ms` from now at the earliest.
   *
   * @param ms 0 to 2^53, fractions allowed
   * @throws TypeError, RangeError for a bad callback or delay; Error ERR_LOOP_CLOSED
   */
  setTimeout<A extends unknown[]>(callback: (...args: A) => void, ms = 0, ...args: A): Timer {
    return this.#startTimer(callback as unknown as Callback, ms, false, args);
  }

  /** Calls `callback(...args)` every `ms`, without drift; missed calls do not pile up. */
  setInterval<A extends unknown[]>(callback: (...args: A) => void, ms = 0, ...args: A): Timer {
    return this.#startTimer(callback as unknown as Callback, ms, true, args);
  }

  /** Cancels a timer; anything else, and one that fired, is left alone. */
  clearTimeout(timer: Timer | number | undefined | null): void {
    const found = typeof timer === 'number' ? this.#timersById.get(timer) : timer;
    if (!(found instanceof Timer)) return;
    if (found.active) this.#stopTimer(found);
    this.#timersById.delete(found.id);
  }

  /** The same as `clearTimeout`. */
  clearInterval(timer: Timer | number | undefined | null): void {
    this.clearTimeout(timer);
  }

  #startTimer(callback: TimerCallback, ms: number, repeats: boolean, args: unknown[]): Timer {
    checkFunction('callback', callback);
    const delayMs = checkDelay(ms);
    if (this.#closed) throw errors.loopClosed();
    const kept = args.length === 0 ? undefined : args;
    const timer = new Timer(this, this.#nextTimerId++, callback, delayMs, repeats, kept);
    this.refreshTimer(timer);
    return timer;
  }

  /** @internal */
  refreshTimer(timer: Timer): void {
    if (this.#closed) throw errors.loopClosed();
    if (timer.active) this.#timers.remove(timer);
    else if (timer.referenced) this.#refs++;
    // From the clock, not from the loop's time, which a long callback leaves
    // behind: a timer must not fire early.
    this.#timers.add(timer, performance.now() + timer.delayMs);
    if (!this.#inTurn) this.#settle();
  }

  /** @internal */
  rememberTimer(timer: Timer): number {
    if (timer.active) this.#timersById.set(timer.id, timer);
    return timer.id;
  }

  /** A timer that fires: out of the queue, or on to its next time. */
  #rescheduleTimer(timer: Timer): void {
    if (!timer.repeats) {
      this.#stopTimer(timer);
      if (this.#timersById.size > 0) this.#timersById.delete(timer.id);
      return;
    }
    // On the grid of its start, past now: no drift, and no burst after a stall.
    const { delayMs } = timer;
    const missed = delayMs > 0 ? Math.floor((this.#nowMs - timer.dueMs) / delayMs) : 0;
    const dueMs = delayMs > 0 ? timer.dueMs + (missed + 1) * delayMs : this.#nowMs;
    this.#timers.remove(timer);
    this.#timers.add(timer, dueMs);
  }

  #stopTimer(timer: Timer): void {
    this.#timers.remove(timer);
    if (timer.referenced) this.release();
  }

  // ---- immediates and ticks ------------------------------------------------

  /** Calls `callback(...args)` in the check phase of this iteration, or of the next. */
  setImmediate<A extends unknown[]>(callback: (...args: A) => void, ...args: A): Immediate {
    checkFunction('callback', callback);
    if (this.#closed) throw errors.loopClosed();
    const immediate = this.#immediates.add(callback as unknown as Callback, args);
    this.wakeHost();
    return immediate;
  }

  /** Cancels an immediate that has not run. */
  clearImmediate(immediate: Immediate | undefined | null): void {
    immediate?.cancel?.();
  }

  /** Calls `callback(...args)` right after the callback under way, before microtasks. */
  nextTick<A extends unknown[]>(callback: (...args: A) => void, ...args: A): void {
    checkFunction('callback', callback);
    if (this.#closed) throw errors.loopClosed();
    this.#ticks.push(args.length === 0 ? (callback as () => void) : () => callback(...args));
    this.wakeHost();
  }

  // ---- for handles and requests --------------------------------------------

  /** Whether a turn is under way, so that writes are gathered. @internal */
  get inTurn(): boolean {
    return this.#inTurn;
  }

  /** Something referenced more keeps the loop alive. @internal */
  retain(): void {
    this.#refs++;
    if (this.#refs === 1 && !this.#inTurn) this.#settle();
  }

  /** @internal */
  release(): void {
    this.#refs--;
    if (this.#refs === 0 && !this.#inTurn) this.#settle();
  }

  /** Runs `callback` in the next pending phase, between timers and poll. @internal */
  defer(callback: () => void): void {
    this.#pending.push(callback);
    this.wakeHost();
  }

  /** A handle is between two callbacks of its own. @internal */
  afterCallback(): void {
    if (this.#drainEach) this.#drain();
  }

  /** There is work for the next turn. @internal */
  wakeHost(): void {
    if (!this.#inTurn) this.#settle();
  }

  /** @internal */
  enqueueClosing(handle: Handle): void {
    this.#closing.push(handle);
    this.wakeHost();
  }

  /** Runs `hook` when the loop is closed. @internal */
  onClose(hook: () => void): void {
    this.#closeHooks.push(hook);
  }

  /** @internal */
  interestChanged(handle: Handle): void {
    if ((handle.flags & DIRTY) !== 0) return;
    handle.flags |= DIRTY;
    this.#dirty.push(handle);
    if (!this.#inTurn) this.#reconcile();
  }

  /** Brings what the poller knows in line with what the handles want. */
  #reconcile(): void {
    for (let handle = this.#dirty.shift(); handle !== undefined; handle = this.#dirty.shift()) {
      handle.flags &= ~DIRTY;
      if (handle.slot < 0 || handle.interest === handle.registered) continue;
      try {
        this.register(handle);
      } catch (error) {
        handle.onPollError(error as Error);
      }
    }
  }

  /** Tells the poller this handle's interest, also when it is the same (oneshot). @internal */
  register(handle: Handle): void {
    const { handleFd, interest, registered } = handle;
    const token = this.table.token(handle.slot);
    if (interest === 0) this.unregister(handle);
    else if (registered === 0) this.poller.add(handleFd, interest, token);
    else this.poller.modify(handleFd, interest, token);
    handle.registered = interest;
  }

  /** @internal */
  unregister(handle: Handle): void {
    // It fails when its owner closed the descriptor before us. A duplicate may still
    // report then, and nothing ends that but starting the set anew.
    // When a leftover does report, #checkStale sees it.
    this.poller.delete(handle.handleFd);
  }

  /** Stale events that no close in this batch explains come from such a leftover. */
  #checkStale(): void {
    if (this.#stale <= this.table.released - this.#releasedBefore) return;
    this.#rebuild();
  }

  #rebuild(): void {
    const handles = this.table.handles.filter((handle) => (handle?.registered ?? 0) !== 0);
    this.poller.rebuild(
      (handles as Handle[]).map((handle) => ({
        fd: handle.handleFd,
        interest: handle.registered,
        token: this.table.token(handle.slot),
      })),
      ({ token }, error) => {
        const handle = this.table.handles[token % 2 ** 32];
        if (handle === undefined) return;
        handle.registered = 0;
        handle.onPollError(error);
      },
    );
    if (this.#host === undefined) return;
    // The poller's descriptor is another one now.
    this.#host.close();
    this.#host = attachToHost(this.poller.fd, this.#turn);
    this.#hostRef = true;
    this.#armedMs = NEVER;
  }

  /** Sends what was gathered. @internal */
  flush(): void {
    this.streams.flush(this);
  }

  /** @internal */
  onUnsent(slot: number, generation: number, sent: number, rest: Uint8Array[]): void {
    this.table.find(slot, generation)?.onUnsent?.(sent, rest);
  }

  // ---- the end -------------------------------------------------------------

  /** What another thread needs to call `wake(waker)`. */
  get waker(): SharedWaker {
    return this.poller.waker;
  }

  /** Ends the wait under way early. From other threads: `wake(loop.waker)`. */
  wake(): void {
    if (!this.#closed) this.poller.notify();
  }

  /**
   * Closes every handle, runs their closing callbacks, then closes the poller.
   * Idempotent.
   *
   * @throws Error ERR_LOOP_RUNNING when called from a callback of this loop
   */
  close(): void {
    if (this.#closed) return;
    if (this.#inTurn) throw errors.loopRunning('close');
    this.#closed = true;
    for (const handle of this.table.handles) handle?.close();
    for (const hook of this.#closeHooks) hook();
    this.flush();
    const failures: unknown[] = [];
    while (this.#closing.size > 0) {
      try {
        this.#runClosing();
      } catch (error) {
        failures.push(error);
      }
    }
    this.detach();
    this.poller.close();
    if (failures.length > 0) throw failures[0];
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
