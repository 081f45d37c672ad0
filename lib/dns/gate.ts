// How many questions are under way at once: each has a descriptor of its own. Who comes when
// there are as many waits for his turn.
import type { Call } from './call.js';

export class Gate {
  readonly #max: number;
  #inside = 0;
  readonly #waiting = new Set<() => void>();

  constructor(max: number) {
    this.#max = max;
  }

  /** The outcome of `work`, once it is its turn. */
  async pass<T>(call: Call, work: () => Promise<T>): Promise<T> {
    if (this.#inside < this.#max) this.#inside += 1;
    else await call.wait<void>((resolve) => this.#enqueue(resolve));
    try {
      return await work();
    } finally {
      this.#leave();
    }
  }

  /** The place of who leaves is handed on. */
  #enqueue(enter: () => void): () => void {
    this.#waiting.add(enter);
    return () => this.#waiting.delete(enter);
  }

  #leave(): void {
    const [next] = this.#waiting;
    if (next === undefined) {
      this.#inside -= 1;
      return;
    }
    this.#waiting.delete(next);
    next();
  }
}
