#!/usr/bin/env node
// A flood of bad messages: the handler throws for each, and uncaughtException has a
// listener. How late do the host's own timers come meanwhile? `node bench/flood.mjs
// [--seconds N] [--connections N] [--json]`: on rawloop's loop inside Node's, and on
// node:net. Each model has a process of its own, the load another. Status 1 when a timer
// of the host comes more than 100 ms late beside rawloop.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import net from 'node:net';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';

const MODELS = ['guest', 'net'];
const MAX_LATE_MS = 100;
const PERIOD_MS = 5;
const MESSAGE = Buffer.alloc(64, 'x');

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '5' },
    connections: { type: 'string', default: '800' },
    json: { type: 'boolean', default: false },
    // Of the processes that this one starts.
    role: { type: 'string', default: '' },
    port: { type: 'string', default: '0' },
  },
});
const numberOf = (name) => {
  const value = Number(values[name]);
  if (value > 0 && value <= 1e4) return value;
  console.error(`flood: --${name} must be a number above 0`);
  process.exit(2);
};
const seconds = numberOf('seconds');
const connections = Math.ceil(numberOf('connections'));

/** A server whose handler throws; says its port, then what its host's timers saw. */
async function serve(model) {
  let thrown = 0;
  process.on('uncaughtException', () => {
    thrown++;
  });
  const bad = () => {
    throw new Error('bad message');
  };
  let port;
  if (model === 'guest') {
    const { defaultLoop } = createRequire(import.meta.url)('../dist/index.cjs');
    port = defaultLoop().listen({ port: 0, host: '127.0.0.1' }, { data: bad }).address.port;
  } else {
    const server = net.createServer((socket) => socket.on('data', bad).on('error', () => {}));
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    port = server.address().port;
  }
  console.log(port);
  const startMs = performance.now();
  let lastMs = startMs;
  let lateMs = 0;
  let ticks = 0;
  setInterval(() => {
    const nowMs = performance.now();
    // Not before the load is there.
    if (nowMs - startMs > 1000) lateMs = Math.max(lateMs, nowMs - lastMs - PERIOD_MS);
    lastMs = nowMs;
    ticks++;
    if (nowMs - startMs < seconds * 1000) return;
    console.log(JSON.stringify({ model, thrown, ticks, lateMs: Math.round(lateMs * 10) / 10 }));
    process.exit();
  }, PERIOD_MS);
}

/** Sends on each connection as fast as it is taken, until the server is gone. */
function load() {
  const done = () => process.exit();
  for (let i = 0; i < connections; i++) {
    const socket = net.connect(Number(values.port), '127.0.0.1', function send() {
      socket.write(MESSAGE, () => setImmediate(send));
    });
    socket.on('error', done).on('close', done);
  }
  setTimeout(done, seconds * 1000 + 5000);
}

async function measure(model) {
  const start = (role, port) => {
    const args = [process.argv[1], `--role=${role}`, `--port=${port}`];
    args.push(`--seconds=${seconds}`, `--connections=${connections}`);
    return spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  };
  const server = start(model, 0);
  const lines = createInterface({ input: server.stdout })[Symbol.asyncIterator]();
  const port = (await lines.next()).value;
  const client = start('load', port);
  const result = JSON.parse((await lines.next()).value);
  client.kill();
  await once(client, 'exit');
  return result;
}

if (values.role === 'load') load();
else if (values.role !== '') await serve(values.role);
else {
  const results = [];
  for (const model of MODELS) results.push(await measure(model));
  if (values.json) console.log(JSON.stringify(results, null, 2));
  else {
    console.log(`${connections} connections, every message throws, ${seconds} s`);
    for (const { model, thrown, ticks, lateMs } of results) {
      console.log(
        `${model.padEnd(6)} ${thrown} thrown, host's ${PERIOD_MS} ms timer: ${ticks} calls, at most ${lateMs} ms late`,
      );
    }
  }
  process.exit(results[0].lateMs > MAX_LATE_MS ? 1 : 0);
}
