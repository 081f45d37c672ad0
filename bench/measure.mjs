// Measures servers under load. All of them are alive at once and take turns in
// short rounds, each in another order than the one before; what the machine
// does beside the benchmark then hits all of them alike. The main figure is the
// CPU time that the kernel charged to the server for a message: it depends far
// less on the client and on other work than a rate does. README.md has more.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { programPath } from './build.mjs';
import { BenchError, messageOf } from './errors.mjs';
import { Latencies } from './latency.mjs';
import { startPeer } from './peers.mjs';
import { Child, rotated } from './processes.mjs';
import { scenarios } from './scenarios.mjs';

const loadTimeoutMarginMs = 30_000;
const maxAttempts = 3;

/**
 * @typedef {object} Settings
 * @property {number} rounds
 * @property {number} roundMs length of the measured window
 * @property {number} roundWarmupMs load before each window
 * @property {number} peerWarmupMs load before the first round, for the JITs
 * @property {number} idleConnections
 * @property {number} idleRounds
 * @property {number} workRounds
 * @property {number} workMs length of a piece of work that goes on and on
 * @property {number} workCount size of one that has an end
 * @property {number} startRounds
 * @property {number} heapDatagrams
 * @property {number} [serverCpu] undefined: not pinned
 * @property {number} [loadCpu]
 */

/**
 * One peer in one round. The fields of the load client's own line are in it too.
 * @typedef {object} Round
 * @property {number} round
 * @property {string} peer
 * @property {number} messages
 * @property {number} perSecond messages
 * @property {number} p50Us
 * @property {number} p99Us
 * @property {number} cpuNs of the server for a message
 * @property {number} serverBusy share of a core, 1 is all of it
 * @property {number} clientBusy
 */

/**
 * @typedef {object} Running
 * @property {string} name
 * @property {Child} child
 * @property {import('./peers.mjs').Place} place
 */

/**
 * @param {string} scenarioName
 * @param {Map<string, string[]>} commands by peer; the base of the ratios is one of them
 * @param {Settings} settings
 * @param {(text: string) => void} progress
 * @returns {Promise<{
 *   rounds: Round[],
 *   failed: Record<string, string>,
 *   latencies: Record<string, import('./latency.mjs').Percentiles>,
 * }>}
 * @throws {BenchError} when the base fails
 */
export async function measureLoad(scenarioName, commands, settings, progress) {
  const { load, base, isUnix, behind, unitsPerMessage = 1 } = scenarios[scenarioName];
  /** @type {Record<string, string>} */
  const failed = {};
  /** @type {Running[]} */
  let running = [];
  /** @type {Round[]} */
  const rounds = [];
  const latencies = new Latencies();
  const folder = mkdtempSync(join(tmpdir(), 'rawloop-bench-'));
  const samples = join(folder, 'round-trips');

  /** Does `step`, and drops the peer if it fails. */
  const attempt = async (name, child, step) => {
    try {
      await step();
    } catch (error) {
      const why = messageOf(error);
      await child?.stop();
      if (name === base) throw new BenchError(`${name}: ${why}`);
      failed[name] = why;
      running = running.filter((peer) => peer.name !== name);
      progress(`${scenarioName}  ${name} failed: ${why}`);
    }
  };

  const back = behind && (await startBehind(behind, settings));
  try {
    for (const [name, command] of commands) {
      await attempt(name, undefined, async () => {
        const path = isUnix ? join(folder, `${name}.sock`) : undefined;
        const whole = back === undefined ? command : [...command, '--to', back.to];
        const peer = await startPeer(whole, settings.serverCpu, path);
        running.push({ name, ...peer });
      });
    }
    for (const peer of [...running]) {
      progress(`${scenarioName}  warming up ${peer.name}`);
      await attempt(peer.name, peer.child, () =>
        runLoad(peer, load, 0, settings.peerWarmupMs, settings),
      );
    }
    for (let round = 0; round < settings.rounds; round++) {
      const figures = [];
      for (const peer of rotated(running, round)) {
        await attempt(peer.name, peer.child, async () => {
          const { roundWarmupMs: warmupMs, roundMs } = settings;
          const raw = await runLoad(peer, { ...load, samples }, warmupMs, roundMs, settings);
          const figure = toRound(round, peer.name, raw, unitsPerMessage);
          rounds.push(figure);
          latencies.add(peer.name, samples);
          figures.push(`${peer.name} ${micros(figure.cpuNs)}`);
        });
      }
      const count = `${round + 1}/${settings.rounds}`;
      progress(`${scenarioName}  round ${count}, CPU µs: ${figures.join(', ')}`);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
    await Promise.all(running.map((peer) => peer.child.stop()));
    await back?.child.stop();
  }
  return { rounds, failed, latencies: latencies.percentiles() };
}

/**
 * Starts what stands behind proxies, on the client's core.
 * @param {string[]} behind
 * @param {Settings} settings
 * @returns {Promise<{ child: Child, to: string }>}
 */
async function startBehind([target, ...args], { loadCpu }) {
  const { child, place } = await startPeer([programPath(target), ...args], loadCpu);
  return { child, to: `${place.host}:${place.port}` };
}

/**
 * Runs the load client against a peer; again when the whole window went to other
 * work on the machine, as long as that is not the rule.
 * @param {Running} peer
 * @param {Record<string, string | number>} load
 * @param {number} warmupMs
 * @param {number} durationMs
 * @param {Settings} settings
 * @returns {Promise<Record<string, any>>} the client's JSON line
 * @throws {Error} when an answer was wrong or did not come
 */
export async function runLoad(peer, load, warmupMs, durationMs, settings) {
  for (let attempt = 0; attempt < maxAttempts; attempt++) {
    const result = await runLoadOnce(peer, load, warmupMs, durationMs, settings);
    if (result.messages > 0) return result;
  }
  throw new Error('nothing was answered in time');
}

/**
 * @param {Running} peer
 * @param {Record<string, string | number>} load
 * @param {number} warmupMs
 * @param {number} durationMs
 * @param {Settings} settings
 */
async function runLoadOnce(peer, load, warmupMs, durationMs, settings) {
  const command = [programPath('load')];
  const options = {
    ...load,
    ...peer.place,
    'server-pid': peer.child.pid,
    'warmup-ms': warmupMs,
    'duration-ms': durationMs,
  };
  for (const [name, value] of Object.entries(options)) {
    command.push(`--${name}`, String(value));
  }
  const client = new Child(command, settings.loadCpu);
  const timer = setTimeout(() => client.stop(), warmupMs + durationMs + loadTimeoutMarginMs);
  await client.ended;
  clearTimeout(timer);
  if (peer.child.hasEnded) throw new Error(`it ended: ${peer.child.lastWords}`);
  if (client.stdout === '') throw new Error(`load client: ${client.lastWords}`);
  const result = JSON.parse(client.stdout);
  if (result.errors > 0) throw new Error(result.firstError);
  return result;
}

/**
 * @param {number} round
 * @param {string} peer
 * @param {Record<string, any>} raw
 * @param {number} units in a message
 * @returns {Round}
 */
function toRound(round, peer, { messagesPerSecond, ...raw }, units) {
  const windowNs = raw.seconds * 1e9;
  return /** @type {Round} */ ({
    round,
    peer,
    ...raw,
    perSecond: messagesPerSecond * units,
    cpuNs: raw.serverCpuNs / raw.messages / units,
    serverBusy: raw.serverCpuNs / windowNs,
    clientBusy: raw.clientCpuNs / windowNs,
  });
}

/** @param {number} ns */
function micros(ns) {
  return (ns / 1000).toFixed(2);
}
