// Measures whether a server's heap grows with what it has served: JavaScript's heap
// after a forced collection, before and after so many datagrams. The server has been
// under load before, as what an engine compiles and keeps on the way is no leak. Both
// sides count: what one has sent and the other not read must have been lost on the way.
// The server tells its heap and its counts on SIGUSR2.
import { BenchError, messageOf } from './errors.mjs';
import { runLoad } from './measure.mjs';
import { startPeer } from './peers.mjs';
import { scenarios } from './scenarios.mjs';

const answerTimeoutMs = 20_000;
const warmupDatagrams = 100_000;
const maxMs = 600_000; // what the load client takes; the datagrams end it long before

/**
 * @typedef {object} HeapRound
 * @property {string} peer
 * @property {number} datagrams  answered
 * @property {number} perSecond
 * @property {Counts} counts
 * @property {number} lost  had to be sent again
 * @property {number} beforeBytes
 * @property {number} afterBytes
 * @property {number} growthBytes  0 when it is smaller
 *
 * @typedef {object} Counts  of all datagrams, in the order of their way
 * @property {number} sent  by the client
 * @property {number} read  by the server
 * @property {number} written  by the server
 * @property {number} received  by the client
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
 * @returns {Promise<Omit<HeapRound, 'peer'>>}
 */
async function measureOne(command, load, settings) {
  const server = { name: '', ...(await startPeer(command, settings.serverCpu)) };
  const look = async () => JSON.parse(await server.child.askBySignal('SIGUSR2', answerTimeoutMs));
  try {
    const warmup = { ...load, messages: Math.min(warmupDatagrams, settings.heapDatagrams) };
    await runLoad(server, warmup, 0, maxMs, settings);
    await look(); // the first look compiles what tells
    const before = await look();
    const counted = { ...load, messages: settings.heapDatagrams };
    const { sent, received, ...client } = await runLoad(server, counted, 0, maxMs, settings);
    const after = await look();
    const counts = {
      sent,
      read: after.datagramsRead - before.datagramsRead,
      written: after.datagramsWritten - before.datagramsWritten,
      received,
    };
    checkCounts(counts, client.lost);
    return {
      datagrams: client.messages,
      perSecond: client.messagesPerSecond,
      counts,
      lost: client.lost,
      beforeBytes: before.heapUsed,
      afterBytes: after.heapUsed,
      growthBytes: Math.max(0, after.heapUsed - before.heapUsed),
    };
  } finally {
    await server.child.stop();
  }
}

/**
 * A datagram gets lost on the way, if at all, and never comes twice.
 * @param {Counts} counts
 * @param {number} lost
 */
function checkCounts(counts, lost) {
  const { sent, read, written, received } = counts;
  const isInOrder = sent >= read && read >= written && written >= received;
  if (isInOrder && sent - received <= lost) return;
  throw new Error(`${lost} were lost, which does not make up for ${JSON.stringify(counts)}`);
}
