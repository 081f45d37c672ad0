// Who refuses again and again is left alone: after so many refusals in a row one try in 64 is made.

const MANY_REFUSALS = 16;
const ONE_IN = 64;
/** Descriptors are counted by the last bits of their numbers. */
const PLACES = 1024;
const FULL = 0xffff;

/** What was refused in a row, by descriptor. */
export class Refusals {
  readonly #counts = new Uint16Array(PLACES);

  /** Whether to try once more. */
  tries(fd: number): boolean {
    const place = fd % PLACES;
    const count = this.#counts[place] as number;
    if (count < MANY_REFUSALS) return true;
    this.#counts[place] = count === FULL ? MANY_REFUSALS : count + 1;
    return count % ONE_IN === 0;
  }

  /** What came of the try. */
  told(fd: number, isRefused: boolean): void {
    const place = fd % PLACES;
    if (!isRefused) this.#counts[place] = 0;
    else if ((this.#counts[place] as number) < MANY_REFUSALS) (this.#counts[place] as number)++;
  }
}
