// What a wait found: records in one block of memory that the poller's native
// code fills, so that an event makes no object.
import { codedError } from '../raw/errors.js';

const WORDS = 3;
const HIGH = 2 ** 32;

/** What a poller's `wait` found: a list that is made once and filled again and again. */
export class ReadyList {
  /** How many records fit. */
  readonly capacity: number;
  /** Three words a record: Ready bits, the token's low half, its high half. */
  readonly words: Int32Array;
  /** Whether `notify`, or a waker, ended the wait that filled it last. */
  woken = false;
  /** What makes it one, whatever its prototype says. */
  readonly #brand = true;

  /** @param capacity 1 to 65,536; `words`: memory for the records, where there is some */
  constructor(capacity: number, words?: Int32Array) {
    if (!Number.isInteger(capacity) || capacity < 1 || capacity > 65536) {
      throw Object.assign(new RangeError('capacity must be an integer from 1 to 65536'), {
        code: 'ERR_OUT_OF_RANGE',
      });
    }
    this.capacity = capacity;
    this.words = words ?? new Int32Array(capacity * WORDS);
  }

  /** Whether a value is a ready list. @internal */
  static isList(value: unknown): value is ReadyList {
    return typeof value === 'object' && value !== null && #brand in value;
  }

  /** Ready bits of record `index`. */
  events(index: number): number {
    return this.words[index * WORDS] as number;
  }

  /** The token's low 32 bits: in a loop, the handle's slot. */
  slot(index: number): number {
    return this.words[index * WORDS + 1] as number;
  }

  /** The token's high bits: in a loop, the handle's generation. */
  generation(index: number): number {
    return this.words[index * WORDS + 2] as number;
  }

  /** The token that the descriptor was added with. */
  token(index: number): number {
    return this.generation(index) * HIGH + (this.slot(index) >>> 0);
  }

  /** Overwrites record `index` with record `from`. */
  move(from: number, index: number): void {
    this.words.copyWithin(index * WORDS, from * WORDS, (from + 1) * WORDS);
  }

  /** Fills record `index`, for pollers written in TypeScript. */
  set(index: number, events: number, token: number): void {
    this.words[index * WORDS] = events;
    this.words[index * WORDS + 1] = (token % HIGH) | 0;
    this.words[index * WORDS + 2] = Math.floor(token / HIGH);
  }
}

/** The token of a slot and a generation of at most 21 bits. */
export function tokenOf(slot: number, generation: number): number {
  return generation * HIGH + slot;
}

/** The last token: the one above it is the waker's. */
const MAX_TOKEN = 2 ** 53 - 2;

/**
 * Refuses what is no token.
 *
 * @throws TypeError ERR_INVALID_ARG_TYPE when it is no number; RangeError
 *   ERR_OUT_OF_RANGE when it is not an integer from 0 to 2^53-2
 */
export function checkToken(token: number): void {
  if (typeof token !== 'number') {
    throw codedError(TypeError, 'ERR_INVALID_ARG_TYPE', 'token must be a number');
  }
  if (Number.isInteger(token) && token >= 0 && token <= MAX_TOKEN) return;
  throw codedError(
    RangeError,
    'ERR_OUT_OF_RANGE',
    `token must be an integer from 0 to 2^53-2, not ${token}`,
  );
}

/** Generations wrap here, so that a token stays below 2^53. */
export const GENERATION_MASK = 0x1fffff;
