// Chance by a seed: the same seed, the same choices.

/** Marsaglia's xorshift. */
export class Random {
  #state;

  constructor(seed) {
    // Neighbours in seeds are to be strangers.
    this.#state = Math.imul(seed + 1, 0x9e3779b1) | 1;
    for (let i = 0; i < 8; i++) this.below(2);
  }

  /** An integer from 0, below `limit`. */
  below(limit) {
    this.#state ^= this.#state << 13;
    this.#state ^= this.#state >>> 17;
    this.#state ^= this.#state << 5;
    return (this.#state >>> 0) % limit;
  }

  oneIn(count) {
    return this.below(count) === 0;
  }

  pick(list) {
    return list[this.below(list.length)];
  }

  bytes(size) {
    const bytes = Buffer.alloc(size);
    for (let at = 0; at < size; at += 4) {
      const word = this.below(0xffffffff);
      for (let i = 0; i < 4 && at + i < size; i++) bytes[at + i] = word >>> (i * 8);
    }
    return bytes;
  }
}
