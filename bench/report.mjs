// Turns results into text: a table and a sentence for each scenario, or for each of
// its works. Figures are medians over the rounds; "x C" is the median of the ratios
// to the C server in the same round, and the range beside it is the least and greatest.
import { scenarios } from './scenarios.mjs';
import { aligned, fixed, grouped, range } from './table.mjs';

/**
 * @typedef {object} ScenarioResult
 * @property {string} name
 * @property {string} title
 * @property {Record<string, any>} summaries by peer; of kind 'work': by work, then by peer
 * @property {Record<string, string>} absent peers that could not be started: why
 * @property {Record<string, string>} failed peers that broke: how
 * @property {string} [skipped] why nothing was measured
 * @property {object[]} rounds
 */

/** @typedef {{ title: string, cell: (summary: any) => string }} Column */

const BASE_TITLES = {
  net: 'node:net',
  host: "the host's",
  'c-epoll': 'C',
  'c-batch': 'C',
  'c-splice': 'C',
  dgram: 'dgram',
  node: 'Node',
  bare: 'bare',
  'npm-epoll': 'epoll',
  'npm-unix-dgram': 'unix-dgram',
  'npm-node-pty': 'node-pty',
  owned: 'owned',
};

/** @param {string} base @returns {Column[]} */
function costColumns(base) {
  const times = `x ${BASE_TITLES[base]}`;
  return [
    { title: 'CPU µs', cell: (s) => fixed(s.cpuNs / 1000, s.cpuNs < 10_000 ? 3 : 2) },
    { title: times, cell: (s) => fixed(s.cpuRatio.median, 2) },
    { title: 'min-max', cell: (s) => range(s.cpuRatio) },
    { title: 'quiet', cell: (s) => fixed(s.quietCpuRatio, 2) },
    { title: '1/s', cell: (s) => grouped(s.perSecond) },
    { title: times, cell: (s) => fixed(s.rateRatio.median, 2) },
    { title: 'min-max', cell: (s) => range(s.rateRatio) },
  ];
}

/** @param {string} base @param {any[]} summaries @returns {Column[]} */
function latencyColumns(base, summaries) {
  return [
    { title: 'p50 µs', cell: (s) => micros(s.p50Us) },
    ...(summaries.every(({ p90Us }) => p90Us !== undefined)
      ? [{ title: 'p90 µs', cell: (s) => micros(s.p90Us) }]
      : []),
    { title: 'p99 µs', cell: (s) => micros(s.p99Us) },
    { title: `x ${BASE_TITLES[base]}`, cell: (s) => fixed(s.p99Ratio.median, 2) },
    { title: 'min-max', cell: (s) => range(s.p99Ratio) },
  ];
}

/** @type {Record<string, (base: string, summaries: any[]) => Column[]>} */
const columnsOf = {
  load: (base, summaries) => [
    ...costColumns(base),
    { title: 'busy', cell: (s) => `${fixed(s.serverBusy * 100, 0)} %` },
    ...latencyColumns(base, summaries),
    ...(summaries.some(({ lost }) => lost > 0)
      ? [{ title: 'lost', cell: (s) => grouped(s.lost) }]
      : []),
  ],
  work: (base, summaries) =>
    summaries.every(({ p99Ratio }) => p99Ratio)
      ? [...costColumns(base), ...latencyColumns(base, summaries)]
      : costColumns(base),
  idle: () => [
    { title: 'Rss B', cell: (s) => grouped(s.rssBytesPerConnection.median) },
    { title: 'min-max', cell: (s) => range(s.rssBytesPerConnection, grouped) },
    { title: 'anon B', cell: (s) => grouped(s.anonBytesPerConnection.median) },
    { title: 'Pss B', cell: (s) => grouped(s.pssBytesPerConnection.median) },
    { title: 'server MiB', cell: (s) => fixed(s.baseRssBytes / 2 ** 20, 1) },
  ],
  heap: () => [
    { title: 'before KiB', cell: (s) => grouped(s.beforeBytes / 1024) },
    { title: 'after KiB', cell: (s) => grouped(s.afterBytes / 1024) },
    { title: 'growth B', cell: (s) => grouped(s.growthBytes) },
    { title: 'datagrams', cell: (s) => grouped(s.datagrams) },
    { title: '1/s', cell: (s) => grouped(s.perSecond) },
    { title: 'lost', cell: (s) => grouped(s.lost) },
  ],
  startup: () => [
    { title: 'ms', cell: (s) => fixed(s.wallMs, 1) },
    { title: 'added', cell: (s) => fixed(s.wallAddedMs.median, 1) },
    { title: 'min-max', cell: (s) => fromTo(s.wallAddedMs) },
    { title: 'CPU ms', cell: (s) => fixed(s.cpuMs, 1) },
    { title: 'added', cell: (s) => fixed(s.cpuAddedMs.median, 1) },
    { title: 'min-max', cell: (s) => fromTo(s.cpuAddedMs) },
    { title: 'x bare', cell: (s) => fixed(s.cpuRatio.median, 2) },
    { title: 'Rss MiB', cell: (s) => fixed(s.maxRssBytes / 2 ** 20, 1) },
  ],
};

