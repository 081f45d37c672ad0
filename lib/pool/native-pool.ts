// What comes out of the native class Pool (native/pool/pool.h): a completion is a row
// of CELLS cells of eight bytes, read as float64 or as int64.
import { type Bytes, type NativePool, native } from '../binding/index.js';

export type { NativePool, PoolStats } from '../binding/index.js';

/** Cells of a row. */
export const CELLS = 23;
const ID_CELL = 0;
const STATUS_CELL = 1;
/** The first cell that belongs to the kind of request. */
export const FIRST_CELL = 2;
const QUEUED_CELL = 20;
const RUN_CELL = 21;
const DONE_CELL = 22;

/** A batch of completions on its way from the threads to the promises. */
export class Batch {
  readonly numbers: Float64Array;
  readonly integers: BigInt64Array;
  readonly #rows: ArrayBuffer;
  readonly #pool: NativePool;

  /** @param rows how many completions are taken at once */
  constructor(pool: NativePool, rows: number) {
    this.#pool = pool;
    this.#rows = new ArrayBuffer(rows * CELLS * 8);
    this.numbers = new Float64Array(this.#rows);
    this.integers = new BigInt64Array(this.#rows);
  }

  /** Takes the next batch; what was left of the last one is dropped. How many rows. */
  take(): number {
    return this.#pool.takeCompletions(this.#rows);
  }

  /** Whose completion `row` is. */
  id(row: number): number {
    return this.numbers[row * CELLS + ID_CELL] as number;
  }

  /** 0 or more: success; less: -errno, or what the kind of request says it is. */
  status(row: number): number {
    return this.numbers[row * CELLS + STATUS_CELL] as number;
  }

  /** How long it waited for a thread, in ms, by the kernel's monotonic clock. */
  queuedMs(row: number): number {
    return this.numbers[row * CELLS + QUEUED_CELL] as number;
  }

  /** How long the thread worked on it, in ms. */
  runMs(row: number): number {
    return this.numbers[row * CELLS + RUN_CELL] as number;
  }

  /** How long ago that ended, in ms, when the batch was taken. */
  doneMs(row: number): number {
    return this.numbers[row * CELLS + DONE_CELL] as number;
  }

  /**
   * Copies the bytes of `row` into `target`, once.
   *
   * @returns how many
   * @throws RangeError ERR_OUT_OF_RANGE when `target` is too short or detached
   */
  takeBytes(row: number, target: Bytes, offset: number): number {
    return this.#pool.takeBytes(row, target, offset);
  }
}

export const { Pool } = native;
