// What comes by itself, taken one by one by `for await`: what nobody waits for yet is kept,
// and who waits is served in turn. How much may be kept is the source's to see to. Not a
// generator: what is kept has to be seen and dropped from outside, and leaving the loop
// while `next` is pending must not wait for it.
import { Queue } from './queue.js';

/** Who makes things arrive. */
export interface Source<T> {
  /** `value` was kept, and is taken. */
  taken(value: T): void;
  /** Somebody waits, and nothing is kept. */
  asked(): void;
  /** It was told that nothing more comes. */
  ended(): void;
  /** The loop was left before the end: nothing more is taken. */
  left(): void;
}

interface Waiter<T> {
  resolve(result: IteratorResult<T>): void;
  reject(error: Error): void;
}

const DONE: IteratorReturnResult<undefined> = { done: true, value: undefined };

/** An iterator over what `push` brings, until `end`. */
export class Arrivals<T> implements AsyncIterableIterator<T> {
  readonly #source: Source<T>;
  readonly #kept = new Queue<T>();
  readonly #waiters = new Queue<Waiter<T>>();
  #over = false;
  #error: Error | undefined;

  constructor(source: Source<T>) {
    this.#source = source;
  }

  /** How many are kept. */
  get size(): number {
    return this.#kept.size;
  }

  /** Whether somebody waits for the next one. */
  get isAwaited(): boolean {
    return this.#waiters.size > 0;
  }

  /** One more has come; true: it is kept, false: somebody waited for it, or it is too late. */
  push(value: T): boolean {
    if (this.#over) return false;
    const waiter = this.#waiters.shift();
    if (waiter === undefined) this.#kept.push(value);
    else waiter.resolve({ done: false, value });
    return waiter === undefined;
  }

  /** Nothing more comes: told, with the reason, behind what is kept. Idempotent. */
  end(error?: Error): void {
    if (this.#over) return;
    this.#over = true;
    this.#error = error;
    for (let waiter = this.#waiters.shift(); waiter; waiter = this.#waiters.shift()) {
      this.#finish(waiter);
    }
  }

  /** What is kept, taken out: nobody gets it. */
  drop(): T[] {
    const dropped: T[] = [];
    while (this.#kept.size > 0) dropped.push(this.#kept.shift() as T);
    return dropped;
  }

  next(): Promise<IteratorResult<T>> {
    return new Promise((resolve, reject) => {
      if (this.#kept.size > 0) {
        const value = this.#kept.shift() as T;
        resolve({ done: false, value });
        this.#source.taken(value);
      } else if (this.#over) {
        this.#finish({ resolve, reject });
      } else {
        this.#waiters.push({ resolve, reject });
        this.#source.asked();
      }
    });
  }

  /** The loop is left. */
  async return(): Promise<IteratorResult<T>> {
    this.#source.left();
    this.end();
    this.#error = undefined;
    return DONE;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** The error is thrown once, to who is the first to hear of the end. */
  #finish(waiter: Waiter<T>): void {
    const error = this.#error;
    this.#error = undefined;
    if (error === undefined) waiter.resolve(DONE);
    else waiter.reject(error);
    this.#source.ended();
  }
}
