// All watched paths of one loop, whatever tells of them. What has come is handed to the watchers'
// trees, and what they have to tell then is told before more is asked for: so what waits is bounded
// by what the kernel keeps.
import type { HandleLoop } from '../loop/contract.js';
import { loopClosed } from '../loop/errors.js';
import { Handle } from '../loop/handle.js';
import type { Found, NoticeSource, Watch, Watching } from './source.js';

/** Callbacks of one turn; the rest comes in the next, so that others get theirs. */
const TURN_CALLBACKS = 256;

/** A watched path, as the hub knows it. */
export interface PathMember extends Handle {
  /** Whether something is to be told. */
  readonly hasNews: boolean;
  /** Tells the next of it. */
  tellNext(): void;
  /** Notices were handed on, for which something waited. */
  settle(): void;
  /** Something happened of which nothing is known. */
  overflowed(): void;
  /** Nothing more is heard, by no doing of the program's. */
  fail(error: Error): void;
}

export abstract class PathHub extends Handle implements NoticeSource {
  protected readonly members = new Set<PathMember>();
  /** Those of them that have something to tell: of thousands as a rule a few. */
  readonly #telling = new Set<PathMember>();
  /** Those in which something waits for notices to be handed on. */
  #waiting = new Set<PathMember>();
  #deferred = false;

  /** @throws Error ERR_LOOP_CLOSED */
  constructor(loop: HandleLoop) {
    super(loop);
    if (loop.closed) throw loopClosed();
    this.unref();
  }

  abstract readonly position: number;
  abstract ahead(): number;
  abstract add(path: string, what: Watch, watching: Watching): number;
  abstract remove(watch: number, watching: Watching): void;
  abstract sharing(watch: number): Iterable<Watching>;
  abstract list(watch: number, path: string): Promise<Found>;
  /** What is told of a path that `add` has refused. */
  abstract refusal(errno: number, path: string): Error;

  // ---- who watches -----------------------------------------------------------

  join(member: PathMember): void {
    this.members.add(member);
  }

  /** With the last one it closes. */
  leave(member: PathMember): void {
    this.members.delete(member);
    this.#telling.delete(member);
    this.#waiting.delete(member);
    if (this.members.size === 0) this.close();
  }

  // ---- what is told ----------------------------------------------------------

  /** Notices were handed on. */
  protected settle(): void {
    const waiting = this.#waiting;
    if (waiting.size === 0) return;
    this.#waiting = new Set();
    for (const member of waiting) member.settle();
  }

  /** `member` is to be told once, by `settle`, when notices were handed on. */
  settleLater(member: PathMember): void {
    this.#waiting.add(member);
  }

  /** Something is to be told. */
  protected get hasNews(): boolean {
    return this.#telling.size > 0;
  }

  /** Tells some of it now. */
  protected tell(): void {
    const { loop } = this;
    let left = TURN_CALLBACKS;
    try {
      for (const member of this.#telling) {
        while (member.active && member.hasNews) {
          if (left-- === 0) {
            // Behind the others.
            this.#telling.delete(member);
            this.#telling.add(member);
            return;
          }
          loop.counters.reported(member.slot);
          loop.meter.begins('poll', member);
          member.enter(() => member.tellNext());
          loop.betweenCallbacks(member);
        }
        this.#telling.delete(member);
      }
    } finally {
      this.#tellLater();
    }
  }

  /** `member` has something to tell: in the next pending phase. */
  tellLater(member: PathMember): void {
    this.#telling.add(member);
    this.#tellLater();
  }

  #tellLater(): void {
    if (this.#deferred || !this.hasNews) return;
    this.#deferred = true;
    this.loop.defer(() => {
      this.#deferred = false;
      this.tell();
    }, this);
  }

  // ---- its end ---------------------------------------------------------------

  /** Nothing is heard any more: all are told so, each in a callback of its own. @internal */
  override onFailed(error: Error): void {
    for (const member of this.members) member.fail(error);
  }
}
