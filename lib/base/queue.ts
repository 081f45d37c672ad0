// A first-in, first-out queue that survives a throwing consumer: an entry is
// taken out before it is run, so the next run goes on behind it.

/** A queue that was longer once gives its memory back. */
const KEPT_PLACES = 1024;

export class Queue<T> {
  // Emptied by counting: an array of no length loses its memory, and grows anew.
  #items: (T | undefined)[] = [];
  #head = 0;
  #tail = 0;

  get size(): number {
    return this.#tail - this.#head;
  }

  /** The oldest entry, which stays; undefined when there is none. */
  get front(): T | undefined {
    return this.#head === this.#tail ? undefined : this.#items[this.#head];
  }

  push(item: T): void {
    this.#items[this.#tail++] = item;
  }

  /** The oldest entry, taken out; undefined when there is none. */
  shift(): T | undefined {
    if (this.#head === this.#tail) return undefined;
    const item = this.#items[this.#head];
    this.#items[this.#head++] = undefined;
    if (this.#head === this.#tail) {
      if (this.#tail > KEPT_PLACES) this.#items = [];
      this.#head = 0;
      this.#tail = 0;
    } else if (this.#head >= KEPT_PLACES && 2 * this.#head >= this.#tail) {
      // One that is never empty would grow with all that ever was in it. Half of the places move
      // at most, so that each entry moves once.
      this.#items = this.#items.slice(this.#head, this.#tail);
      this.#tail -= this.#head;
      this.#head = 0;
    }
    return item;
  }
}
