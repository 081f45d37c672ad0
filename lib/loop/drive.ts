// The event loop: how it is driven by its owner, whose thread it blocks (`run`), and how it
// ends. Inside the host's loop it is guest/guest-loop.ts's; an iteration is iteration.ts's.
import { SHOWN, shown } from '../base/shown.js';
import { refuseForked, type SharedWaker } from '../poller/index.js';
import { released } from './abandoned.js';
import { withoutContext } from './async-context.js';
import * as errors from './errors.js';
import { GuestLoop } from './guest/guest-loop.js';
import { canDrainHere } from './host.js';
import { watchHost } from './host-watch.js';
import { finish } from './iteration.js';
import type { LoopParts } from './life.js';
import { type LoopOptions, type RunMode, warnNoMicrotasks } from './options.js';
import { flushAtExit, flushTurns } from './turns.js';

/** A loop without families of handles: how it is driven, and its end. Use `EventLoop`. */
export class LoopCore extends GuestLoop {
  readonly #closeHooks: (() => void)[] = [];
  readonly #closingHooks: (() => void)[] = [];

  /** Whether a value is a loop: of this class, whatever its prototype says. @internal */
  static isLoop(value: unknown): value is LoopCore {
    return typeof value === 'object' && value !== null && #closeHooks in value;
  }

  /** @internal `parts` is for tests. */
  constructor(options?: LoopOptions, parts?: LoopParts) {
    super(options, parts);
    flushAtExit();
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
    if (this.inTurn) throw errors.loopRunning('run');
    if (this.attached) throw errors.loopAttached();
    this.canDrain = canDrainHere();
    if (!this.canDrain && mode === 'default') warnNoMicrotasks();
    this.updateTime();
    // Called from a callback of another loop, it may block: what that one wrote goes first.
    flushTurns();
    this.beginTurn();
    const hostWatch = mode === 'nowait' ? undefined : watchHost(this);
    try {
      if (this.goesOn() && !this.stopping) withoutContext(() => this.#iterateWhileAlive(mode));
    } finally {
      hostWatch?.stop();
      this.endTurn();
      // Who waits for this loop's descriptor gives it the next turn then, at once.
      if (mode === 'nowait' && this.busy && this.alive) this.poller.notify();
    }
    return this.alive;
  }

  #iterateWhileAlive(mode: RunMode): void {
    // Promises that settled before may change what there is to wait for.
    this.drain();
    do this.iterate(mode);
    while (mode === 'default' && this.goesOn() && !this.stopping);
  }

  /** Makes `run` return after the iteration under way; in guest mode, no effect. */
  stop(): void {
    if (!this.attached) this.stopping = true;
  }

  // ---- the end -------------------------------------------------------------

  /** What another thread needs to call `wake(waker)`. */
  get waker(): SharedWaker {
    this.wakerGiven = true;
    return this.poller.waker;
  }

  /** Ends the wait under way early. From other threads: `wake(loop.waker)`. */
  wake(): void {
    if (!this.isClosed) this.poller.notify();
  }

  /** Runs `hook` when the loop is closed. @internal */
  onClose(hook: () => void): void {
    this.#closeHooks.push(hook);
  }

  /** Runs `hook` before the loop is closed, when all still works. @internal */
  onClosing(hook: () => void): void {
    this.#closingHooks.push(hook);
  }

  /**
   * Closes every handle, runs their closing callbacks, then closes the poller. From a
   * callback of this loop: after the iteration under way, and `run` returns then.
   * Idempotent. What a closing callback throws, `close` throws once all is closed.
   */
  close(): void {
    if (this.isClosed) return;
    if (this.inTurn) {
      this.closeAfterTurn = true;
      this.stopping = true;
      return;
    }
    for (const hook of this.#closingHooks.splice(0)) hook();
    this.isClosed = true;
    this.timers.clearAll();
    for (const hooks of [this.idleHooks, this.prepareHooks, this.checkHooks]) hooks.closeAll();
    for (const handle of this.table.handles) handle?.close();
    for (const hook of this.#closeHooks) hook();
    this.streams.passed.dropAll();
    this.flush();
    const failures: unknown[] = [];
    // No ticks or microtasks in between: this is a call of the program's, not a turn.
    for (let handle = this.closing.shift(); handle; handle = this.closing.shift()) {
      try {
        finish(handle);
      } catch (error) {
        failures.push(error);
      }
    }
    this.detach();
    this.poller.close();
    released(this.holdings);
    if (failures.length > 0) throw failures[0];
  }

  /** @internal */
  [SHOWN](): string {
    const [driven, running] = [
      this.attached ? 'attached' : 'owned',
      this.inTurn ? 'running' : 'idle',
    ];
    const state = this.closed ? ['closed'] : [driven, running];
    const counts = [`handles: ${this.table.used}`, `timers: ${this.timers.size}`];
    return shown(this.constructor.name, this.poller.name, ...state, ...counts);
  }

  /** The same as `close()`, for `using`. */
  [Symbol.dispose](): void {
    this.close();
  }
}
