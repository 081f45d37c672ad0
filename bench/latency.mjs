// Round trips of many windows in one histogram per peer: HdrHistogram, as it comes
// with Node (perf_hooks), to three significant digits.
import { readFileSync } from 'node:fs';
import { createHistogram } from 'node:perf_hooks';

const MAX_NS = 2 ** 32 - 1; // as the load client records them

/**
 * @typedef {object} Percentiles
 * @property {number} count
 * @property {number} p50Us
 * @property {number} p90Us
 * @property {number} p99Us
 * @property {number} p999Us
 * @property {number} maxUs
 */

export class Latencies {
  /** @type {Map<string, import('node:perf_hooks').RecordableHistogram>} */
  #histograms = new Map();

  /**
   * @param {string} peer
   * @param {string} path  32-bit words, nanoseconds: what `load --samples` wrote
   */
  add(peer, path) {
    const histogram =
      this.#histograms.get(peer) ?? createHistogram({ lowest: 1, highest: MAX_NS, figures: 3 });
    this.#histograms.set(peer, histogram);
    const { buffer, byteOffset, byteLength } = readFileSync(path);
    const bytes = buffer.slice(byteOffset, byteOffset + byteLength);
    for (const ns of new Uint32Array(bytes)) histogram.record(Math.max(1, ns));
  }

  /** @returns {Record<string, Percentiles>} by peer */
  percentiles() {
    const entries = [...this.#histograms].map(([peer, histogram]) => {
      const at = (percentile) => histogram.percentile(percentile) / 1000;
      const [p50Us, p90Us, p99Us, p999Us] = [at(50), at(90), at(99), at(99.9)];
      return [
        peer,
        { count: histogram.count, p50Us, p90Us, p99Us, p999Us, maxUs: histogram.max / 1000 },
      ];
    });
    return Object.fromEntries(entries);
  }
}
