// The statistics of the harness: medians, and ratios taken round by round. On a
// machine that does other work as well, two figures of one round share that
// round's luck, so that their ratio moves far less than either of them.

/**
 * @typedef {object} Spread
 * @property {number} median
 * @property {number} min
 * @property {number} max
 */

/**
 * @param {number[]} values at least one
 * @returns {number}
 */
export function median(values) {
  if (values.length === 0) throw new RangeError('median of no values');
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/**
 * What the value is when nothing disturbs: other work on the machine can only
 * add to a cost, so that the low end of many rounds is steadier than the middle
 * of them. The tenth part below it is left to luck.
 * @param {number[]} values at least one
 * @returns {number}
 */
export function undisturbed(values) {
  if (values.length === 0) throw new RangeError('low end of no values');
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 10)];
}

/**
 * @param {number[]} values at least one
 * @returns {Spread}
 */
export function spread(values) {
  return {
    median: median(values),
    min: Math.min(...values),
    max: Math.max(...values),
  };
}

/**
 * Divides each value by the yardstick's of the same round.
 * @param {Map<number, number>} values by round
 * @param {Map<number, number>} yardstick by round
 * @returns {number[]} one for each round that both have
 */
export function ratios(values, yardstick) {
  const result = [];
  for (const [round, value] of values) {
    const base = yardstick.get(round);
    if (base !== undefined && base > 0) result.push(value / base);
  }
  return result;
}
