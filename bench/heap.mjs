// Measures whether a server's heap grows with what it has served: JavaScript's heap
// after a forced collection, before and after so many datagrams. The server has been
// under load before, as what an engine compiles and keeps on the way is no leak. Wrong
// answers fail it, as everywhere; a process of the server's own tells the heap on
// SIGUSR2.
import { BenchError, messageOf } from './errors.mjs';
import { runLoad } from './measure.mjs';
import { startPeer } from './peers.mjs';
import { scenarios } from './scenarios.mjs';

const answerTimeoutMs = 20_000;
const maxMs = 600_000; // what the load client takes; the datagrams end it long before

/**
 * @typedef {object} HeapRound
 * @property {string} peer
 * @property {number} datagrams
 * @property {number} perSecond
 * @property {number} lost  had to be sent again
 * @property {number} beforeBytes
 * @property {number} afterBytes
 * @property {number} growthBytes  0 when it is smaller
 */

/**
 * Each contender by itself, once.
 * @param {string} scenarioName
 * @param {Map<string, string[]>} commands by contender
 * @param {import('./measure.mjs').Settings} settings
 * @param {(text: string) => void} progress
 * @returns {Promise<{ rounds: HeapRound[], failed: Record<string, string> }>}
 * @throws {BenchError} when the first of them fails
 */
export async function measureHeap(scenarioName, commands, settings, progress) {
  const { base, load } = scenarios[scenarioName];
  /** @type {HeapRound[]} */
  const rounds = [];
  /** @type {Record<string, string>} */
  const failed = {};
  for (const [name, command] of commands) {
    try {
      rounds.push({ peer: name, ...(await measureOne(command, load, settings)) });
    } catch (error) {
      if (name === base) throw new BenchError(`${name}: ${messageOf(error)}`);
      failed[name] = messageOf(error);
    }
    const figure = failed[name] ?? `${rounds.at(-1)?.growthBytes} B`;
    progress(`${scenarioName}  ${name}: ${figure}`);
  }
  return { rounds, failed };
}

/**
 * @param {string[]} command
 * @param {Record<string, string | number>} load
 * @param {import('./measure.mjs').Settings} settings
 */
async function measureOne(command, load, settings) {
  const server = { name: '', ...(await startPeer(command, settings.serverCpu)) };
  try {
    await runLoad(server, load, 0, settings.peerWarmupMs, settings);
    await heapBytes(server.child); // the first time compiles what tells it
    const beforeBytes = await heapBytes(server.child);
    const counted = { ...load, messages: settings.heapDatagrams };
    const result = await runLoad(server, counted, 0, maxMs, settings);
    const afterBytes = await heapBytes(server.child);
    return {
      datagrams: result.messages,
      perSecond: result.messagesPerSecond,
      lost: result.lost,
      beforeBytes,
      afterBytes,
      growthBytes: Math.max(0, afterBytes - beforeBytes),
    };
  } finally {
    await server.child.stop();
  }
}

/** @param {import('./processes.mjs').Child} child */
async function heapBytes(child) {
  return Number(await child.askBySignal('SIGUSR2', answerTimeoutMs));
}
