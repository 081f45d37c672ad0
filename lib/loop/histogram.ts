// How often which time was seen, in buckets of 1/64 of a power of two: percentiles are
// within 0.8 % of the time itself. The host's histogram would be a call into C++ for each
// time, and 360 KB and 80 µs for each loop; here a time is an addition, and a power of two
// that was seen takes 512 bytes.

const SHARE = 64;
/** Power of two of the last that is counted one by one. */
const FIRST = 5;
const MAX_INT = 2 ** 31;
/** What is above is counted as this: 26 days in ns. */
const MAX = 2 ** 51;

/** Of whole numbers from 0 on. */
export class Histogram {
  /**
   * By power of two, made when it is first seen, the counts of its 64 parts: doubles, as 2^32
   * is a matter of an hour for a busy loop. The first holds what is below 64.
   */
  readonly #powers: (Float64Array | undefined)[] = [];
  #count = 0;
  #sum = 0;
  #max = 0;

  get count(): number {
    return this.#count;
  }

  /** Exact; 0: nothing was seen. */
  get mean(): number {
    return this.#count === 0 ? 0 : this.#sum / this.#count;
  }

  /** Exact; 0: nothing was seen. */
  get max(): number {
    return this.#max;
  }

  /** Counts `value`; a fraction is cut off, what is below 0 is 0. */
  record(value: number): void {
    this.#count++;
    if (value > 0) this.#sum += value;
    if (value > this.#max) this.#max = value;
    let power = 0;
    let part = 0;
    if (value >= MAX_INT) {
      const whole = Math.min(value, MAX);
      power = 31 - FIRST + 31 - Math.clz32(Math.floor(whole / MAX_INT));
      part = Math.floor(whole / 2 ** (power - 1)) - SHARE;
    } else if (value >= SHARE) {
      power = 31 - FIRST - Math.clz32(value);
      part = (value >>> (power - 1)) - SHARE;
    } else if (value > 0) {
      part = value | 0;
    }
    let parts = this.#powers[power];
    if (parts === undefined) parts = this.#add(power);
    parts[part] = (parts[part] as number) + 1;
  }

  /** The value that `percent` of all do not exceed, 0: nothing was seen. */
  percentile(percent: number): number {
    let left = Math.max(1, Math.ceil((this.#count * percent) / 100));
    for (const [power, parts] of this.#powers.entries()) {
      if (parts === undefined) continue;
      for (const [part, count] of parts.entries()) {
        left -= count;
        if (left <= 0) return Math.min(this.#max, middleOf(power, part));
      }
    }
    return this.#max;
  }

  /** Counts all that `other` has counted. */
  add(other: Histogram): void {
    this.#count += other.#count;
    this.#sum += other.#sum;
    this.#max = Math.max(this.#max, other.#max);
    for (const [power, parts] of other.#powers.entries()) {
      if (parts === undefined) continue;
      const own = this.#powers[power] ?? this.#add(power);
      for (const [part, count] of parts.entries()) own[part] = (own[part] as number) + count;
    }
  }

  #add(power: number): Float64Array {
    while (this.#powers.length <= power) this.#powers.push(undefined);
    const parts = new Float64Array(SHARE);
    this.#powers[power] = parts;
    return parts;
  }
}

function middleOf(power: number, part: number): number {
  return power === 0 ? part : Math.floor((SHARE + part + 0.5) * 2 ** (power - 1));
}
