// Boils the rounds of a scenario down to one row per peer. The rounds themselves
// stay in the JSON, for whoever wants other statistics than these.
import { yardstick } from './scenarios.mjs';
import { median, ratios, spread, undisturbed } from './stats.mjs';

/**
 * @typedef {object} LoadSummary
 * @property {number} rounds
 * @property {number} cpuNsPerMessage
 * @property {import('./stats.mjs').Spread} cpuRatio to the yardstick
 * @property {number} quietCpuRatio of the undisturbed figures of both
 * @property {number} messagesPerSecond
 * @property {import('./stats.mjs').Spread} rateRatio to the yardstick
 * @property {number} serverBusy
 * @property {number} clientBusy
 * @property {number} p50Us
 * @property {number} p99Us
 */

/**
 * Medians over the rounds; ratios are taken within a round first.
 * @param {import('./measure.mjs').Round[]} rounds
 * @returns {Record<string, LoadSummary>} by peer
 */
export function summarizeLoad(rounds) {
  /** @type {Record<string, LoadSummary>} */
  const summaries = {};
  for (const name of new Set(rounds.map((round) => round.peer))) {
    const own = rounds.filter((round) => round.peer === name);
    const middle = (field) => median(own.map((round) => round[field]));
    const ratioOf = (field) =>
      spread(ratios(byRound(rounds, name, field), byRound(rounds, yardstick, field)));
    summaries[name] = {
      rounds: own.length,
      cpuNsPerMessage: middle('cpuNsPerMessage'),
      cpuRatio: ratioOf('cpuNsPerMessage'),
      quietCpuRatio: quietCpuNs(rounds, name) / quietCpuNs(rounds, yardstick),
      messagesPerSecond: middle('messagesPerSecond'),
      rateRatio: ratioOf('messagesPerSecond'),
      serverBusy: middle('serverBusy'),
      clientBusy: middle('clientBusy'),
      p50Us: middle('p50Us'),
      p99Us: middle('p99Us'),
    };
  }
  return summaries;
}

/**
 * @typedef {object} IdleSummary
 * @property {number} rounds
 * @property {import('./stats.mjs').Spread} rssBytesPerConnection
 * @property {import('./stats.mjs').Spread} pssBytesPerConnection
 * @property {number} baseRssBytes of the server with the first connections
 */

/**
 * @param {import('./idle.mjs').IdleRound[]} rounds
 * @returns {Record<string, IdleSummary>} by peer
 */
export function summarizeIdle(rounds) {
  /** @type {Record<string, IdleSummary>} */
  const summaries = {};
  for (const name of new Set(rounds.map((round) => round.peer))) {
    const own = rounds.filter((round) => round.peer === name);
    summaries[name] = {
      rounds: own.length,
      rssBytesPerConnection: spread(own.map((one) => one.rssBytesPerConnection)),
      pssBytesPerConnection: spread(own.map((one) => one.pssBytesPerConnection)),
      baseRssBytes: median(own.map((one) => one.base.rssBytes)),
    };
  }
  return summaries;
}

/**
 * @param {import('./measure.mjs').Round[]} rounds
 * @param {string} peer
 * @returns {number}
 */
function quietCpuNs(rounds, peer) {
  return undisturbed([...byRound(rounds, peer, 'cpuNsPerMessage').values()]);
}

/**
 * Values of one peer by round number.
 * @param {Record<string, any>[]} rounds
 * @param {string} peer
 * @param {string} field
 * @returns {Map<number, number>}
 */
function byRound(rounds, peer, field) {
  const own = rounds.filter((round) => round.peer === peer);
  return new Map(own.map((round) => [round.round, round[field]]));
}
