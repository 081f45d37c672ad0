// A first-in, first-out queue that survives a throwing consumer: an entry is
// taken out before it is run, so the next run goes on behind it.

export class Queue<T> {
  #items: (T | undefined)[] = [];
  #head = 0;

  get size(): number {
    return this.#items.length - this.#head;
  }

  push(item: T): void {
    this.#items.push(item);
  }

  /** The oldest entry, taken out; undefined when there is none. */
  shift(): T | undefined {
    const items = this.#items;
    if (this.#head === items.length) return undefined;
    const item = items[this.#head];
    items[this.#head++] = undefined;
    if (this.#head === items.length) {
      // Emptied: start anew in the same memory, unless a burst made it large.
      if (items.length > 1024) this.#items = [];
      else items.length = 0;
      this.#head = 0;
    }
    return item;
  }
}
