// A batch of completions on its way from the threads to the promises, as native code
// writes it (native/pool/rows.h): a row of cells of eight bytes for each, then the
// results that are small, packed. Larger ones, and secrets, are copied one by one.
import type { Bytes, NativePool } from '../binding/index.js';

const CELL_BYTES = 8;
/** Cells of a row. */
const CELLS = 7;
const ID_CELL = 0;
const STATUS_CELL = 1;
const QUEUED_CELL = 2;
const RUN_CELL = 3;
const DONE_CELL = 4;
const SIZE_CELL = 5;
const PLACE_CELL = 6;
/** Bytes for each row and its packed result, if it has one. */
const BYTES_EACH = CELLS * CELL_BYTES + 256;

export class Batch {
  /** Rows and packed results, cell by cell. */
  readonly numbers: Float64Array;
  /** The same cells, of results that are integers. */
  readonly integers: BigInt64Array;
  readonly #memory: ArrayBuffer;
  readonly #rows: number;
  readonly #pool: NativePool;

  /** Memory for one batch of `rows` completions. */
  static memoryFor(rows: number): ArrayBuffer {
    return new ArrayBuffer(rows * BYTES_EACH);
  }

  /** @param rows how many completions are taken at once */
  constructor(pool: NativePool, rows: number) {
    this.#pool = pool;
    this.#rows = rows;
    this.#memory = Batch.memoryFor(rows);
    this.numbers = new Float64Array(this.#memory);
    this.integers = new BigInt64Array(this.#memory);
  }

  /** Takes the next batch; what was left of the last one is dropped. How many rows. */
  take(): number {
    return this.#pool.takeCompletions(this.#memory, this.#rows);
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

  /** Bytes of its result. */
  size(row: number): number {
    return this.numbers[row * CELLS + SIZE_CELL] as number;
  }

  /**
   * The bytes of its result, whether packed or not, in memory of their own. Once: native
   * code lets go of a result that was not packed.
   */
  bytes(row: number): Uint8Array {
    const bytes = new Uint8Array(this.size(row));
    const place = this.place(row);
    if (place >= 0) bytes.set(new Uint8Array(this.#memory, place * CELL_BYTES, bytes.length));
    else if (bytes.length > 0) this.takeBytes(row, bytes, 0);
    return bytes;
  }

  /** The cell in `numbers` and `integers` where its result begins; -1: not packed. */
  place(row: number): number {
    return this.numbers[row * CELLS + PLACE_CELL] as number;
  }

  /**
   * Copies the result of `row`, which was not packed, into `target`, once.
   *
   * @returns how many bytes
   * @throws RangeError ERR_OUT_OF_RANGE when `target` is too short or detached
   */
  takeBytes(row: number, target: Bytes, offset: number): number {
    return this.#pool.takeBytes(row, target, offset);
  }
}
