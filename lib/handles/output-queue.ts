// What a stream could not send yet: blocks of bytes, in order. Small writes share
// a block, so a slow peer costs few system calls and little memory beyond the
// bytes themselves.

const BLOCK_BYTES = 65536;

export class OutputQueue {
  readonly #blocks: Uint8Array[] = [];
  #head = 0;
  /** Bytes of the first block that are sent already. */
  #offset = 0;
  /** Bytes of the last block that are filled. */
  #tailBytes = 0;
  /** Bytes that wait. */
  size = 0;

  /** Copies `bytes` behind the others. */
  push(bytes: Uint8Array): void {
    this.size += bytes.length;
    let rest = bytes;
    while (rest.length > 0) {
      let tail = this.#blocks[this.#blocks.length - 1];
      if (tail === undefined || this.#head === this.#blocks.length || this.#isFull(tail)) {
        tail = new Uint8Array(Math.max(BLOCK_BYTES, rest.length));
        this.#blocks.push(tail);
        this.#tailBytes = 0;
      }
      const part = rest.subarray(0, tail.length - this.#tailBytes);
      tail.set(part, this.#tailBytes);
      this.#tailBytes += part.length;
      rest = rest.subarray(part.length);
    }
  }

  #isFull(tail: Uint8Array): boolean {
    return this.#tailBytes === tail.length;
  }

  /** The oldest bytes, as one view; undefined when nothing waits. */
  first(): Uint8Array | undefined {
    const block = this.#blocks[this.#head];
    if (block === undefined) return undefined;
    const isLast = this.#head === this.#blocks.length - 1;
    return block.subarray(this.#offset, isLast ? this.#tailBytes : block.length);
  }

  /** Drops the oldest `bytes`, which were sent; at most those of `first()`. */
  shift(bytes: number): void {
    this.size -= bytes;
    this.#offset += bytes;
    const isLast = this.#head === this.#blocks.length - 1;
    const block = this.#blocks[this.#head] as Uint8Array;
    if (this.#offset < (isLast ? this.#tailBytes : block.length)) return;
    this.#blocks[this.#head++] = EMPTY;
    this.#offset = 0;
    if (this.#head < this.#blocks.length) {
      // Keep the list short without moving it for every block.
      if (this.#head < 64) return;
      this.#blocks.splice(0, this.#head);
      this.#head = 0;
      return;
    }
    this.#blocks.length = 0;
    this.#head = 0;
    this.#tailBytes = 0;
  }
}

const EMPTY = new Uint8Array(0);
