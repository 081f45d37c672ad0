// Turns results into text: one table and one sentence for a scenario. Figures
// are medians over the rounds; "x C" is the median of the ratios to the C
// server in the same round, and the range beside it is the least and greatest.
import { scenarios, yardstick } from './scenarios.mjs';

/**
 * @typedef {object} ScenarioResult
 * @property {string} name
 * @property {string} title
 * @property {Record<string, any>} summaries by peer
 * @property {Record<string, string>} absent peers that could not be started: why
 * @property {Record<string, string>} failed peers that broke: how
 * @property {object[]} rounds
 */

/** @typedef {{ title: string, cell: (summary: any) => string }} Column */

/** @type {Column[]} */
const loadColumns = [
  { title: 'CPU µs', cell: (s) => fixed(s.cpuNsPerMessage / 1000, 2) },
  { title: 'x C', cell: (s) => fixed(s.cpuRatio.median, 2) },
  { title: 'min-max', cell: (s) => range(s.cpuRatio) },
  { title: 'quiet', cell: (s) => fixed(s.quietCpuRatio, 2) },
  { title: '1/s', cell: (s) => grouped(s.messagesPerSecond) },
  { title: 'x C', cell: (s) => fixed(s.rateRatio.median, 2) },
  { title: 'busy', cell: (s) => `${fixed(s.serverBusy * 100, 0)} %` },
  { title: 'p50 µs', cell: (s) => grouped(s.p50Us) },
  { title: 'p99 µs', cell: (s) => grouped(s.p99Us) },
];

/** @type {Column[]} */
const idleColumns = [
  { title: 'Rss B', cell: (s) => grouped(s.rssBytesPerConnection.median) },
  { title: 'min-max', cell: (s) => range(s.rssBytesPerConnection, grouped) },
  { title: 'Pss B', cell: (s) => grouped(s.pssBytesPerConnection.median) },
  { title: 'server MiB', cell: (s) => fixed(s.baseRssBytes / 2 ** 20, 1) },
];

/**
 * @param {ScenarioResult} result
 * @returns {string}
 */
export function reportText(result) {
  const { kind, unit } = scenarios[result.name];
  const columns = kind === 'load' ? loadColumns : idleColumns;
  const names = Object.keys(result.summaries);
  const rows = [
    [`per ${unit}`, ...columns.map((column) => column.title)],
    ...names.map((name) => [name, ...columns.map((column) => column.cell(result.summaries[name]))]),
  ];
  return [
    `${result.name}: ${result.title}`,
    '',
    ...aligned(rows),
    ...notes('absent', result.absent),
    ...notes('FAILED', result.failed),
    '',
    sentence(result),
    '',
  ].join('\n');
}

/**
 * @param {ScenarioResult} result
 * @returns {string} the outcome in words
 */
export function sentence({ name, summaries }) {
  const { kind, unit } = scenarios[name];
  const peers = Object.entries(summaries);
  if (kind === 'idle') {
    const costs = peers.map(
      ([peer, { rssBytesPerConnection }]) =>
        `${grouped(rssBytesPerConnection.median)} bytes in ${peer}`,
    );
    return `An idle ${unit} holds ${costs.join(', ')}.`;
  }
  const cost = fixed(summaries[yardstick].cpuNsPerMessage / 1000, 2);
  const others = peers
    .filter(([peer]) => peer !== yardstick)
    .map(([peer, { cpuRatio }]) => {
      return `${peer} ${fixed(cpuRatio.median, 2)} times that (${range(cpuRatio)})`;
    });
  const start = `A ${unit} costs ${yardstick} ${cost} µs of CPU`;
  return `${[start, ...others].join('; ')}.`;
}

/**
 * @param {string} label
 * @param {Record<string, string>} reasons by peer
 * @returns {string[]}
 */
function notes(label, reasons) {
  return Object.entries(reasons).map(([name, why]) => `  ${name}  ${label}: ${why}`);
}

/**
 * @param {string[][]} rows the first one is the heading
 * @returns {string[]} the first column to the left, the others to the right
 */
function aligned(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  return rows.map((row) => {
    const cells = row.map((cell, column) =>
      column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column]),
    );
    return `  ${cells.join('  ')}`;
  });
}

/**
 * @param {{ min: number, max: number }} spread
 * @param {(value: number) => string} [text]
 */
function range({ min, max }, text = (value) => fixed(value, 2)) {
  return `${text(min)}-${text(max)}`;
}

/**
 * @param {number} value
 * @param {number} digits
 */
function fixed(value, digits) {
  return value.toFixed(digits);
}

/** @param {number} value rounded to a whole number, thousands apart */
function grouped(value) {
  return Math.round(value).toLocaleString('en-US');
}
