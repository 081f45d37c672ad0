// How much a turn of the loop may do at once for files: what is over waits for the next turn, so
// that timers and sockets get theirs. See docs/files.md.
import { Queue } from '../../../base/queue.js';
import { hostNowMs } from '../../../binding/clock.js';
import type { HandleLoop } from '../../../loop/contract.js';
import { loopClosed } from '../../../loop/errors.js';

/** What a turn may copy, and how long it may take from the first request on. */
const TURN_BYTES = 2 ** 20;
const TURN_MS = 0.5;
/** The clock is looked at each so many requests: it costs a tenth of one. */
const CALLS_BETWEEN = 4;

/** A request that waits for the next turn. */
export interface Waiting {
  /** Throws nothing: what it comes to is its request's. */
  run(): void;
  reject(reason: unknown): void;
}

export class TurnBudget {
  readonly #loop: HandleLoop;
  #turn = -1;
  #bytes = 0;
  #calls = 0;
  #endMs = 0;
  readonly #waiting = new Queue<Waiting>();
  #heardOfClose = false;

  constructor(loop: HandleLoop) {
    this.#loop = loop;
  }

  /** Whether this turn may do one request more. */
  allows(): boolean {
    const turn = this.#loop.meter.iterations;
    if (turn !== this.#turn) {
      this.#turn = turn;
      this.#bytes = TURN_BYTES;
      this.#calls = 0;
      this.#endMs = hostNowMs() + TURN_MS;
      return true;
    }
    if (this.#bytes <= 0) return false;
    this.#calls++;
    if (this.#calls % CALLS_BETWEEN !== 0 || hostNowMs() < this.#endMs) return true;
    this.#bytes = 0;
    return false;
  }

  /** So much was copied. */
  spend(bytes: number): void {
    this.#bytes -= bytes;
  }

  /** Whether others wait already: who comes later goes behind them. */
  get hasWaiting(): boolean {
    return this.#waiting.size > 0;
  }

  /** Runs `waiting` in the next turn that has room; the loop is alive until then. */
  later(waiting: Waiting): void {
    this.#waiting.push(waiting);
    if (this.#waiting.size === 1) this.#defer();
    if (this.#heardOfClose) return;
    this.#heardOfClose = true;
    this.#loop.onClose(() => this.#rejectAll());
  }

  #defer(): void {
    this.#loop.defer(() => this.#runSome(), { describe: () => 'files in memory' });
  }

  #runSome(): void {
    // What comes meanwhile goes behind these, into the next turn.
    for (let left = this.#waiting.size; left > 0 && this.allows(); left--) {
      (this.#waiting.shift() as Waiting).run();
    }
    if (this.hasWaiting) this.#defer();
  }

  #rejectAll(): void {
    while (this.hasWaiting) this.#waiting.shift()?.reject(loopClosed());
  }
}
