// Descriptors that came with what a batch has read. Native code has made them the
// environment's and left their numbers in a table behind the results; whoever handles a
// record takes them out of there, once. See native/stream/unix_read.cc.
import { native } from '../binding/index.js';
import { PASSED_TRUNCATED, READ_FIRST_PASSED, READ_PASSED, RESULT_WORDS } from './layout.js';

/** By index of the ready record. */
export class Passed {
  readonly #results: Int32Array;
  readonly #numbers: Int32Array;

  constructor(results: Int32Array, numbers: Int32Array) {
    this.#results = results;
    this.#numbers = numbers;
  }

  /** Whether descriptors came with it, or were lost. */
  has(index: number): boolean {
    return this.#results[index * RESULT_WORDS + READ_PASSED] !== 0;
  }

  /** Whether some were lost; to be asked before they are taken. */
  isTruncated(index: number): boolean {
    const word = this.#results[index * RESULT_WORDS + READ_PASSED] as number;
    return (word & PASSED_TRUNCATED) !== 0;
  }

  /** Their numbers: the caller's to close. A second time there are none. */
  take(index: number): number[] {
    const at = index * RESULT_WORDS;
    const first = this.#results[at + READ_FIRST_PASSED] as number;
    const count = (this.#results[at + READ_PASSED] as number) & ~PASSED_TRUNCATED;
    this.#results[at + READ_PASSED] = 0;
    const taken: number[] = [];
    for (let i = 0; i < count; i++) taken.push(this.#numbers[first + i] as number);
    return taken;
  }

  /** The first `count` of them: of one datagram among those of a record. */
  takeSome(index: number, count: number): number[] {
    const at = index * RESULT_WORDS;
    const first = this.#results[at + READ_FIRST_PASSED] as number;
    this.#results[at + READ_FIRST_PASSED] = first + count;
    this.#results[at + READ_PASSED] = (this.#results[at + READ_PASSED] as number) - count;
    return Array.from(this.#numbers.subarray(first, first + count));
  }

  /** Nobody is to have them. */
  drop(index: number): void {
    if (this.has(index)) for (const fd of this.take(index)) native.closeReceived(fd);
  }

  /** Nor any others: the loop ends in the middle of a batch. */
  dropAll(): void {
    const records = this.#results.length / RESULT_WORDS;
    for (let index = 0; index < records; index++) this.drop(index);
  }
}
