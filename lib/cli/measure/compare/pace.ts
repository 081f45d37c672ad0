// As many connections as there is time for: where a thousand take seconds to open, as
// on a machine that others use, twenty thousand would take many minutes.
import { count } from '../demo/text.js';

/**
 * In the time that opening takes once: opened for the memory and in two rounds or so, closed
 * as often, and the accounts of all threads read before and after.
 */
const OPENINGS = 5;
/** Below, the step tells nothing that the one before has not. */
const LEAST_FACTOR = 2;
const DIGITS = 2;

export interface Pace {
  /** Undefined: no such step. */
  most: number | undefined;
  note: string | undefined;
}

/**
 * @param most connections that the limits allow
 * @param before those of the step before
 * @param openedMs what opening those took, of all models together
 * @param leftMs the time that is left for the step
 */
export function paceOf(most: number, before: number, openedMs: number, leftMs: number): Pace {
  const possible = Math.max(0, (leftMs / OPENINGS / openedMs) * before);
  if (possible >= most) return { most, note: undefined };
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, possible))) + 1 - DIGITS);
  const fewer = Math.floor(possible / unit) * unit;
  const why = `opening ${count(before)} to each took ${(openedMs / 1000).toFixed(1)} s here`;
  if (fewer < before * LEAST_FACTOR) {
    return { most: undefined, note: `There was no time for more than ${count(before)}: ${why}.` };
  }
  return { most: fewer, note: `There was time for ${count(fewer)}: ${why}.` };
}
