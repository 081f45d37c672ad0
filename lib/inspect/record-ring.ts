// The records of a recording as words in a ring: five doubles and four integers each, so
// that an event makes no object and costs the collector nothing. They stand together, as a
// record is memory that no cache has. What they mean is read when somebody asks.
import { PHASES } from '../loop/observers.js';
import type { FlightRecord, WakeReason } from './records.js';
import { REASONS } from './wake-reason.js';

/** Doubles from one record to the next. */
export const TIMES = 7;
export const BEGIN_MS = 0;
export const END_MS = 1;
/** Which turn of the loop: more than 2^31 are a matter of an hour. */
export const ITERATION = 2;
/** Of a wait its timeout, of a callback by how much it was late, of a request its queuing. */
export const FIRST_MS = 3;
/** Of a request its time on the thread. */
export const SECOND_MS = 4;

/** Integers from one record to the next; these stand behind the five doubles. */
export const WORDS = 14;
/** The kind, and above it the phase of a callback, why a wait ended or where a request was done. */
export const WHAT = 10;
/** Of a wait how many events, else the number of a name. */
export const NAME = 11;
/** The number of the handle's name. */
export const HANDLE = 12;
export const FD = 13;

/** The kinds; of all but an iteration there follows by what to multiply the rest. */
export const ITERATION_KIND = 0;
export const WAIT_KIND = 1;
export const CALLBACK_KIND = 2;
export const REQUEST_KIND = 3;
export const KINDS = 4;

/** Of a request: it was answered at once. */
export const INLINE = 1;

export class RecordRing {
  /** By place times TIMES. */
  readonly times: Float64Array;
  /** By place times WORDS: the same memory. */
  readonly words: Int32Array;
  /** How many records there are. */
  used = 0;
  /** How many gave way to newer ones. */
  dropped = 0;
  readonly #capacity: number;
  /** The oldest, once the ring is full. */
  #next = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
    // The system gives it page by page, as it is written to.
    this.times = new Float64Array(capacity * TIMES);
    this.words = new Int32Array(this.times.buffer);
  }

  /** The place of a new record. All its words are the caller's to write: there are old ones. */
  take(): number {
    if (this.used < this.#capacity) return this.used++;
    const place = this.#next;
    this.#next = place + 1 === this.#capacity ? 0 : place + 1;
    this.dropped++;
    return place;
  }

  /** All places, the oldest record first. */
  places(): number[] {
    return Array.from({ length: this.used }, (_, index) => (this.#next + index) % this.used);
  }

  clear(): void {
    this.used = 0;
    this.dropped = 0;
    this.#next = 0;
  }

  /** Gives names other numbers, in every record that has one. */
  renumber(renumber: (name: number) => number): void {
    for (const place of this.places()) {
      const word = place * WORDS;
      const kind = (this.words[word + WHAT] as number) % KINDS;
      const named = kind === CALLBACK_KIND || kind === REQUEST_KIND ? [NAME, HANDLE] : [HANDLE];
      // An iteration has neither: its words are those of an older record.
      if (kind === ITERATION_KIND) continue;
      for (const at of named) this.words[word + at] = renumber(this.words[word + at] as number);
    }
  }

  /** @param textOf the name of a number */
  read(place: number, textOf: (name: number) => string): FlightRecord {
    const times = this.times.subarray(place * TIMES);
    const [beginMs = 0, endMs = 0, iteration = 0, firstMs = 0, secondMs = 0] = times;
    const [what = 0, name = 0, handle = 0, fd = -1] = this.words.subarray(place * WORDS + WHAT);
    const span = { beginMs, endMs, iteration };
    if (what === ITERATION_KIND) return { kind: 'iteration', ...span };
    const found = { fd, handle: textOf(handle) };
    const rest = Math.floor(what / KINDS);
    switch (what % KINDS) {
      case WAIT_KIND: {
        const reason = REASONS[rest] as WakeReason;
        return { kind: 'wait', ...span, timeoutMs: firstMs, events: name, reason, ...found };
      }
      case CALLBACK_KIND: {
        const phase = PHASES[rest] as (typeof PHASES)[number];
        const called = { phase, name: textOf(name), ...found, lateMs: firstMs };
        return { kind: 'callback', ...span, ...called };
      }
      default:
        return {
          kind: 'request',
          ...span,
          name: textOf(name),
          lane: found.handle,
          inline: rest === INLINE,
          queuedMs: firstMs,
          runMs: secondMs,
        };
    }
  }
}
