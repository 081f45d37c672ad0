// The event loop: who asks for its iterations (iteration.ts), and how long. It blocks its
// thread (owned: `run`), or takes a turn at a time inside the host's own loop (guest:
// `attach`).
import { inMicrotask } from '../binding/microtask.js';
import { refuseForked, type SharedWaker } from '../poller/index.js';
import { Holdings, released, releaseWhenAbandoned } from './abandoned.js';
import { withoutContext } from './async-context.js';
import * as errors from './errors.js';
import { Guest } from './guest/guest.js';
import { Pace } from './guest/pace.js';
import { canDrainHere, drainHost, tellHost } from './host.js';
import { watchHost } from './host-watch.js';
import { finish, Phases } from './iteration.js';
import type { LoopParts } from './life.js';
import { type LoopOptions, type RunMode, warnNoMicrotasks } from './options.js';
import { beginTurn, endTurn, flushAtExit, flushTurns } from './turns.js';

export class LoopCore extends Phases {
  readonly #closeHooks: (() => void)[] = [];
  /** `close` was called from a callback: it follows the turn. */
  #closeAfterTurn = false;
  /** @internal What is left when this loop is collected without having been closed. */
  readonly holdings: Holdings;
  readonly #pace = new Pace();
  /** Turns under way: more than one where a callback runs the host's loop. */
  #turns = 0;
  /** Somebody may hold the waker, and no more than that of this loop. */
  #wakerGiven = false;
  /** `letGo` is due. */
  #letsGo = false;

  /** Whether a value is a loop: of this class, whatever its prototype says. @internal */
  static isLoop(value: unknown): value is LoopCore {
    return typeof value === 'object' && value !== null && #closeHooks in value;
  }

  /** @internal `parts` is for tests. */
  constructor(options?: LoopOptions, parts?: LoopParts) {
    super(options, parts);
    flushAtExit();
    this.holdings = new Holdings(this.poller);
    releaseWhenAbandoned(this, this.holdings);
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
    this.#beginTurn();
    const hostWatch = mode === 'nowait' ? undefined : watchHost(this);
    try {
      if (this.#goesOn() && !this.stopping) withoutContext(() => this.#iterateWhileAlive(mode));
    } finally {
      hostWatch?.stop();
      this.#endTurn();
    }
    return this.alive;
  }

  #iterateWhileAlive(mode: RunMode): void {
    // Promises that settled before may change what there is to wait for.
    this.drain();
    do this.iterate(mode);
    while (mode === 'default' && this.#goesOn() && !this.stopping);
  }

  /** Whether the loop is alive, after a last look at what may have come for it. */
  #goesOn(): boolean {
    // What was written last keeps it alive, if the kernel does not take it.
    if (!this.alive) this.flush();
    if (!this.alive) this.lastLook?.();
    return this.alive;
  }

  /** Makes `run` return after the iteration under way; in guest mode, no effect. */
  stop(): void {
    if (!this.attached) this.stopping = true;
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
    if (this.inTurn) throw errors.loopRunning('attach');
    if (!this.attached) this.#join();
    return this;
  }

  /** Takes the loop out of the host's loop; `run` or `attach` may follow. Idempotent. */
  detach(): this {
    this.holdings.leave(this);
    return this;
  }

  /** Whether the host's loop drives this one. */
  override get attached(): boolean {
    return this.holdings.guest !== undefined;
  }

