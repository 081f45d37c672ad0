// What each handle did: four numbers by its slot, in one typed array, so that an idle
// connection costs 32 bytes and a callback three additions.

/** What a handle did since it became active. Times in ms; 0 with `timing: false`. */
export interface HandleMetrics {
  /** Events that the kernel reported for it. */
  events: number;
  /** Callbacks in the poll phase. One event may lead to several: a server accepts many. */
  callbacks: number;
  /** Time in them, with the ticks and microtasks that they led to. */
  callbackMs: number;
  longestCallbackMs: number;
}

/** One of `loop.metrics().handles`. */
export interface HandleListing extends HandleMetrics {
  /** Such as 'Socket'. */
  kind: string;
  /** The descriptor. */
  fd: number;
}

const CELLS = 4;
const EVENTS = 0;
const CALLBACKS = 1;
const CALLBACK_MS = 2;
const LONGEST_MS = 3;
const FIRST_SLOTS = 64;
/** Of loops that have had no handle yet. */
const NO_CELLS = new Float64Array(0);

export class HandleCounters {
  #cells = NO_CELLS;

  /** A handle gets `slot`: it has done nothing yet. */
  begin(slot: number): void {
    const at = slot * CELLS;
    if (at >= this.#cells.length) {
      const least = Math.max(this.#cells.length * 2, FIRST_SLOTS * CELLS);
      const cells = new Float64Array(Math.max(least, at + CELLS));
      cells.set(this.#cells);
      this.#cells = cells;
    }
    const cells = this.#cells;
    cells[at + EVENTS] = 0;
    cells[at + CALLBACKS] = 0;
    cells[at + CALLBACK_MS] = 0;
    cells[at + LONGEST_MS] = 0;
  }

  /** The kernel reported something for it. */
  reported(slot: number): void {
    const at = slot * CELLS + EVENTS;
    this.#cells[at] = (this.#cells[at] as number) + 1;
  }

  /** A callback of it is done. */
  called(slot: number, tookMs: number): void {
    const cells = this.#cells;
    const at = slot * CELLS;
    cells[at + CALLBACKS] = (cells[at + CALLBACKS] as number) + 1;
    cells[at + CALLBACK_MS] = (cells[at + CALLBACK_MS] as number) + tookMs;
    if (tookMs > (cells[at + LONGEST_MS] as number)) cells[at + LONGEST_MS] = tookMs;
  }

  read(slot: number): HandleMetrics {
    const at = slot * CELLS;
    return {
      events: this.#cells[at + EVENTS] as number,
      callbacks: this.#cells[at + CALLBACKS] as number,
      callbackMs: this.#cells[at + CALLBACK_MS] as number,
      longestCallbackMs: this.#cells[at + LONGEST_MS] as number,
    };
  }
}
