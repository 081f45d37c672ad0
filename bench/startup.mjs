// Measures what a process costs from its start to its end, over many starts in
// turn. See native/run-once.c for the clocks.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import { programPath } from './build.mjs';
import { rotated } from './processes.mjs';

const run = promisify(execFile);
const limitMs = 30_000;

/**
 * @typedef {object} StartRound
 * @property {number} round
 * @property {string} peer
 * @property {number} cpuNs
 * @property {number} wallNs
 * @property {number} maxRssBytes
 */

/**
 * @param {string} scenarioName
 * @param {Map<string, string[]>} commands by contender
 * @param {import('./measure.mjs').Settings} settings
 * @param {(text: string) => void} progress
 * @returns {Promise<{ rounds: StartRound[], failed: Record<string, string> }>}
 * @throws {Error} when a command fails: none of them has a reason to
 */
export async function measureStartup(scenarioName, commands, settings, progress) {
  /** @type {StartRound[]} */
  const rounds = [];
  const { startRounds, serverCpu } = settings;
  const pin = serverCpu === undefined ? [] : ['taskset', '-c', String(serverCpu)];
  // The round before the first one brings the files into memory.
  for (let round = -1; round < startRounds; round++) {
    for (const [peer, command] of rotated([...commands], round + 1)) {
      const [program, ...args] = [...pin, programPath('run-once'), ...command];
      const { stdout } = await run(program, args, { timeout: limitMs });
      if (round >= 0) rounds.push({ round, peer, ...JSON.parse(stdout) });
    }
    if ((round + 1) % 10 === 0 && round >= 0) {
      progress(`${scenarioName}  round ${round + 1}/${startRounds}`);
    }
  }
  return { rounds, failed: {} };
}
