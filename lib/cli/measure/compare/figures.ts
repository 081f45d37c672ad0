// Rounds as one figure. Two figures of a noisy machine differ only when no round of
// one reaches into the rounds of the other.

/** One figure of all rounds. */
export interface Figure {
  median: number;
  min: number;
  max: number;
}

/** Below, two figures differ by less than two runs do. */
const NOTABLE_FACTOR = 1.05;
/** Where there was time for one round only, which shows no noise. */
const NOTABLE_FACTOR_OF_ONE = 1.5;

/** @param values at least one */
export function figureOf(values: readonly number[]): Figure {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (index: number) => sorted[index] as number;
  const middle = sorted.length >> 1;
  return {
    median: sorted.length % 2 === 1 ? at(middle) : (at(middle - 1) + at(middle)) / 2,
    min: at(0),
    max: at(sorted.length - 1),
  };
}

/** A value that was read once. */
export function single(value: number): Figure {
  return { median: value, min: value, max: value };
}

/** Both together, as far as one can tell from medians. */
export function sumOf(a: Figure, b: Figure): Figure {
  return { median: a.median + b.median, min: a.min + b.min, max: a.max + b.max };
}

/** Whether one is clearly more than the other. */
export function differ(a: Figure, b: Figure): boolean {
  const [low, high] = a.median < b.median ? [a, b] : [b, a];
  const isOne = low.min === low.max && high.min === high.max;
  const factor = isOne ? NOTABLE_FACTOR_OF_ONE : NOTABLE_FACTOR;
  return high.median >= low.median * factor && high.min > low.max;
}
