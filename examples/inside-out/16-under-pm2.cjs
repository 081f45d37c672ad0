// The server of lesson 15 under pm2, which starts a process for each processor, and replaces them
// one after the other while they serve: a new one first, and the old one ends when it has answered.
// pm2 and all it keeps live in a folder of this run, and end with it. Where pm2 is, says --pm2.
const { spawn } = require('node:child_process');
const { once } = require('node:events');
const { mkdtempSync, rmSync } = require('node:fs');
const { createServer } = require('node:net');
const { tmpdir } = require('node:os');
const { join } = require('node:path');
const { parseArgs } = require('node:util');
const { toText } = require('rawloop/inspect');
const { iterationsFor, load, recordingsOf } = require('./support/load.cjs');

const options = {
  pm2: { type: 'string' },
  'hash-ms': { type: 'string', default: '20' },
  processes: { type: 'string', default: '0' },
};
const { values } = parseArgs({ options });
const server = join(__dirname, 'support/hashing-server.cjs');

/** Its program: what --pm2 says, else what the project has that this is run in. */
function findPm2() {
  if (values.pm2 !== undefined) return values.pm2;
  try {
    return require.resolve('pm2/bin/pm2', { paths: [process.cwd()] });
  } catch {
    console.log('not available here: pm2: npm install pm2 in some folder, and run this there');
    process.exit(77);
  }
}
const program = findPm2();
const home = mkdtempSync(join(tmpdir(), 'rawloop-pm2-'));

/** A port that nobody has: all processes are told the same one. */
async function freePort() {
  const holder = createServer().listen(0, '127.0.0.1');
  await once(holder, 'listening');
  const { port } = holder.address();
  await once(holder.close(), 'close');
  return port;
}

/** Nothing of pm2's leaves the machine: it would ask for newer versions. */
const env = {
  ...process.env,
  PM2_HOME: home,
  PM2_DISCRETE_MODE: '1',
  PM2_DISABLE_VERSION_CHECK: '1',
  HASH_ITERATIONS: String(iterationsFor(Number(values['hash-ms']))),
  RECORDINGS: home,
};

let command;
let ending;

/** Runs a command of pm2 and gives what it printed; none but `kill` once the end has begun. */
async function pm2(...args) {
  if (ending !== undefined && args[0] !== 'kill') await new Promise(() => {});
  command = spawn(process.execPath, [program, ...args], { env });
  let text = '';
  for (const stream of [command.stdout, command.stderr]) {
    stream.setEncoding('utf8').on('data', (part) => (text += part));
  }
  const [code] = await once(command, 'close');
  if (code !== 0) throw new Error(`pm2 ${args[0]} ended with ${code}: ${text}`);
  return text;
}

/** What `pm2 list` shows as a table, as data: the processes that there are, and their state. */
async function list(title) {
  const text = await pm2('jlist');
  const processes = JSON.parse(text.slice(text.lastIndexOf('\n[') + 1));
  const told = processes.map(({ pid, pm2_env }) => `${pid} ${pm2_env.status}`);
  console.log(`${title} ${processes.length} processes: ${told.join(', ') || '-'}`);
  return processes.map(({ pid }) => pid);
}

async function lesson() {
  env.PORT = String(await freePort());
  const patient = ['--wait-ready', '--kill-timeout', '10000'];
  await pm2('start', server, '--name', 'hashing', '-i', values.processes, ...patient);
  const old = await list('after start  ');
  let reloads = true;
  const [{ times, pids, failed }] = await Promise.all([
    load(env.PORT, '/hash', { atOnce: 6, goesOn: () => reloads }),
    pm2('reload', 'hashing').finally(() => (reloads = false)),
  ]);
  const fresh = await list('after reload ');
  await pm2('delete', 'hashing');
  await list('after delete ');

  const named = (pids, name) => pids.map((pid, i) => [pid, `${name} ${i + 1}`]);
  const lanes = new Map([...named(old, 'old'), ...named(fresh, 'new')]);
  console.log(`\n${toText(recordingsOf(home, lanes))}\n`);
  const byOld = pids.filter((pid) => old.includes(pid)).length;
  const replaced = old.filter((pid) => !fresh.includes(pid)).length;
  console.log(
    `So pm2 replaced ${replaced} of ${old.length} processes while they served: of ${times.length + failed} requests ` +
      `${failed} failed,\n${byOld} were answered by old processes and ${pids.length - byOld} by new ones.`,
  );
}

/** Its daemon ends, and with it all that it had started. */
async function end() {
  command.kill(); // What is under way would start the daemon again.
  await pm2('kill');
  rmSync(home, { recursive: true, force: true });
}

const endOnce = () => (ending ??= end());
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => endOnce().finally(() => process.exit(1)));
}
lesson().finally(endOnce);
