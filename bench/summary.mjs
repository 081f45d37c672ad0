// Boils the rounds of a scenario down to one row per peer. The rounds themselves
// stay in the JSON, for whoever wants other statistics than these.
import { scenarios } from './scenarios.mjs';
import { median, ratios, spread, undisturbed } from './stats.mjs';

/**
 * @typedef {object} Summary
 * @property {number} rounds
 * @property {number} cpuNs of one message, event, timer...
 * @property {import('./stats.mjs').Spread} cpuRatio to the base
 * @property {number} quietCpuRatio of the undisturbed figures of both
 * @property {number} perSecond
 * @property {import('./stats.mjs').Spread} rateRatio to the base
 * @property {number} [serverBusy]
 * @property {number} [clientBusy]
 * @property {number} [p50Us]
 * @property {number} [p90Us]
 * @property {number} [p99Us]
 * @property {import('./stats.mjs').Spread} [p99Ratio] to the base
 * @property {number} [lost]  datagrams of all rounds that had to be sent again
 */

/**
 * Medians over the rounds; ratios are taken within a round first.
 * @param {string} scenarioName
 * @param {{
 *   rounds: Record<string, any>[],
 *   latencies?: Record<string, import('./latency.mjs').Percentiles>,
 * }} measured
 * @returns {Record<string, Summary>} by peer
 */
export function summarizeLoad(scenarioName, { rounds, latencies = {} }) {
  const { base } = scenarios[scenarioName];
  /** @type {Record<string, Summary>} */
  const summaries = {};
  for (const name of names(rounds)) {
    const own = rounds.filter((round) => round.peer === name);
    const middle = (field) =>
      own[0][field] === undefined ? undefined : median(own.map((round) => round[field]));
    const ratioOf = (field) => ratioSpread(rounds, name, base, field);
    summaries[name] = {
      rounds: own.length,
      cpuNs: middle('cpuNs'),
      cpuRatio: ratioOf('cpuNs'),
      quietCpuRatio: quietCpuNs(rounds, name) / quietCpuNs(rounds, base),
      perSecond: middle('perSecond'),
      rateRatio: ratioOf('perSecond'),
      serverBusy: middle('serverBusy'),
      clientBusy: middle('clientBusy'),
      p50Us: latencies[name]?.p50Us ?? middle('p50Us'),
      p90Us: latencies[name]?.p90Us ?? middle('p90Us'),
      p99Us: latencies[name]?.p99Us ?? middle('p99Us'),
      p99Ratio: own[0].p99Us === undefined ? undefined : ratioOf('p99Us'),
      lost: own.reduce((sum, { lost = 0 }) => sum + lost, 0),
    };
  }
  return summaries;
}

/**
 * @param {string} scenarioName
 * @param {{ rounds: import('./work.mjs').WorkRound[] }} measured
 * @returns {Record<string, Record<string, Summary>>} by work, then by contender
 */
export function summarizeWorks(scenarioName, { rounds }) {
  const works = [...new Set(rounds.map(({ work }) => work))];
  const own = (work) => ({ rounds: rounds.filter((round) => round.work === work) });
  return Object.fromEntries(works.map((work) => [work, summarizeLoad(scenarioName, own(work))]));
}

/**
 * @typedef {object} StartSummary
 * @property {number} rounds
 * @property {number} wallMs
 * @property {import('./stats.mjs').Spread} wallAddedMs to the base of the same round
 * @property {number} cpuMs
 * @property {import('./stats.mjs').Spread} cpuAddedMs
 * @property {import('./stats.mjs').Spread} cpuRatio
 * @property {number} quietCpuRatio
 * @property {number} maxRssBytes
 */

/**
 * @param {string} scenarioName
 * @param {{ rounds: import('./startup.mjs').StartRound[] }} measured
 * @returns {Record<string, StartSummary>} by contender
 */
export function summarizeStartup(scenarioName, { rounds }) {
  const { base } = scenarios[scenarioName];
  /** @type {Record<string, StartSummary>} */
  const summaries = {};
  for (const name of names(rounds)) {
    const own = rounds.filter((round) => round.peer === name);
    const added = (field) => {
      const before = byRound(rounds, base, field);
      return spread([...byRound(rounds, name, field)].map(([n, ns]) => (ns - before.get(n)) / 1e6));
    };
    summaries[name] = {
      rounds: own.length,
      wallMs: median(own.map(({ wallNs }) => wallNs)) / 1e6,
      wallAddedMs: added('wallNs'),
      cpuMs: median(own.map(({ cpuNs }) => cpuNs)) / 1e6,
      cpuAddedMs: added('cpuNs'),
      cpuRatio: ratioSpread(rounds, name, base, 'cpuNs'),
      quietCpuRatio: quietCpuNs(rounds, name) / quietCpuNs(rounds, base),
      maxRssBytes: median(own.map(({ maxRssBytes }) => maxRssBytes)),
    };
  }
  return summaries;
}

/**
 * @typedef {object} IdleSummary
 * @property {number} rounds
 * @property {import('./stats.mjs').Spread} rssBytesPerConnection
 * @property {import('./stats.mjs').Spread} pssBytesPerConnection
 * @property {import('./stats.mjs').Spread} anonBytesPerConnection
 * @property {number} baseRssBytes of the server with the first connections
 */

/**
 * @param {string} _scenarioName
 * @param {{ rounds: import('./idle.mjs').IdleRound[] }} measured
 * @returns {Record<string, IdleSummary>} by peer
 */
export function summarizeIdle(_scenarioName, { rounds }) {
  /** @type {Record<string, IdleSummary>} */
  const summaries = {};
  for (const name of names(rounds)) {
    const own = rounds.filter((round) => round.peer === name);
    summaries[name] = {
      rounds: own.length,
      rssBytesPerConnection: spread(own.map((one) => one.rssBytesPerConnection)),
      pssBytesPerConnection: spread(own.map((one) => one.pssBytesPerConnection)),
      anonBytesPerConnection: spread(own.map((one) => one.anonBytesPerConnection)),
      baseRssBytes: median(own.map((one) => one.base.rssBytes)),
    };
  }
  return summaries;
}

/**
 * @param {string} _scenarioName
 * @param {{ rounds: import('./heap.mjs').HeapRound[] }} measured  one for each contender
 * @returns {Record<string, import('./heap.mjs').HeapRound>} by contender
 */
export function summarizeHeap(_scenarioName, { rounds }) {
  return Object.fromEntries(rounds.map((round) => [round.peer, round]));
}

/** @param {{ peer: string }[]} rounds */
function names(rounds) {
  return new Set(rounds.map(({ peer }) => peer));
}

/**
 * @param {Record<string, any>[]} rounds
 * @param {string} peer
 * @param {string} base
 * @param {string} field
 */
function ratioSpread(rounds, peer, base, field) {
  return spread(ratios(byRound(rounds, peer, field), byRound(rounds, base, field)));
}

/**
 * @param {Record<string, any>[]} rounds
 * @param {string} peer
 * @returns {number}
 */
function quietCpuNs(rounds, peer) {
  return undisturbed([...byRound(rounds, peer, 'cpuNs').values()]);
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
