// Measures pieces of work that programs of workers/ do when asked. All of them are
// alive at once and take turns in short rounds, as servers do in measure.mjs; the
// CPU time is what each reads of itself around its work.
import { BenchError, messageOf } from './errors.mjs';
import { Child, rotated } from './processes.mjs';
import { scenarios } from './scenarios.mjs';

const startTimeoutMs = 20_000;
const answerTimeoutMs = 120_000;

/**
 * One contender in one round of one work.
 * @typedef {object} WorkRound
 * @property {string} work
 * @property {number} round
 * @property {string} peer
 * @property {number} operations
 * @property {number} cpuNs of one operation
 * @property {number} perSecond
 * @property {number} [p50Us]
 * @property {number} [p99Us]
 */

/**
 * @param {string} scenarioName
 * @param {Map<string, string[]>} commands by contender
 * @param {import('./measure.mjs').Settings} settings
 * @param {(text: string) => void} progress
 * @param {(work: string) => boolean} isWanted
 * @returns {Promise<{ rounds: WorkRound[], failed: Record<string, string> }>}
 * @throws {BenchError} when the base of the ratios fails
 */
export async function measureWork(scenarioName, commands, settings, progress, isWanted) {
  const { works = {}, base, isPinned } = scenarios[scenarioName];
  const cpu = isPinned ? settings.serverCpu : undefined;
  /** @type {Map<string, Child>} */
  const running = new Map();
  /** @type {Record<string, string>} */
  const failed = {};
  /** @type {WorkRound[]} */
  const rounds = [];

  const attempt = async (name, step) => {
    try {
      return await step();
    } catch (error) {
      const why = messageOf(error);
      await running.get(name)?.stop();
      running.delete(name);
      if (name === base) throw new BenchError(`${name}: ${why}`);
      failed[name] = why;
      progress(`${scenarioName}  ${name} failed: ${why}`);
    }
  };

  try {
    for (const [name, command] of commands) {
      await attempt(name, async () => {
        running.set(name, new Child(command, cpu));
        await running.get(name)?.waitFor(/^ready\n/, startTimeoutMs);
      });
    }
    for (const work of Object.keys(works).filter(isWanted)) {
      // The round before the first one warms up.
      for (let round = -1; round < settings.workRounds; round++) {
        const figures = [];
        for (const [name, child] of rotated([...running], round + 1)) {
          await attempt(name, async () => {
            const answer = await ask(child, work, settings);
            if (round < 0 || answer.absent) return;
            const figure = toRound(work, round, name, answer);
            rounds.push(figure);
            figures.push(`${name} ${(figure.cpuNs / 1000).toFixed(2)}`);
          });
        }
        if (round < 0) continue;
        const count = `${round + 1}/${settings.workRounds}`;
        progress(`${scenarioName}/${work}  round ${count}, CPU µs: ${figures.join(', ')}`);
      }
    }
  } finally {
    await Promise.all([...running.values()].map((child) => child.stop()));
  }
  return { rounds, failed };
}

/**
 * @param {Child} child
 * @param {string} work
 * @param {import('./measure.mjs').Settings} settings
 * @returns {Promise<Record<string, any>>}
 */
async function ask(child, work, { workMs: ms, workCount: count, loadCpu }) {
  const line = await child.ask(JSON.stringify({ work, ms, count, loadCpu }), answerTimeoutMs);
  const answer = JSON.parse(line);
  if (!answer.absent && !(answer.operations > 0)) throw new Error('nothing was done in time');
  return answer;
}

/**
 * @param {string} work
 * @param {number} round
 * @param {string} peer
 * @param {Record<string, any>} answer
 * @returns {WorkRound}
 */
function toRound(work, round, peer, { operations, cpuNs, wallNs, ...times }) {
  return {
    work,
    round,
    peer,
    operations,
    cpuNs: cpuNs / operations,
    perSecond: (operations / wallNs) * 1e9,
    ...times,
  };
}