  #join(): void {
    const turn = LoopCore.#turnOf(new WeakRef(this));
    this.holdings.guest = withoutContext(() => new Guest(this.poller.fd, turn));
    this.canDrain = drainHost !== undefined;
    this.#settle();
  }

  /** @internal */
  protected override pollerReplaced(): void {
    this.detach().#join();
  }

  /** Not to be kept by the host when it has nothing to do: a closure of its own. */
  static #turnOf(self: WeakRef<LoopCore>): () => void {
    return () => {
      const loop = self.deref();
      if (loop !== undefined) loop.#turn();
    };
  }

  /**
   * One turn inside the host's loop: iterations that do not wait, one as a rule. It may
   * come while a callback of this loop is under way, which runs the host's loop itself: it
   * goes on behind that callback then. See docs/loop.md, "A loop inside a callback".
   */
  #turn(): void {
    // The host may have asked for it before a handler detached the loop.
    if (!this.attached) return;
    // The chunk that the callback under way was given stays as it is.
    if (this.inTurn) this.streams.leaveSlab();
    this.#beginTurn();
    try {
      this.#pace.begin(this.clock());
      while (this.#iterateInHost() && this.attached && !this.stopping) {
        if (!this.#pace.goesOn(this.found, this.now())) break;
      }
    } finally {
      this.#endTurn();
      this.#settle();
    }
  }

  /**
   * An iteration that does not wait. What a callback throws is the host's
   * uncaughtException, and the iteration goes on behind it; but for a while only: who
   * throws all the time must not keep the host from its own work. False: it was thrown.
   */
  #iterateInHost(): boolean {
    for (let threw = false; ; threw = true) {
      try {
        this.iterate('nowait');
        return !threw;
      } catch (error) {
        this.meter.threw();
        if (this.waitFailed) this.holdings.guest?.rest();
        const goesOn = tellHost(error) && this.attached && !this.stopping;
        if (goesOn && this.#pace.hasTime(this.clock())) continue;
        this.holdings.guest?.yield();
        return false;
      }
    }
  }

  #beginTurn(): void {
    this.#turns++;
    this.inTurn = true;
    beginTurn(this);
  }

  #endTurn(): void {
    endTurn();
    if (--this.#turns > 0) {
      this.flush();
      return;
    }
    this.inTurn = false;
    this.stopping = false;
    this.flush();
    this.meter.threw();
    this.meter.idleBegan(this.clock());
    if (this.#closeAfterTurn) this.close();
  }

  /** Outside a turn: what changed reaches the kernel, and the host, at once. */
  #settle(): void {
    this.pollSet.reconcile();
    if (!this.attached) return;
    this.lifeChanged();
    this.#turnDueAt(this.busy || this.interrupted ? 0 : this.timers.nextDueMs);
  }

  /** @internal */
  override wakeHost(): void {
    if (!this.inTurn) this.#settle();
  }

  /** @internal */
  override timerStarted(dueMs: number): void {
    // In a turn as well: the callback under way may run the host's loop.
    this.#turnDueAt(dueMs);
  }

  #turnDueAt(dueMs: number): void {
    this.holdings.guest?.dueAt(dueMs, this.clock);
  }

  /** @internal */
  override lifeChanged(): void {
    const { guest } = this.holdings;
    if (guest === undefined || this.inTurn) return;
    if (this.alive) {
      guest.ref();
      this.holdings.keep(this);
    } else if (!this.#letsGo) {
      this.#letsGo = true;
      void inMicrotask(() => this.#letGo());
    }
  }

  /** The host looks at what keeps it alive when the code under way is over, not before. */
  #letGo(): void {
    this.#letsGo = false;
    const { guest } = this.holdings;
    if (guest === undefined || this.#goesOn()) return;
    guest.unref();
    if (this.#mayCallBack) this.holdings.keep(this);
    else this.holdings.letGo(this);
  }

  /** Whether something may lead to a callback, although nothing is referenced. */
  get #mayCallBack(): boolean {
    const hooks = this.prepareHooks.size + this.checkHooks.size;
    return (
      this.#wakerGiven || this.busy || this.timers.size > 0 || this.table.used > 0 || hooks > 0
    );
  }

  /** Runs `hook` when the loop is closed. @internal */
  onClose(hook: () => void): void {
    this.#closeHooks.push(hook);
  }

  // ---- the end -------------------------------------------------------------

  /** What another thread needs to call `wake(waker)`. */
  get waker(): SharedWaker {
    this.#wakerGiven = true;
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
    if (this.inTurn) {
      this.#closeAfterTurn = true;
      this.stopping = true;
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

  [Symbol.dispose](): void {
    this.close();
  }
}
