// The command line of the harness: what may be asked for, and how much of it is
// the default. A mistake is answered with one clear line; nothing is guessed.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { budgetScenarios, quickBudget, readBudget } from './check.mjs';
import { contenderNames, contenders } from './contenders.mjs';
import { messageOf, UsageError } from './errors.mjs';
import { peers } from './peers.mjs';
import { scenarios } from './scenarios.mjs';

/**
 * @typedef {object} Options
 * @property {boolean} help
 * @property {string[]} scenarioNames
 * @property {string[] | undefined} peerNames  undefined: all; the base is always wanted
 * @property {string[] | undefined} workNames  undefined: all that a scenario has
 * @property {import('./measure.mjs').Settings} settings
 * @property {[number, number]} cpus of the servers and of the load client
 * @property {string | undefined} jsonPath
 * @property {Check | undefined} check
 *
 * @typedef {object} Check
 * @property {import('./check.mjs').Budget} budget
 * @property {string} path of the budget
 * @property {boolean} isQuick
 * @property {boolean} isSaved  the budget is to be what is measured now
 */

const budgetPath = join(dirname(fileURLToPath(import.meta.url)), 'budget.json');

// Many short rounds and not few long ones: what else the machine does comes in
// bursts of a second or so, and a ratio is only as good as the two windows are
// close to each other. Below 100 ms a scheduler tick more or less would show.
const presets = {
  quick: {
    rounds: 5,
    roundMs: 150,
    roundWarmupMs: 50,
    peerWarmupMs: 1500,
    idleConnections: 2000,
    idleRounds: 1,
    workRounds: 5,
    workMs: 150,
    workCount: 200_000,
    startRounds: 15,
    heapDatagrams: 500_000,
  },
  normal: {
    rounds: 25,
    roundMs: 200,
    roundWarmupMs: 50,
    peerWarmupMs: 2000,
    idleConnections: 10_000,
    idleRounds: 3,
    workRounds: 11,
    workMs: 300,
    workCount: 1_000_000,
    startRounds: 60,
    heapDatagrams: 10_000_000,
  },
  full: {
    rounds: 51,
    roundMs: 300,
    roundWarmupMs: 100,
    peerWarmupMs: 3000,
    idleConnections: 10_000,
    idleRounds: 7,
    workRounds: 25,
    workMs: 500,
    workCount: 1_000_000,
    startRounds: 200,
    heapDatagrams: 10_000_000,
  },
};

/** @returns {string} the text for --help */
export function helpText() {
  const row = ([name, text]) => `  ${name.padEnd(16)}${text}`;
  return `usage: node bench/run.mjs [SCENARIO...] [OPTION...]

Measures servers on loopback against the same server in C with epoll, and other
work against Node's. Without a scenario, all of them run.

Scenarios:
${Object.entries(scenarios)
  .map(([name, { title }]) => row([name, title]))
  .join('\n')}

Peers of the servers:
${peers.map(({ name, what }) => row([name, what])).join('\n')}
${Object.entries(contenders)
  .map(([scenario, list]) => {
    const rows = list.map(({ name, what }) => row([name, what])).join('\n');
    return `Peers of ${scenario}:\n${rows}\n`;
  })
  .join('')}
Options:
  --quick         a first impression: fewer and shorter rounds
  --full          for figures to be published: more and longer rounds
  --peers A,B     only these, and always the one that the ratios are to
  --works A,B     of a scenario that has several works only these
  --rounds N      how often each peer is measured (${presets.normal.rounds})
  --round-ms N    how long each time (${presets.normal.roundMs})
  --check         compare with the budget, and fail when a figure is worse than it
                  allows; --quick: fewer scenarios, and a wide margin
  --budget FILE   that budget and not bench/budget.json; with --check
  --save-budget   make what is measured the budget, where it has a figure
  --datagrams N   how many of them udp-heap counts (10 million, --quick: half a million)
  --cpus S,L      cores of the servers and of the load client (0,1)
  --json FILE     write everything that was measured there as well
  --help          show this
`;
}

/**
 * @param {string[]} args
 * @returns {Options}
 * @throws {UsageError}
 */
