// What a job is handed beside its input: whether it was aborted, and what of its result is
// to be moved instead of copied. Few jobs ask for either, so nothing is made before.
import { ABORTED } from '../layout.js';

/** The second argument of the function that does the jobs. */
export class JobContext {
  readonly #words: Int32Array;
  readonly #place: number;
  #controller: AbortController | undefined;
  #transfer: object[] | undefined;

  /** @internal */
  constructor(words: Int32Array, place: number) {
    this.#words = words;
    this.#place = place;
  }

  /** Whether the job was aborted: true at once, also in the middle of a computation. */
  get aborted(): boolean {
    return Atomics.load(this.#words, ABORTED) === this.#place + 1;
  }

  /** The same as an AbortSignal, whose event comes when this thread's loop has its turn. */
  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.aborted) this.#controller.abort();
    return this.#controller.signal;
  }

  /**
   * These parts of the result are moved, not copied: ArrayBuffers, MessagePorts ... The first is
   * given back, for who has nothing else to return.
   */
  transfer<T extends object>(object: T, ...others: object[]): T {
    this.#transfer ??= [];
    this.#transfer.push(object, ...others);
    return object;
  }

  /** @internal What was given to `transfer`. */
  get transferred(): readonly object[] | undefined {
    return this.#transfer;
  }

  /** @internal The loop has said that it was aborted. */
  tellAborted(): void {
    this.#controller?.abort();
  }
}
