// A loop inside its host's loop: it takes a turn when the host calls, and keeps the process
// alive exactly while it is alive itself. What it needs of the host is guest.ts's; the loop
// that blocks its thread, and the end of both, is drive.ts's.
import { refuseForked } from '../../poller/index.js';
import { Holdings, releaseWhenAbandoned } from '../abandoned.js';
import { withoutContext } from '../async-context.js';
import * as errors from '../errors.js';
import { drainHost, inMicrotask, tellHost } from '../host.js';
import { Phases } from '../iteration.js';
import type { LoopParts } from '../life.js';
import type { LoopOptions } from '../options.js';
import { beginTurn, endTurn } from '../turns.js';
import { Guest } from './guest.js';
import { Pace } from './pace.js';

/** What a turn is, in either mode, and who asks for it in guest mode. Use `EventLoop`. */
export abstract class GuestLoop extends Phases {
  /** @internal What is left when this loop is collected without having been closed. */
  readonly holdings: Holdings;
  /** @internal Somebody may hold the waker, and no more than that of this loop. */
  protected wakerGiven = false;
  /** @internal `close` was called from a callback: it follows the turn. */
  protected closeAfterTurn = false;
  readonly #pace = new Pace();
  /** Turns under way: more than one where a callback runs the host's loop. */
  #turns = 0;
  /** `letGo` is due. */
  #letsGo = false;

  /** @internal `parts` is for tests. */
  constructor(options?: LoopOptions, parts?: LoopParts) {
    super(options, parts);
    this.holdings = new Holdings(this.poller);
    releaseWhenAbandoned(this, this.holdings);
  }

  /** @internal */
  abstract close(): void;

  // ---- in and out of the host's loop ---------------------------------------

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
    const turn = GuestLoop.#turnOf(new WeakRef(this));
    this.holdings.guest = withoutContext(() => new Guest(this.poller.fd, turn));
    this.canDrain = drainHost !== undefined;
    this.#settle();
  }

  /** @internal */
  protected override pollerReplaced(): void {
    this.detach().#join();
  }

  // ---- a turn --------------------------------------------------------------

  /** Not to be kept by the host when it has nothing to do: a closure of its own. */
  static #turnOf(self: WeakRef<GuestLoop>): () => void {
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
    this.beginTurn();
    try {
      this.#pace.begin(this.clock());
      while (this.#iterateInHost() && this.attached && !this.stopping) {
        if (this.hostWaits || !this.#pace.goesOn(this.found, this.now())) break;
      }
    } finally {
      this.hostWaits = false;
      this.endTurn();
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

  /** @internal In either mode: from here on what callbacks write is gathered. */
  protected beginTurn(): void {
    this.#turns++;
    this.inTurn = true;
    beginTurn(this);
  }

  /** @internal */
  protected endTurn(): void {
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
    if (this.closeAfterTurn) this.close();
  }

  // ---- what the host has to know -------------------------------------------

  /** Outside a turn: what changed reaches the kernel, and the host, at once. */
  #settle(): void {
    this.pollSet.reconcile();
    if (!this.attached) return;
    this.lifeChanged();
    const atOnce = this.busy || this.interrupted || this.unprepared;
    this.#turnDueAt(atOnce ? 0 : this.timers.nextDueMs);
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
    if (guest === undefined || this.goesOn()) return;
    guest.unref();
    if (this.#mayCallBack) this.holdings.keep(this);
    else this.holdings.letGo(this);
  }

  /** @internal Whether the loop is alive, after a last look at what may have come for it. */
  protected goesOn(): boolean {
    // What was written last keeps it alive, if the kernel does not take it.
    if (!this.alive) this.flush();
    if (!this.alive) this.lastLook?.();
    return this.alive;
  }

  /** Whether something may lead to a callback, although nothing is referenced. */
  get #mayCallBack(): boolean {
    const hooks = this.prepareHooks.size + this.checkHooks.size;
    return this.wakerGiven || this.busy || this.timers.size > 0 || this.table.used > 0 || hooks > 0;
  }
}
