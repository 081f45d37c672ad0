// Compares what was measured with the figures that budget.json holds, and tells
// what got worse by more than the margin. The noise of a machine hits a median now
// and then: the CPU cost of a peer is over budget only when the median of its ratios
// and the ratio of its undisturbed rounds both are. README.md has more.
import { readFileSync, writeFileSync } from 'node:fs';

import { BenchError, messageOf } from './errors.mjs';
import { scenarios } from './scenarios.mjs';
import { aligned } from './table.mjs';

/**
 * @typedef {object} Budget
 * @property {string} about
 * @property {{ normal: number, quick: number }} margins  0.1 allows 10 % more
 * @property {string[]} quick  those of `figures` that a quick check measures
 * @property {Record<string, Record<string, Record<string, number>>>} figures  by
 *   scenario (`watch/one` for a work), peer and metric
 *
 * @typedef {object} Verdict
 * @property {string} scenario
 * @property {string} peer
 * @property {string} metric
 * @property {number} budget
 * @property {number | undefined} measured  undefined: the peer is absent
 * @property {boolean} isOver
 */

/**
 * @typedef {object} Metric
 * @property {(summary: any) => number[]} read
 * @property {true} [isMoreBetter]
 * @property {true} [isSlow]
 * @property {true} [isBound]  set by hand, and not by what was measured
 *
 * Each takes its figures out of a summary; all of them have to be over. What is too
 * noisy in few rounds is not for a quick check.
 * @type {Record<string, Metric>}
 */
const metrics = {
  cpu: { read: (s) => [s.cpuRatio.median, s.quietCpuRatio] },
  rate: { read: (s) => [s.rateRatio.median], isMoreBetter: true, isSlow: true },
  p99: { read: (s) => [s.p99Ratio.median], isSlow: true },
  bytes: { read: (s) => [s.rssBytesPerConnection.median], isSlow: true },
  growth: { read: (s) => [s.growthBytes], isBound: true },
};

/**
 * @param {string} path
 * @returns {Budget}
 * @throws {BenchError} when it is no budget
 */
export function readBudget(path) {
  const wrong = (why) => new BenchError(`${path} is no budget: ${why}`);
  /** @type {Budget} */
  let budget;
  try {
    budget = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw wrong(messageOf(error));
  }
  const { margins, quick, figures } = budget;
  if (!(margins?.normal > 0 && margins?.quick > 0)) throw wrong('it has no margins');
  if (!Array.isArray(quick) || !figures) throw wrong('it has no figures');
  const stranger = quick.find((key) => !(key in figures));
  if (stranger !== undefined) throw wrong(`it has no figures of ${stranger}`);
  for (const [key, peers] of Object.entries(figures)) {
    const [name, work] = key.split('/');
    const isKnown = work === undefined ? scenarios[name] : scenarios[name]?.works?.[work];
    if (!isKnown) throw wrong(`there is no scenario ${key}`);
    for (const [metric, value] of Object.values(peers).flatMap(Object.entries)) {
      if (!(metric in metrics && value > 0)) throw wrong(`${key} has ${metric}: ${value}`);
    }
  }
  return budget;
}

/**
 * @param {Budget} budget
 * @returns {Budget} with what a quick check measures, and no more
 */
export function quickBudget(budget) {
  const isQuick = ([key]) => budget.quick.includes(key);
  return { ...budget, figures: Object.fromEntries(Object.entries(budget.figures).filter(isQuick)) };
}

/**
 * @param {Budget} budget
 * @returns {string[]} the scenarios that it has figures for
 */
export function budgetScenarios({ figures }) {
  return [...new Set(Object.keys(figures).map((key) => key.split('/')[0]))];
}

/**
 * @param {Budget} budget
 * @returns {import('./session.mjs').Selection} what it has figures for
 */
export function budgetSelection({ figures }) {
  return {
    wantsPeer: (peer, scenario) =>
      Object.entries(figures).some(([key, own]) => key.split('/')[0] === scenario && peer in own),
    wantsWork: (work, scenario) => `${scenario}/${work}` in figures,
  };
}

/**
 * @param {Budget} budget
 * @param {boolean} isQuick
 * @param {import('./report.mjs').ScenarioResult[]} results
 * @returns {Verdict[]} one for each figure of the budget that was to be measured
 */
export function judge({ figures, margins }, isQuick, results) {
  const margin = isQuick ? margins.quick : margins.normal;
  /** @type {Verdict[]} */
  const verdicts = [];
  for (const [scenario, peers] of Object.entries(figures)) {
    const [name, work] = scenario.split('/');
    const result = results.find((one) => one.name === name);
    if (result === undefined) continue;
    const summaries = (work === undefined ? result.summaries : result.summaries[work]) ?? {};
    for (const [peer, wanted] of Object.entries(peers)) {
      for (const [metric, limit] of Object.entries(wanted)) {
        const { read, isMoreBetter, isSlow } = metrics[metric];
        if (isQuick && isSlow) continue;
        const values = summaries[peer] === undefined ? [] : read(summaries[peer]);
        const isOver = (value) =>
          isMoreBetter ? value < limit / (1 + margin) : value > limit * (1 + margin);
        verdicts.push({
          scenario,
          peer,
          metric,
          budget: limit,
          measured: values[0],
          isOver: values.length > 0 && values.every(isOver),
        });
      }
    }
  }
  return verdicts;
}

/**
 * @param {Verdict[]} verdicts
 * @param {number} margin
 * @returns {string}
 */
export function checkText(verdicts, margin) {
  const rows = verdicts.map(({ scenario, peer, metric, budget, measured, isOver }) => [
    `${scenario} ${peer}`,
    metric,
    number(budget),
    measured === undefined ? '-' : number(measured),
    measured === undefined ? 'not measured' : isOver ? 'REGRESSION' : 'ok',
  ]);
  const over = verdicts.filter(({ isOver }) => isOver).length;
  const end = `${over} of ${verdicts.length} figures are worse by more than ${Math.round(margin * 100)} %`;
  return [...aligned([['', '', 'budget', 'now', ''], ...rows]), '', `${end}.`, ''].join('\n');
}

/**
 * Replaces those figures of a budget that were measured; bounds stay.
 * @param {string} path
 * @param {Budget} budget
 * @param {Verdict[]} verdicts
 */
export function saveBudget(path, budget, verdicts) {
  for (const { scenario, peer, metric, measured } of verdicts) {
    if (measured === undefined || metrics[metric].isBound) continue;
    budget.figures[scenario][peer][metric] = Number(measured.toPrecision(3));
  }
  writeFileSync(path, budgetText(budget));
}

/** One line for each scenario, so that a diff tells, and as the formatter has it. */
function budgetText({ figures, ...settings }) {
  const inner = (key) => `${JSON.stringify(key)}: ${spaced(figures[key])}`;
  const scenarios = Object.keys(figures).map((key) => `    ${inner(key)}`);
  const head = JSON.stringify(settings, null, 2).replace(/\n\}$/, '');
  return `${head},\n  "figures": {\n${scenarios.join(',\n')}\n  }\n}\n`;
}

/** @param {object} value  on one line */
function spaced(value) {
  return JSON.stringify(value, null, 1).replace(/\n */g, ' ');
}

/** @param {number} value */
function number(value) {
  return value < 100 ? value.toFixed(2) : String(Math.round(value));
}
