// Random choices that a seed repeats: every failure is repeated from its printed seed.
// The same numbers as test/support/bytes.ts (mulberry32), which is TypeScript.

/** A seed of its own for the part `index` of a run, such as a process or a program. */
export function partSeed(seed, index) {
  let mixed = (seed ^ Math.imul(index + 1, 0x9e3779b1)) >>> 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  return (mixed ^ (mixed >>> 13)) >>> 0;
}

export class Random {
  #state;

  /** @param {number} seed 0 to 2^32-1 */
  constructor(seed) {
    this.#state = seed >>> 0;
  }

  /** 0 to 2^32-1. */
  word() {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  }

  /** 0 to below-1. */
  below(below) {
    return this.word() % below;
  }

  /** An integer from min to max. */
  from(min, max) {
    return min + this.below(max - min + 1);
  }

  /** True once in `times`. */
  oneIn(times) {
    return this.below(times) === 0;
  }

  /** @template T @param {readonly T[]} list @returns {T} */
  pick(list) {
    return list[this.below(list.length)];
  }

  /** One of `[weight, value]` rows. */
  weighted(rows) {
    let left = this.below(rows.reduce((sum, [weight]) => sum + weight, 0));
    for (const [weight, value] of rows) {
      left -= weight;
      if (left < 0) return value;
    }
    return rows.at(-1)[1];
  }

  /** Fills bytes. */
  fill(bytes) {
    for (let i = 0; i < bytes.length; i++) bytes[i] = this.word();
    return bytes;
  }
}
