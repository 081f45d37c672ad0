// Whether a guest turn asks the kernel once more before the host goes on. A turn of
// the host costs as much as several events: where they come fast, asking again saves
// it; where they do not, it costs a system call each time. What came of the last
// times decides. bench: `npm run bench -- watch`.

/** The host has others to serve: their longest wait for this. */
const MAX_TURN_MS = 1;
/** After vain attempts the next one waits for this many turns at most. */
const MAX_REST = 64;

export class Pace {
  #turnEndsMs = 0;
  #again = false;
  #paidOff = false;
  /** Turns to go by before the next attempt, and how many after the next vain one. */
  #rest = 0;
  #nextRest = 1;

  /** A turn begins. */
  begin(nowMs: number): void {
    this.#turnEndsMs = nowMs + MAX_TURN_MS;
    this.#again = false;
    this.#paidOff = false;
  }

  /** Whether the host can wait for more of this turn. */
  hasTime(nowMs: number): boolean {
    return nowMs < this.#turnEndsMs;
  }

  /** Whether to ask again, `events` after the last time. */
  goesOn(events: number, nowMs: number): boolean {
    if (this.#again && !this.#paidOff) this.#learn(events > 0);
    else if (events > 0 && this.#rest > 0) this.#rest--;
    else this.#again = true;
    return this.#again && events > 0 && nowMs < this.#turnEndsMs;
  }

  #learn(found: boolean): void {
    this.#paidOff = found;
    this.#nextRest = found ? 1 : Math.min(this.#nextRest * 2, MAX_REST);
    this.#rest = found ? 0 : this.#nextRest;
  }
}
