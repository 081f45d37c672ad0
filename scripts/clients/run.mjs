// Runs a client's checks in processes of their own, one for each transport and each kind of
// sockets: what hangs is killed, and what is left open shows.
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { CLIENTS } from './clients.mjs';

const WORKER = fileURLToPath(new URL('worker.mjs', import.meta.url));
const RUN_LIMIT_MS = 120_000;
/** For its end once all is done. */
const END_LIMIT_MS = 10_000;
/** The last check of each run. */
const ENDS = 'ends by itself, with no socket left';

/** @returns {Promise<Map<string, Map<string, object>>>} results by 'tcp rawloop', by check */
export async function runClient(client, given) {
  const runs = new Map();
  for (const transport of CLIENTS[client].transports) {
    for (const side of ['rawloop', 'host']) {
      runs.set(`${transport} ${side}`, await runWorker(client, transport, side, given));
    }
  }
  return runs;
}

function runWorker(client, transport, side, { server, folder, scratch, cert, only }) {
  const where = server?.where[transport];
  const told = JSON.stringify({ client, transport, side, folder, where, ca: cert, only });
  const stdio = ['ignore', 'pipe', 'pipe', 'ipc'];
  const child = fork(WORKER, [told], { stdio, env: { ...process.env, TMPDIR: scratch } });
  const results = new Map();
  let output = '';
  let isDone = false;
  let held = [];
  const take = (chunk) => {
    output = `${output}${chunk}`.slice(-20_000);
  };
  child.stdout.on('data', take);
  child.stderr.on('data', take);
  const kill = () => child.kill('SIGKILL');
  let limit = setTimeout(kill, RUN_LIMIT_MS);
  process.once('exit', kill);
  child.on('message', async (message) => {
    if (message.ask !== undefined) {
      await server[message.ask]().catch((error) => take(error.stack));
      child.send('done');
    } else if (message.held !== undefined) {
      isDone = true;
      held = message.held;
      clearTimeout(limit);
      limit = setTimeout(kill, END_LIMIT_MS);
    } else {
      const { name, ...result } = message;
      results.set(name, result);
    }
  });
  return new Promise((resolve) => {
    child.on('close', (code, signal) => {
      clearTimeout(limit);
      process.off('exit', kill);
      const ended = code === 0 && isDone;
      const why = `${signal ?? `code ${code}`}; handles: ${held.join(', ') || 'none'}\n${output}`;
      results.set(ENDS, ended ? {} : { why });
      resolve(results);
    });
  });
}
