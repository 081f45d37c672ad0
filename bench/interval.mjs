#!/usr/bin/env node
// An interval under load: is a call ever early, how late does it come, does it drift?
// `node bench/interval.mjs [--seconds N] [--period MS] [--connections N] [--json]`. An echo
// server and the interval share a thread: on rawloop's loop that owns it, on rawloop's
// loop inside Node's, and on node:net with Node's setInterval. Each model has a process
// of its own, the load another. Status 1 when rawloop's is early or drifts by over 1 ms.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import net from 'node:net';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';

const { EventLoop } = createRequire(import.meta.url)('../dist/index.cjs');

const MODELS = ['owned', 'guest', 'node'];
const MESSAGE = Buffer.alloc(64, 'x');
/** Ticks at each end whose median lateness is compared. */
const ENDS = 100;
const MAX_DRIFT_MS = 1;
/** The timer starts that much later than our clock was read, at most. */
const SLACK_MS = 0.1;

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '10' },
    period: { type: 'string', default: '10' },
    connections: { type: 'string', default: '20' },
    json: { type: 'boolean', default: false },
    // Of the processes that this one starts.
    role: { type: 'string', default: '' },
    port: { type: 'string', default: '0' },
  },
});
const numberOf = (name) => {
  const value = Number(values[name]);
  if (value > 0 && value <= 1e6) return value;
  console.error(`interval: --${name} must be a number above 0`);
  process.exit(2);
};
const settings = {
  seconds: numberOf('seconds'),
  periodMs: numberOf('period'),
  connections: Math.ceil(numberOf('connections')),
};

/**
 * Calls back every period until the time is over, then tells what it saw.
 *
 * @param loop whose timers keep to the grid of their start; undefined: Node's, which count
 *   each period from the call before
 */
function measure(setInterval, clearInterval, loop) {
  const { seconds, periodMs } = settings;
  const lateMs = [];
  const seen = { ticks: 0, skipped: 0, early: 0, earlyMostMs: 0 };
  let place = 0;
  // Before the call: what is early by this clock is early by any.
  const startMs = performance.now();
  let lastMs = startMs;
  const timer = setInterval(() => {
    const nowMs = performance.now();
    // Which call of the grid it is: by the loop's time, as the clock may have gone on.
    const reached = loop && Math.floor((loop.now() - startMs - SLACK_MS) / periodMs);
    const skipped = Math.max(0, (reached ?? 0) - place - 1);
    place += 1 + skipped;
    const earlyMs = (loop ? startMs + place * periodMs : lastMs + periodMs) - nowMs;
    lastMs = nowMs;
    seen.ticks++;
    seen.skipped += skipped;
    if (earlyMs > 0) seen.early++;
    seen.earlyMostMs = Math.max(seen.earlyMostMs, earlyMs);
    lateMs.push(nowMs - startMs - place * periodMs);
    if (nowMs - startMs < seconds * 1000) return;
    clearInterval(timer);
    const driftMs = median(lateMs.slice(-ENDS)) - median(lateMs.slice(0, ENDS));
    const late = { maxMs: Math.max(...lateMs), medianMs: median(lateMs), driftMs };
    process.stdout.write(`${JSON.stringify({ ...seen, ...late })}\n`);
    process.exit(0);
  }, periodMs);
}

const median = (list) => list.toSorted((a, b) => a - b)[list.length >> 1];
const announce = (port) => process.stdout.write(`${port}\n`);

function serveNode() {
  const server = net.createServer({ noDelay: true }, (socket) => {
    socket.on('data', (chunk) => socket.write(chunk)).on('error', () => {});
  });
  server.listen(0, '127.0.0.1', () => {
    announce(server.address().port);
    measure(setInterval, clearInterval);
  });
}

function serve(drive) {
  const loop = new EventLoop();
  const handlers = { data: (socket, chunk) => void socket.write(chunk) };
  announce(loop.listen({ host: '127.0.0.1', port: 0 }, handlers).address.port);
  const clear = (timer) => loop.clearInterval(timer);
  measure(loop.setInterval.bind(loop), clear, loop);
  // Not at the top of a module, where microtasks could not run between callbacks.
  setImmediate(() => drive(loop));
}

/** Keeps a message on the way on each connection until it is killed. */
function load() {
  const loop = new EventLoop();
  const send = (socket) => void socket.write(MESSAGE);
  const target = { host: '127.0.0.1', port: Number(values.port) };
  for (let i = 0; i < settings.connections; i++) {
    loop.connect(target, { open: send, data: send, close: () => process.exit(0) });
  }
  setImmediate(() => loop.run());
}

async function measureModel(model) {
  const start = (...args) => {
    const all = [process.argv[1], ...process.argv.slice(2), ...args];
    return spawn(process.execPath, all, { stdio: ['ignore', 'pipe', 'inherit'] });
  };
  const server = start('--role', model);
  const lines = createInterface({ input: server.stdout })[Symbol.asyncIterator]();
  const port = (await lines.next()).value;
  const client = start('--role', 'load', '--port', port);
  const told = (await lines.next()).value;
  client.kill('SIGKILL');
  await once(client, 'close');
  if (told === undefined) throw new Error(`the ${model} server ended too early`);
  return JSON.parse(told);
}

async function main() {
  const { seconds, periodMs, connections } = settings;
  const results = {};
  for (const model of MODELS) results[model] = await measureModel(model);
  if (values.json) console.log(JSON.stringify({ ...settings, results }, null, 2));
  else {
    console.log(
      `every ${periodMs} ms for ${seconds} s, beside an echo to ${connections} connections`,
    );
    for (const [model, one] of Object.entries(results)) {
      const early = one.early === 0 ? 'never early' : `${one.early} early (${ms(one.earlyMostMs)})`;
      const late = `late by ${ms(one.medianMs)} (median), ${ms(one.maxMs)} at most`;
      const counts = `${one.ticks} calls, ${one.skipped} skipped`;
      console.log(`${model.padEnd(6)} ${counts}; ${early}; ${late}; drift ${ms(one.driftMs)}`);
    }
  }
  const bad = ({ early, driftMs }) => early > 0 || driftMs > MAX_DRIFT_MS;
  if (bad(results.owned) || bad(results.guest)) process.exitCode = 1;
}

const ms = (value) => `${value.toFixed(2)} ms`;

if (values.role === 'load') load();
else if (values.role === 'node') serveNode();
else if (values.role === 'owned') serve((loop) => loop.run());
else if (values.role === 'guest') serve((loop) => loop.attach());
else await main();
