// The command line of the harness: what may be asked for, and how much of it is
// the default. A mistake is answered with one clear line; nothing is guessed.
import { parseArgs } from 'node:util';

import { messageOf, UsageError } from './errors.mjs';
import { peers } from './peers.mjs';
import { scenarios, yardstick } from './scenarios.mjs';

/**
 * @typedef {object} Options
 * @property {boolean} help
 * @property {string[]} scenarioNames
 * @property {string[]} peerNames the yardstick is always among them
 * @property {import('./measure.mjs').Settings} settings
 * @property {[number, number]} cpus of the servers and of the load client
 * @property {string | undefined} jsonPath
 */

// Many short rounds and not few long ones: what else the machine does comes in
// bursts of a second or so, and a ratio is only as good as the two windows are
// close to each other. Below 100 ms a scheduler tick more or less would show.
const presets = {
  quick: {
    rounds: 5,
    roundMs: 150,
    roundWarmupMs: 50,
    peerWarmupMs: 1500,
    idleConnections: 1000,
    idleRounds: 1,
  },
  normal: {
    rounds: 25,
    roundMs: 200,
    roundWarmupMs: 50,
    peerWarmupMs: 2000,
    idleConnections: 5000,
    idleRounds: 3,
  },
  full: {
    rounds: 51,
    roundMs: 300,
    roundWarmupMs: 100,
    peerWarmupMs: 3000,
    idleConnections: 10_000,
    idleRounds: 3,
  },
};

/** @returns {string} the text for --help */
export function helpText() {
  const row = ([name, text]) => `  ${name.padEnd(16)}${text}`;
  return `usage: node bench/run.mjs [SCENARIO...] [OPTION...]

Measures echo servers on loopback against the same server in C with epoll.
Without a scenario, all of them run.

Scenarios:
${Object.entries(scenarios)
  .map(([name, { title }]) => row([name, title]))
  .join('\n')}

Peers:
${peers.map(({ name, what }) => row([name, what])).join('\n')}

Options:
  --quick         a first impression: fewer and shorter rounds
  --full          for figures to be published; 10,000 idle connections
  --peers A,B     only these, and always ${yardstick}
  --rounds N      how often each peer is measured (${presets.normal.rounds})
  --round-ms N    how long each time (${presets.normal.roundMs})
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
  const settings = { ...presets[preset] };
  if (values.rounds !== undefined) {
    settings.rounds = wholeNumber('--rounds', values.rounds, 1, 1000);
    settings.idleRounds = Math.min(settings.idleRounds, settings.rounds);
  }
  if (values['round-ms'] !== undefined) {
    settings.roundMs = wholeNumber('--round-ms', values['round-ms'], 10, 60_000);
  }
  return {
    help: values.help === true,
    scenarioNames: chosen('scenario', positionals, Object.keys(scenarios)),
    peerNames: peerNames(values.peers),
    settings,
    cpus: parseCpus(values.cpus ?? '0,1'),
    jsonPath: values.json,
  };
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
        rounds: { type: 'string' },
        'round-ms': { type: 'string' },
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
  const known = peers.map((peer) => peer.name);
  if (text === undefined) return known;
  const names = text.split(',').map((name) => name.trim());
  return chosen('peer', [yardstick, ...names], known);
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
