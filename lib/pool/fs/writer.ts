// Writes of what is open, by a thread each, whose outcome can be had while the loop stands still:
// stdout and stderr are written to the end also as the process exits. See write(2).
import type { NativePool } from '../../binding/index.js';
import type { Batch } from '../batch.js';
import type { LoopPool } from '../loop-pool.js';
import { FileCall } from './call.js';

/** To where the file stands. */
const NO_POSITION = -1;

/** A write that was begun. */
export class BegunWrite extends FileCall<number, 'write'> {
  /** What the pool knows it by. @internal */
  id = -1;

  /** @internal */
  override submit(pool: NativePool): number {
    this.id = super.submit(pool);
    return this.id;
  }

  /** How many bytes, or -errno: who writes decides what an error leads to. @internal */
  override finish(batch: Batch, row: number): number {
    return batch.status(row);
  }
}

/** Writes on the threads of a loop. */
export class FileWriter {
  readonly #pool: LoopPool;

  constructor(pool: LoopPool) {
    this.#pool = pool;
  }

  /**
   * Writes `bytes`, which are copied, to where `fd` stands.
   *
   * @param done is told how many, or -errno, from inside the loop's own work: it is not to call
   *   the program's code
   * @param refused is told that no thread took it, or that nobody hears of what did
   * @throws as LoopPool.submit
   */
  begin(
    fd: number,
    bytes: Uint8Array,
    done: (result: number) => void,
    refused: (error: Error) => void,
  ): BegunWrite {
    const about = { syscall: 'write' };
    const tell = refused as (reason: unknown) => void;
    const write = new BegunWrite(done, tell, 'write', [fd, NO_POSITION, bytes], about, () => 0);
    this.#pool.submit(write);
    return write;
  }

  /**
   * Takes back what no thread has begun, and waits for what one has, of which `done` or `refused`
   * is told then.
   *
   * @param isOver whether one of them was
   */
  end(write: BegunWrite, isOver: () => boolean): void {
    if (!this.#pool.takeBack(write.id)) this.#pool.waitUntil(isOver);
  }
}
