// The entry of the benchmarks: builds what is needed, runs the scenarios that
// were asked for, and reports. Progress goes to stderr, results to stdout.
// Exit status: 0 all measured, 1 something failed, 2 a mistake in the call.
import { closeSync, openSync, writeFileSync } from 'node:fs';

import { build } from './build.mjs';
import { BenchError, messageOf, UsageError } from './errors.mjs';
import { measureIdle } from './idle.mjs';
import { describeMachine } from './machine.mjs';
import { measureLoad } from './measure.mjs';
import { helpText, parseOptions } from './options.mjs';
import { peers } from './peers.mjs';
import { pinningProblem } from './processes.mjs';
import { reportText } from './report.mjs';
import { scenarios } from './scenarios.mjs';
import { summarizeIdle, summarizeLoad } from './summary.mjs';

/** @param {string} text */
function progress(text) {
  process.stderr.write(`${text}\n`);
}

/**
 * Splits the peers into those that can be started and the others.
 * @param {string[]} names
 * @param {Record<string, string>} absentPrograms
 */
function launchable(names, absentPrograms) {
  /** @type {Map<string, string[]>} */
  const commands = new Map();
  /** @type {Map<string, string>} */
  const versions = new Map();
  /** @type {Record<string, string>} */
  const absent = {};
  for (const { name, launch } of peers) {
    if (!names.includes(name)) continue;
    const launched = launch(absentPrograms);
    if ('absent' in launched) {
      absent[name] = launched.absent;
      progress(`${name} is absent: ${launched.absent}`);
      continue;
    }
    commands.set(name, launched.command);
    if (launched.version !== undefined) versions.set(name, launched.version);
  }
  return { commands, versions, absent };
}

/**
 * @param {import('./options.mjs').Options} options
 * @returns {import('./measure.mjs').Settings & { unpinned?: string }}
 */
function pinnedSettings({ settings, cpus }) {
  const unpinned = pinningProblem(cpus);
  if (unpinned !== undefined) {
    progress(`nothing is pinned to a core, expect more noise: ${unpinned}`);
    return { ...settings, unpinned };
  }
  return { ...settings, serverCpu: cpus[0], loadCpu: cpus[1] };
}

/**
 * @param {string} name of a scenario
 * @param {Map<string, string[]>} commands
 * @param {Record<string, string>} absent
 * @param {import('./measure.mjs').Settings} settings
 * @returns {Promise<import('./report.mjs').ScenarioResult>}
 */
async function runScenario(name, commands, absent, settings) {
  const { kind, title } = scenarios[name];
  const shared = { name, title, absent };
  if (kind === 'idle') {
    const measured = await measureIdle(name, commands, settings, progress);
    return {
      ...shared,
      summaries: summarizeIdle(measured.rounds),
      ...measured,
    };
  }
  const measured = await measureLoad(name, commands, settings, progress);
  return { ...shared, summaries: summarizeLoad(measured.rounds), ...measured };
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

/** @param {import('./options.mjs').Options} options */
async function main(options) {
  if (process.platform !== 'linux') {
    throw new BenchError('the benchmarks need Linux: they use epoll and /proc');
  }
  checkWritable(options.jsonPath);
  const date = new Date().toISOString();
  const absentPrograms = await build(progress);
  const { commands, versions, absent } = launchable(options.peerNames, absentPrograms);
  const settings = pinnedSettings(options);
  const machine = await describeMachine(versions);
  const results = [];
  for (const name of options.scenarioNames) {
    const result = await runScenario(name, commands, absent, settings);
    results.push(result);
    if (Object.keys(result.failed).length > 0) process.exitCode = 1;
  }
  process.stdout.write(`\n${results.map(reportText).join('\n')}`);
  if (options.jsonPath !== undefined) {
    const all = { date, machine, settings, scenarios: results };
    writeFileSync(options.jsonPath, `${JSON.stringify(all, null, 2)}\n`);
  }
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
