// The event loop: one iteration is a list of phases. It drives a poller, either
// blocking its thread (owned: `run`) or a turn at a time inside the host's own
// loop (guest: `attach`). Handles and requests stand on it and are not known here.
import { hostNowMs } from '../binding/clock.js';
import {
  createPoller,
  type Poller,
  ReadyList,
  refuseForked,
  type SharedWaker,
} from '../poller/index.js';
import { Holdings, keepAttached, released, releaseWhenAbandoned } from './abandoned.js';
import { withoutContext } from './async-context.js';
import * as errors from './errors.js';
import { Guest } from './guest.js';
import { type Handle, IN_CONTEXT } from './handle.js';
import { HandleCounters, type HandleListing } from './handle-counters.js';
import { HandleTable } from './handle-table.js';
import { canDrainHere, drainHost } from './host.js';
import { watchHost } from './host-watch.js';
import { type LoopMetrics, Meter, type Phase, type Subject } from './meter.js';
import { nameOf } from './names.js';
import { type LoopOptions, type RunMode, readLoopOptions, warnNoMicrotasks } from './options.js';
import { Pace } from './pace.js';
import type { HookList } from './phase-hooks.js';
import { PollSet } from './poll-set.js';
import { pollTimeout } from './poll-timeout.js';
import { Queue } from './queue.js';
import { Scheduler } from './scheduler.js';
import { StreamBatch } from './stream-batch.js';
import type { Clock } from './timers.js';

/** A callback that was put off to the pending phase. */
interface Deferred {
  run(): void;
  subject: Subject;
}

/** What a test may put in the place of the kernel. @internal */
export interface LoopParts {
  /** Instead of the backend that the options name; the loop closes it. */
  poller?: Poller;
  /** When timers are due, and `now()`. */
  clock?: Clock;
}

export class LoopCore extends Scheduler {
  /** @internal */ readonly poller: Poller;
  /** @internal */ readonly table = new HandleTable();
  /** @internal */ readonly counters = new HandleCounters();
  /** @internal */ readonly streams: StreamBatch;
  /** @internal */ readonly meter: Meter;
  /** @internal */ readonly pollSet: PollSet;
  readonly #ready: ReadyList;
  readonly #drainEach: boolean;

  readonly #pending = new Queue<Deferred>();
  readonly #closing = new Queue<Handle>();
  readonly #closeHooks: (() => void)[] = [];

  readonly #clock: Clock;
  #nowMs: number;
  /** Referenced things that keep the loop alive: handles, timers, requests. */
  #refs = 0;
  #stopping = false;
  #inTurn = false;
  #canDrain = true;
  /** `close` was called from a callback: it follows the turn. */
  #closeAfterTurn = false;

  // The batch under way: records [cursor, filled) are read and not dispatched,
  // [filled, count) are not even read. It survives a handler that throws.
  #cursor = 0;
  #filled = 0;
  #count = 0;

  /** What is left when this loop is collected without having been closed. */
  readonly #holdings: Holdings;
  readonly #pace = new Pace();

