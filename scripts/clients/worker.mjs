// One client over one transport on one kind of sockets: its checks, one after another, each told
// to the parent as it ends. Then nothing may keep this process, and no socket be left open.
// node scripts/clients/worker.mjs '{"client","transport","side","folder","where","ca"}'
import { readdirSync, readlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { CLIENTS } from './clients.mjs';
import { makeSockets } from './sockets.mjs';

const CHECK_LIMIT_MS = 30_000;

const { client, transport, side, folder, where, ca, only = '' } = JSON.parse(process.argv[2]);
const require = createRequire(join(folder, 'package.json'));

/** The parent kills servers and starts them again. */
function ask(what) {
  process.send({ ask: what });
  return new Promise((resolve) => process.once('message', resolve));
}

function isSocket(fd) {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`).startsWith('socket:');
  } catch {
    return false;
  }
}

/** What nobody has caught fails the check that runs, and is not waited for. */
let failCheck;
let hangs = false;
let stray;
const noteStray = (error) => {
  stray ??= error?.stack ?? `${error}`;
  failCheck?.(new Error(`not caught: ${stray}`));
};
process.on('uncaughtException', noteStray);
process.on('unhandledRejection', noteStray);
process.on('exit', () => {
  // What is given from outside, the three standard ones, may be sockets as well.
  const left = readdirSync('/proc/self/fd').filter((fd) => fd > 2 && isSocket(fd)).length;
  if (stray !== undefined) console.log(stray);
  if (left > 0) console.log(`${left} sockets are open at exit`);
  if (left > 0 || stray !== undefined) process.exitCode = 1;
});

async function runCheck(run, context) {
  const before = process.cpuUsage();
  const failed = new Promise((_, reject) => {
    failCheck = reject;
  });
  const late = () => {
    hangs = true;
    failCheck(new Error(`it does not end within ${CHECK_LIMIT_MS / 1000} s`));
  };
  const limit = setTimeout(late, CHECK_LIMIT_MS);
  let why;
  try {
    await Promise.race([run(context), failed]);
  } catch (error) {
    why = error?.stack ?? `${error}`;
  }
  clearTimeout(limit);
  failCheck = undefined;
  const { user, system } = process.cpuUsage(before);
  return { why, cpuUs: user + system };
}

function tell(message) {
  return new Promise((resolve) => process.send(message, resolve));
}

async function runAll() {
  const sockets = makeSockets({ side, transport, where, ca, require });
  const context = {
    ...{ side, transport, where, require, sockets },
    kill: () => ask('kill'),
    start: () => ask('start'),
  };
  const { checks } = await CLIENTS[client].load();
  for (const { name, on, not, run } of checks) {
    if (!name.includes(only) || (on !== undefined && !on.includes(transport))) continue;
    const reason = not?.[side];
    if (reason !== undefined) await tell({ name, reason });
    else if (hangs) await tell({ name, why: 'not done: one before it does not end' });
    else await tell({ name, ...(await runCheck(run, context)) });
    stray = undefined;
  }
  await tell({ held: sockets.held() });
}

await runAll().finally(() => process.disconnect());
