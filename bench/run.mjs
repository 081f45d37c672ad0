// The entry of the benchmarks: runs the scenarios that were asked for, and reports;
// with --check, compares them with the budget. Progress goes to stderr, results to
// stdout. Exit status: 0 all measured, 1 something failed or got worse, 2 a mistake
// in the call.
import { closeSync, openSync, writeFileSync } from 'node:fs';

import { budgetSelection, checkText, judge, saveBudget } from './check.mjs';
import { BenchError, messageOf, UsageError } from './errors.mjs';
import { describeMachine } from './machine.mjs';
import { helpText, parseOptions } from './options.mjs';
import { reportText } from './report.mjs';
import { Session } from './session.mjs';

/** @param {string} text */
function progress(text) {
  process.stderr.write(`${text}\n`);
}

/**
 * Finds out before minutes of measuring and not after them.
 * @param {string | undefined} path
 */
function checkWritable(path) {
  if (path === undefined) return;
  try {
    closeSync(openSync(path, 'a'));
  } catch (error) {
    throw new BenchError(`the results cannot be written: ${messageOf(error)}`);
  }
}

/**
 * @param {Session} session
 * @param {string[]} names of scenarios
 * @param {import('./session.mjs').Selection} selection
 */
async function measure(session, names, selection) {
  const results = [];
  for (const name of names) {
    const result = await session.run(name, selection);
    results.push(result);
    if (Object.keys(result.failed).length > 0) process.exitCode = 1;
  }
  return results;
}

/**
 * What is over budget is measured once more, as other work on the machine can make
 * it look so; only what is over it twice has got worse.
 * @param {import('./options.mjs').Check} check
 * @param {import('./report.mjs').ScenarioResult[]} results
 * @param {(names: string[]) => Promise<import('./report.mjs').ScenarioResult[]>} again
 */
async function checkResults({ budget, path, isQuick, isSaved }, results, again) {
  const first = judge(budget, isQuick, results);
  if (isSaved) {
    saveBudget(path, budget, first);
    progress(`saved: ${path}`);
    return;
  }
  const isOver = ({ isOver }) => isOver;
  const suspects = [...new Set(first.filter(isOver).map(({ scenario }) => scenario.split('/')[0]))];
  let verdicts = first;
  if (suspects.length > 0) {
    progress(`once more, as it is over budget: ${suspects.join(', ')}`);
    const second = judge(budget, isQuick, await again(suspects));
    verdicts = first.map((verdict) => {
      if (!verdict.isOver) return verdict;
      const { scenario, peer, metric } = verdict;
      const isSame = (one) =>
        one.scenario === scenario && one.peer === peer && one.metric === metric;
      return second.find(isSame) ?? verdict;
    });
  }
  process.stdout.write(`\n${checkText(verdicts, budget.margins[isQuick ? 'quick' : 'normal'])}`);
  // What a foreign package is missing for was skipped; what is ours has to be there.
  const skipped = new Set(results.filter((one) => one.skipped).map(({ name }) => name));
  const isMissing = ({ scenario, measured }) =>
    measured === undefined && !skipped.has(scenario.split('/')[0]);
  const isEmpty = verdicts.every(({ measured }) => measured === undefined);
  if (isEmpty || verdicts.some(isOver) || verdicts.some(isMissing)) process.exitCode = 1;
}

/** @param {import('./options.mjs').Options} options */
async function main(options) {
  if (process.platform !== 'linux') {
    throw new BenchError('the benchmarks need Linux: they use epoll and /proc');
  }
  const { scenarioNames, check, peerNames, workNames, jsonPath } = options;
  checkWritable(jsonPath);
  const date = new Date().toISOString();
  /** @type {import('./session.mjs').Selection} */
  const selection =
    check === undefined
      ? {
          wantsPeer: (peer) => peerNames?.includes(peer) ?? true,
          wantsWork: (work) => workNames?.includes(work) ?? true,
        }
      : budgetSelection(check.budget);
  const session = await Session.prepare(scenarioNames, options, progress);
  const results = await measure(session, scenarioNames, selection);
  process.stdout.write(`\n${results.map(reportText).join('\n')}`);
  if (jsonPath !== undefined) {
    const machine = await describeMachine(session.versions);
    const all = { date, machine, settings: session.settings, scenarios: results };
    writeFileSync(jsonPath, `${JSON.stringify(all, null, 2)}\n`);
  }
  if (check === undefined) return;
  await checkResults(check, results, (names) => measure(session, names, selection));
}

try {
  const options = parseOptions(process.argv.slice(2));
  if (options.help) process.stdout.write(helpText());
  else await main(options);
} catch (error) {
  const isUsage = error instanceof UsageError;
  if (!isUsage && !(error instanceof BenchError)) throw error;
  const hint = isUsage ? ' (--help shows what is possible)' : '';
  console.error(`bench: ${error.message}${hint}`);
  process.exitCode = isUsage ? 2 : 1;
}