  /** @internal `parts` is for tests. */
  constructor(options?: LoopOptions, { poller, clock = hostNowMs }: LoopParts = {}) {
    const read = readLoopOptions(options);
    const { backend, maxEvents, slabBytes, drain, timing, blockedMs } = read;
    super(clock, read.asyncContext);
    this.#clock = clock;
    this.#nowMs = clock();
    this.#ready = new ReadyList(maxEvents);
    this.streams = new StreamBatch(this.table, slabBytes, maxEvents);
    this.#drainEach = drain === 'each';
    this.meter = new Meter(timing, blockedMs);
    this.poller = poller ?? createPoller(backend);
    this.pollSet = new PollSet(this.poller, this.table);
    this.#holdings = new Holdings(this.poller);
    releaseWhenAbandoned(this, this.#holdings);
  }

  // ---- one iteration -------------------------------------------------------

  /** One iteration: the phases in their order. */
  #iterate(mode: RunMode): void {
    this.updateTime();
    this.meter.iterationBegan(this.#nowMs);
    this.#runTimers();
    this.#runPending();
    this.#runHooks('idle', this.idleHooks);
    this.#runHooks('prepare', this.prepareHooks);
    this.#poll(this.#pollTimeout(mode));
    this.#runHooks('check', this.checkHooks);
    this.#runImmediates();
    this.#runClosing();
    // A wait that timed out made timers due: 'once' promises progress.
    if (mode === 'once') this.#runTimers();
    // What the last callbacks put off may keep the loop alive.
    if (!this.#drainEach) this.#drain();
  }

  /** What an exception interrupted comes first when the loop goes on. */
  #goOn(): void {
    this.#drain();
    if (this.#cursor >= this.#count) return;
    // What went by since the throw is no callback's time.
    this.meter.mark();
    this.#dispatch();
  }

  #runTimers(): void {
    // Timers that start from here on wait for the next iteration.
    const order = this.timers.nextOrder;
    for (;;) {
      const timer = this.timers.takeDue(this.#nowMs, order);
      if (timer === undefined) return;
      timer.callback();
      this.#called('timers', timer, this.timers.lateMs);
    }
  }

  #runPending(): void {
    for (let left = this.#pending.size; left > 0; left--) {
      const { run, subject } = this.#pending.shift() as Deferred;
      run();
      this.#called('pending', subject);
    }
  }

  #runHooks(phase: Phase, hooks: HookList): void {
    if (hooks.size === 0) return;
    hooks.begin();
    for (let hook = hooks.take(); hook !== undefined; hook = hooks.take()) {
      hook.callback(hook);
      this.#called(phase, hook);
    }
  }

  #poll(timeoutMs: number): void {
    if (!this.#drainEach) this.#drain();
    this.pollSet.reconcile();
    this.flush();
    // Nothing is waited for, and a wake-up has no wait to end: the kernel has nothing to
    // tell. In guest mode it has: why the host called.
    if (timeoutMs === 0 && this.pollSet.size === 0 && !this.attached) return;
    this.pollSet.beginBatch();
    // A wait of no time is not worth two looks at the clock, unless one is recorded.
    const timed = timeoutMs !== 0 || this.meter.observer !== undefined;
    const beginMs = timed ? this.#clock() : this.#nowMs;
    if (timeoutMs !== 0) this.meter.idleBegan(beginMs);
    const count = this.poller.wait(this.#ready, timeoutMs);
    if (timed) this.updateTime();
    this.meter.waited(beginMs, this.#nowMs, timeoutMs, count, this.#ready);
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
        this.meter.mark();
      }
      while (this.#cursor < this.#filled) {
        const index = this.#cursor++;
        const slot = words[index * 3 + 1] as number;
        const handle = handles[slot];
        if (handle === undefined || this.table.generation(slot) !== words[index * 3 + 2]) {
          this.pollSet.countStale();
          continue;
        }
        this.counters.reported(slot);
        const events = words[index * 3] as number;
        if ((handle.flags & IN_CONTEXT) === 0) handle.onReady(events, index);
        else handle.enter(() => handle.onReady(events, index));
        this.afterCallback(handle);
      }
    }
    this.flush();
    // The poller's descriptor is another one after that: the host has to know it.
    if (this.pollSet.endBatch() && this.attached) this.detach().#join();
  }

