// Which numbers of connections are measured, and which models take part at each: those that
// were asked for, as far as the limits allow, and as far as there is time. Where a thousand
// take seconds to open, as on a machine that others use, twenty thousand would take many
// minutes.

import type { Model } from '../../models.js';
import type { Limits } from '../limits.js';
import { count, whole } from '../text.js';
import type { Wanted } from './options.js';

export interface Fitting {
  /** Ascending. */
  connections: number[];
  /** That of `connections` which is as many as possible, and nobody's own number. */
  most: number | undefined;
  /** The models at a number of connections. */
  modelsAt(connections: number): Model[];
  /** What limits there are, and what they changed. */
  notes: string[];
}

/** @throws Error when there cannot be a single connection */
export function fitWithin(
  wanted: readonly Wanted[],
  models: readonly Model[],
  { any, threads }: Limits,
): Fitting {
  const limitOf = (model: Model) => (model === 'threads' ? threads : any);
  const greatest = models.map(limitOf).reduce((a, b) => (b.most > a.most ? b : a));
  if (greatest.most < 1) throw new Error(`${greatest.why}: too few for a connection`);
  const numbers = wanted.map((each) =>
    each === 'most' ? greatest.most : Math.min(each, greatest.most),
  );
  const top = Math.max(...numbers);
  // Where the threads end, all are measured once more, to compare.
  const bound = models.includes('threads') && threads.most < top;
  if (bound && threads.most > 0) numbers.push(threads.most);
  const connections = [...new Set(numbers)].sort((a, b) => a - b);

  const notes: string[] = [];
  const cut = wanted.filter((each) => each !== 'most' && each > greatest.most);
  if (cut.length > 0) {
    notes.push(`${greatest.why}, too few for ${count(Math.max(...(cut as number[])))}.`);
  }
  if (wanted.includes('most') || cut.length > 0) {
    notes.push(`The most connections here are ${whole(greatest.most)}: ${lower(greatest.why)}.`);
  }
  if (bound) {
    const most = count(threads.most);
    notes.push(`A thread per connection is possible for ${most}: ${lower(threads.why)}.`);
  }
  const asked = wanted.includes(greatest.most);
  return {
    connections,
    most: wanted.includes('most') && !asked ? greatest.most : undefined,
    modelsAt: (at) => models.filter((model) => limitOf(model).most >= at),
    notes,
  };
}

function lower(sentence: string): string {
  return sentence.charAt(0).toLowerCase() + sentence.slice(1);
}

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