export function parseOptions(args) {
  const { values, positionals } = parse(args);
  if (values.quick && values.full) {
    throw new UsageError('--quick and --full exclude each other');
  }
  const preset = values.quick ? 'quick' : values.full ? 'full' : 'normal';
  const check = parseCheck(values);
  const known = check === undefined ? Object.keys(scenarios) : budgetScenarios(check.budget);
  return {
    help: values.help === true,
    scenarioNames: chosen('scenario', positionals, known),
    peerNames: peerNames(values.peers),
    workNames: workNames(values.works),
    settings: parseSettings(presets[preset], values),
    cpus: parseCpus(values.cpus ?? '0,1'),
    jsonPath: values.json,
    check,
  };
}

/**
 * @param {import('./measure.mjs').Settings} preset
 * @param {Record<string, any>} values
 */
function parseSettings(preset, values) {
  const settings = { ...preset };
  if (values.rounds !== undefined) {
    const rounds = wholeNumber('--rounds', values.rounds, 1, 1000);
    settings.idleRounds = Math.min(settings.idleRounds, rounds);
    Object.assign(settings, { rounds, workRounds: rounds, startRounds: rounds });
  }
  if (values['round-ms'] !== undefined) {
    const ms = wholeNumber('--round-ms', values['round-ms'], 10, 60_000);
    Object.assign(settings, { roundMs: ms, workMs: ms });
  }
  if (values.datagrams !== undefined) {
    settings.heapDatagrams = wholeNumber('--datagrams', values.datagrams, 1, 1e9);
  }
  return settings;
}

/**
 * @param {Record<string, any>} values
 * @returns {Check | undefined}
 */
function parseCheck(values) {
  const isSaved = values['save-budget'] === true;
  if (!values.check && !isSaved) {
    if (values.budget === undefined) return undefined;
    throw new UsageError('--budget is for --check and --save-budget');
  }
  if (values.peers !== undefined) throw new UsageError('the budget says which peers take part');
  const path = values.budget ?? budgetPath;
  // A budget is made of all that it has figures for.
  const isQuick = values.quick === true && !isSaved;
  const budget = readBudget(path);
  return { budget: isQuick ? quickBudget(budget) : budget, path, isQuick, isSaved };
}

/** @param {string[]} args */
function parse(args) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        quick: { type: 'boolean' },
        full: { type: 'boolean' },
        peers: { type: 'string' },
        works: { type: 'string' },
        rounds: { type: 'string' },
        'round-ms': { type: 'string' },
        datagrams: { type: 'string' },
        check: { type: 'boolean' },
        budget: { type: 'string' },
        'save-budget': { type: 'boolean' },
        cpus: { type: 'string' },
        json: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    throw new UsageError(messageOf(error).split('. ')[0]);
  }
}

/**
 * @param {string} kind of thing, for the message
 * @param {string[]} names asked for; none means all
 * @param {string[]} known
 * @returns {string[]} in the order of `known`
 */
function chosen(kind, names, known) {
  const stranger = names.find((name) => !known.includes(name));
  if (stranger !== undefined) {
    throw new UsageError(`unknown ${kind} '${stranger}': choose from ${known.join(', ')}`);
  }
  return known.filter((name) => names.length === 0 || names.includes(name));
}

/** @param {string | undefined} text */
function peerNames(text) {
  const known = [...new Set([...peers.map((peer) => peer.name), ...contenderNames()])];
  return text === undefined ? undefined : chosen('peer', listed(text), known);
}

/** @param {string | undefined} text */
function workNames(text) {
  const known = Object.values(scenarios).flatMap(({ works = {} }) => Object.keys(works));
  return text === undefined ? undefined : chosen('work', listed(text), [...new Set(known)]);
}

/** @param {string} text */
function listed(text) {
  return text.split(',').map((name) => name.trim());
}

/** @param {string} text */
function parseCpus(text) {
  const parts = text.split(',');
  if (parts.length !== 2) throw new UsageError('--cpus takes two cores, as 0,1');
  const [server, load] = parts.map((part) => wholeNumber('--cpus', part, 0, 4095));
  return /** @type {[number, number]} */ ([server, load]);
}

/**
 * @param {string} flag
 * @param {string} text
 * @param {number} low
 * @param {number} high
 */
function wholeNumber(flag, text, low, high) {
  const number = Number(text);
  if (!/^\d+$/.test(text) || number < low || number > high) {
    throw new UsageError(`${flag} takes a whole number from ${low} to ${high}, not '${text}'`);
  }
  return number;
}