  #runImmediates(): void {
    this.immediates.beginTurn();
    for (;;) {
      const immediate = this.immediates.take();
      if (immediate === undefined) break;
      immediate.run();
      this.#called('check', immediate);
    }
    this.flush();
  }

  #runClosing(): void {
    for (let left = this.#closing.size; left > 0; left--) {
      const handle = this.#closing.shift() as Handle;
      handle.enter(() => handle.finishClose());
      this.#called('closing', handle);
    }
  }

  /** A callback is over: what it put off runs, then it is accounted for. Its time in ms. */
  #called(phase: Phase, subject: Subject, lateMs = 0): number {
    if (this.#drainEach) this.#drain();
    return this.meter.called(phase, subject, lateMs);
  }

  /** Own nextTick callbacks, then the host's nextTick queue and microtasks. */
  #drain(): void {
    do {
      for (let tick = this.ticks.shift(); tick !== undefined; tick = this.ticks.shift()) tick();
      if (this.#canDrain) (drainHost as () => void)();
    } while (this.ticks.size > 0);
  }

  #pollTimeout(mode: RunMode): number {
    const { nextDueMs } = this.timers;
    return pollTimeout({
      nowait: mode === 'nowait',
      stopping: this.#stopping,
      alive: this.alive,
      busy: this.#busy,
      nextDueMs,
      // Not as of the start of the iteration: its callbacks may have taken long.
      nowMs: nextDueMs === Number.POSITIVE_INFINITY ? this.#nowMs : this.#clock(),
    });
  }

  /** Whether something may lead to a callback, be it referenced or not. */
  get #mayCallBack(): boolean {
    return this.table.used > 0 || this.prepareHooks.size > 0 || this.checkHooks.size > 0;
  }

  get #busy(): boolean {
    return (
      this.immediates.size > 0 ||
      this.idleHooks.size > 0 ||
      this.#closing.size > 0 ||
      this.#pending.size > 0 ||
      this.ticks.size > 0 ||
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
   *   loop), ERR_LOOP_ATTACHED (the host drives it), ERR_LOOP_FORKED (a child by fork(2))
   */
  run(mode: RunMode = 'default'): boolean {
    if (mode !== 'default' && mode !== 'once' && mode !== 'nowait') {
      throw errors.invalidValue('mode', "'default', 'once' or 'nowait'");
    }
    if (this.isClosed) throw errors.loopClosed();
    refuseForked();
    if (this.#inTurn) throw errors.loopRunning('run');
    if (this.attached) throw errors.loopAttached();
    this.#canDrain = canDrainHere();
    if (!this.#canDrain && mode === 'default') warnNoMicrotasks();
    this.updateTime();
    this.#inTurn = true;
    const hostWatch = mode === 'nowait' ? undefined : watchHost(this);
    try {
      if (this.alive && !this.#stopping) withoutContext(() => this.#iterateWhileAlive(mode));
    } finally {
      hostWatch?.stop();
      this.#endTurn();
    }
    return this.alive;
  }

  #iterateWhileAlive(mode: RunMode): void {
    this.#goOn();
    do this.#iterate(mode);
    while (mode === 'default' && this.alive && !this.#stopping);
  }

  /** Makes `run` return after the iteration under way; in guest mode, no effect. */
  stop(): void {
    if (!this.attached) this.#stopping = true;
  }

  // ---- guest ---------------------------------------------------------------

  /**
   * Lets the host's own loop drive this one. A referenced handle, timer or request
   * keeps the process alive, nothing else does. Idempotent.
   *
   * @throws Error ERR_LOOP_CLOSED, ERR_LOOP_RUNNING, ERR_LOOP_FORKED
   * @throws SystemError when the host's loop cannot take it
   */
  attach(): this {
    if (this.isClosed) throw errors.loopClosed();
    refuseForked();
    if (this.#inTurn) throw errors.loopRunning('attach');
    if (!this.attached) this.#join();
    return this;
  }

  /** Takes the loop out of the host's loop; `run` or `attach` may follow. Idempotent. */
  detach(): this {
    this.#holdings.leave();
    keepAttached(this, false);
    return this;
  }

  /** Whether the host's loop drives this one. */
  get attached(): boolean {
    return this.#holdings.guest !== undefined;
  }

  #join(): void {
    const turn = LoopCore.#turnOf(new WeakRef(this));
    this.#holdings.guest = withoutContext(() => new Guest(this.poller.fd, turn));
    this.#canDrain = drainHost !== undefined;
    this.#settle();
  }

  /** Not to be kept by the host when it has nothing to do: a closure of its own. */
  static #turnOf(self: WeakRef<LoopCore>): () => void {
    return () => {
      const loop = self.deref();
      if (loop !== undefined) loop.#turn();
    };
  }

  /** One turn inside the host's loop: iterations that do not wait, one as a rule. */
  #turn(): void {
    // Called again after a throw whose handler detached or closed the loop: what was
    // left waits for the next run or attach.
    if (!this.attached) return;
    this.#inTurn = true;
    try {
      this.#goOn();
      this.#pace.begin(this.#clock());
      do this.#iterate('nowait');
      while (this.#pace.goesOn(this.#count, this.#nowMs) && this.attached && !this.#stopping);
    } finally {
      this.#endTurn();
      this.#settle();
    }
  }

  #endTurn(): void {
    this.#inTurn = false;
    this.#stopping = false;
    this.flush();
    this.meter.idleBegan(this.#clock());
    if (this.#closeAfterTurn) this.close();
  }

  /** Outside a turn: what changed reaches the kernel, and the host, at once. */
  #settle(): void {
    if (this.#inTurn) return;
    this.pollSet.reconcile();
    const { guest } = this.#holdings;
    if (guest === undefined) return;
    const dueMs = this.#busy ? 0 : this.timers.nextDueMs;
    guest.settle(dueMs, this.#clock, this.alive);
    keepAttached(this, dueMs !== Number.POSITIVE_INFINITY || this.#mayCallBack);
  }

  // ---- time and life -------------------------------------------------------

  /** True while something referenced keeps the loop going. */
  get alive(): boolean {
    if (this.isClosed) return false;
    return (
      this.#refs > 0 ||
      this.immediates.referenced > 0 ||
      this.#closing.size > 0 ||
      this.#pending.size > 0 ||
      this.ticks.size > 0 ||
      this.#cursor < this.#count
    );
  }

  /** The loop's time in ms, monotonic, as of the start of this phase. */
  now(): number {
    return this.#nowMs;
  }

  /** Brings `now()` up to the clock, say after a long callback. */
  updateTime(): void {
    this.#nowMs = this.#clock();
  }

  /** What the loop did so far; cheap enough to ask at any time. */
  metrics(): LoopMetrics {
    return this.meter.read(() => this.#listHandles());
  }

  #listHandles(): HandleListing[] {
    return this.table.handles.flatMap((handle) =>
      handle === undefined
        ? []
        : {
            kind: handle.constructor.name,
            fd: handle.handleFd,
            ...this.counters.read(handle.slot),
          },
    );
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
  defer(run: () => void, subject: Subject = { describe: () => nameOf(run) }): void {
    this.#pending.push({ run, subject });
    this.wakeHost();
  }

  /** A callback of a handle is over; another may follow at once. @internal */
  afterCallback(handle: Handle): void {
    const tookMs = this.#called('poll', handle);
    // It may have closed itself.
    if (handle.slot >= 0) this.counters.called(handle.slot, tookMs);
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
    this.pollSet.changed(handle);
    if (!this.#inTurn) this.pollSet.reconcile();
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
    if (!this.isClosed) this.poller.notify();
  }

  /**
   * Closes every handle, runs their closing callbacks, then closes the poller. From a
   * callback of this loop: after the iteration under way, and `run` returns then.
   * Idempotent. What a closing callback throws, `close` throws once all is closed.
   */
  close(): void {
    if (this.isClosed) return;
    if (this.#inTurn) {
      this.#closeAfterTurn = true;
      this.#stopping = true;
      return;
    }
    this.isClosed = true;
    this.timers.clearAll();
    for (const hooks of [this.idleHooks, this.prepareHooks, this.checkHooks]) hooks.closeAll();
    for (const handle of this.table.handles) handle?.close();
    for (const hook of this.#closeHooks) hook();
    this.flush();
    const failures: unknown[] = [];
    // No ticks or microtasks in between: this is a call of the program's, not a turn.
    for (let handle = this.#closing.shift(); handle; handle = this.#closing.shift()) {
      try {
        const closing = handle;
        closing.enter(() => closing.finishClose());
      } catch (error) {
        failures.push(error);
      }
    }
    this.detach();
    this.poller.close();
    released(this.#holdings);
    if (failures.length > 0) throw failures[0];
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
