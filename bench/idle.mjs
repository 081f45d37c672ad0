// Measures what an idle connection costs a server in memory: connections that
// have echoed one message and stay open. It is the growth between a few and
// many of them, so that the runtime itself does not count; the server has been
// under load before, or its own program text, paged in meanwhile, would count as
// well. Resident pages count; the kernel's share (sockets, a thread's kernel stack)
// does not. Pss and the anonymous pages stand beside Rss; Pss shifts when other
// processes map the same libraries. See proc_pid_smaps_rollup(5).
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

import { programPath } from './build.mjs';
import { BenchError, messageOf } from './errors.mjs';
import { runLoad } from './measure.mjs';
import { startPeer } from './peers.mjs';
import { Child } from './processes.mjs';
import { scenarios, yardstick } from './scenarios.mjs';

const baseConnections = 200;
const settleMs = 1000; // for a garbage collector to do what it does when idle; none is forced
const openTimeoutMs = 60_000;

/**
 * @typedef {object} IdleRound
 * @property {number} round
 * @property {string} peer
 * @property {number} connections
 * @property {Memory} base with 200 connections
 * @property {Memory} full with all of them
 * @property {number} pssBytesPerConnection
 * @property {number} rssBytesPerConnection
 * @property {number} anonBytesPerConnection
 *
 * @typedef {{ pssBytes: number, rssBytes: number, anonBytes: number }} Memory
 */

/**
 * Each round starts every peer afresh, one at a time.
 * @param {string} scenarioName
 * @param {Map<string, string[]>} commands by peer
 * @param {import('./measure.mjs').Settings} settings
 * @param {(text: string) => void} progress
 * @returns {Promise<{ rounds: IdleRound[], failed: Record<string, string> }>}
 * @throws {BenchError} when the yardstick fails
 */
export async function measureIdle(scenarioName, commands, settings, progress) {
  /** @type {IdleRound[]} */
  const rounds = [];
  /** @type {Record<string, string>} */
  const failed = {};
  const { load } = scenarios[scenarioName];
  for (let round = 0; round < settings.idleRounds; round++) {
    for (const [name, command] of commands) {
      if (failed[name] !== undefined) continue;
      try {
        const memory = await measureOne(command, load, settings);
        rounds.push({ round, peer: name, ...memory });
      } catch (error) {
        if (name === yardstick) throw new BenchError(`${name}: ${messageOf(error)}`);
        failed[name] = messageOf(error);
      }
      const bytes = rounds.at(-1)?.rssBytesPerConnection ?? 0;
      const figure = failed[name] ?? `${Math.round(bytes)} B`;
      const count = `${round + 1}/${settings.idleRounds}`;
      progress(`${scenarioName}  round ${count}, ${name}: ${figure}`);
    }
  }
  return { rounds, failed };
}

/**
 * @param {string[]} command
 * @param {Record<string, string | number>} load
 * @param {import('./measure.mjs').Settings} settings
 */
async function measureOne(command, load, settings) {
  const peer = await startPeer(command, settings.serverCpu);
  /** @type {Child[]} */
  const clients = [];
  const openMore = async (count) => {
    const client = new Child(clientCommand(peer, load, count), settings.loadCpu);
    clients.push(client);
    await client.waitFor(/"open":\d+\}\n/, openTimeoutMs).catch((error) => {
      const { firstError } = JSON.parse(client.stdout || '{}');
      throw new Error(firstError ?? error.message);
    });
    await sleep(settleMs);
    return readMemory(peer.child.pid);
  };
  try {
    const echo = { mode: 'echo', size: 64, connections: baseConnections, depth: 1 };
    await runLoad({ name: '', ...peer }, echo, 0, settings.peerWarmupMs, settings);
    const base = await openMore(baseConnections);
    const added = settings.idleConnections - baseConnections;
    const full = await openMore(added);
    for (const client of clients) await release(client);
    return {
      connections: settings.idleConnections,
      base,
      full,
      pssBytesPerConnection: (full.pssBytes - base.pssBytes) / added,
      rssBytesPerConnection: (full.rssBytes - base.rssBytes) / added,
      anonBytesPerConnection: (full.anonBytes - base.anonBytes) / added,
    };
  } finally {
    await Promise.all([peer.child, ...clients].map((child) => child.stop()));
  }
}

/**
 * Lets a client go, which then says whether its connections had been kept.
 * @param {Child} client
 */
async function release(client) {
  client.endInput();
  await client.ended;
  const { errors, firstError } = JSON.parse(client.stdout.trim().split('\n').at(-1) ?? '{}');
  if (errors !== 0) throw new Error(firstError ?? client.lastWords);
}

/**
 * @param {{ place: import('./peers.mjs').Place }} peer
 * @param {Record<string, string | number>} load
 * @param {number} connections
 * @returns {string[]}
 */
function clientCommand(peer, load, connections) {
  const options = { ...load, ...peer.place, connections };
  return [
    programPath('load'),
    ...Object.entries(options).flatMap(([key, value]) => [`--${key}`, `${value}`]),
  ];
}

/**
 * @param {number | undefined} pid
 * @returns {Memory}
 */
function readMemory(pid) {
  const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  const field = (name) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)?.[1]) * 1024;
  return { pssBytes: field('Pss'), rssBytes: field('Rss'), anonBytes: field('Anonymous') };
}