/**
 * @param {ScenarioResult} result
 * @returns {string}
 */
export function reportText(result) {
  const { name, title, summaries, skipped } = result;
  const { kind, works = {} } = scenarios[name];
  const lines = [`${name}: ${title}`, ''];
  if (skipped !== undefined) return [...lines, `  skipped: ${skipped}`, ''].join('\n');
  if (kind !== 'work') lines.push(...table(name, summaries), '', sentence(name, summaries), '');
  for (const [work, own] of kind === 'work' ? Object.entries(summaries) : []) {
    lines.push(`${name}/${work}: ${works[work]}`, ...table(name, own), '', sentence(name, own), '');
  }
  const told = [...notes('absent', result.absent), ...notes('FAILED', result.failed)];
  return [...lines, ...told, ...(told.length > 0 ? [''] : [])].join('\n');
}

/**
 * @param {string} name of a scenario
 * @param {Record<string, any>} summaries by peer
 * @returns {string[]}
 */
function table(name, summaries) {
  const { kind, unit, base } = scenarios[name];
  const columns = columnsOf[kind](base, Object.values(summaries));
  return aligned([
    [`per ${unit}`, ...columns.map(({ title }) => title)],
    ...Object.entries(summaries).map(([peer, summary]) => [
      peer,
      ...columns.map(({ cell }) => cell(summary)),
    ]),
  ]);
}

/**
 * @param {string} name of a scenario
 * @param {Record<string, any>} summaries by peer
 * @returns {string} the outcome in words
 */
function sentence(name, summaries) {
  const { kind, unit, base } = scenarios[name];
  const others = Object.entries(summaries).filter(([peer]) => peer !== base);
  if (kind === 'idle') {
    const costs = Object.entries(summaries).map(
      ([peer, { rssBytesPerConnection }]) =>
        `${grouped(rssBytesPerConnection.median)} bytes in ${peer}`,
    );
    return `An idle ${unit} holds ${costs.join(', ')}.`;
  }
  if (kind === 'heap') {
    const costs = Object.entries(summaries).map(
      ([peer, { growthBytes, datagrams }]) =>
        `${grouped(growthBytes)} bytes in ${peer} over ${grouped(datagrams)} ${unit}s`,
    );
    return `The heap has grown by ${costs.join(', ')}.`;
  }
  if (kind === 'startup') {
    const costs = others.map(
      ([peer, { wallAddedMs, cpuAddedMs }]) =>
        `${peer} adds ${fixed(wallAddedMs.median, 1)} ms, ${fixed(cpuAddedMs.median, 1)} ms of CPU`,
    );
    return `Node that does nothing takes ${fixed(summaries[base].wallMs, 1)} ms; ${costs.join('; ')}.`;
  }
  const cost = micros(summaries[base].cpuNs / 1000);
  const ratios = others.map(
    ([peer, { cpuRatio }]) =>
      `${peer} ${fixed(cpuRatio.median, 2)} times that (${range(cpuRatio)})`,
  );
  const article = /^[aeiou]/.test(unit) ? 'An' : 'A';
  return `${[`${article} ${unit} costs ${base} ${cost} µs of CPU`, ...ratios].join('; ')}.`;
}

/** @param {{ min: number, max: number }} spread  of what may be less than nothing */
function fromTo({ min, max }) {
  return `${fixed(min, 1)} to ${fixed(max, 1)}`;
}

/** @param {number} value */
function micros(value) {
  return value < 100 ? fixed(value, 2) : grouped(value);
}

/**
 * @param {string} label
 * @param {Record<string, string>} reasons by peer
 * @returns {string[]}
 */
function notes(label, reasons) {
  return Object.entries(reasons).map(([name, why]) => `  ${name}  ${label}: ${why}`);
}
