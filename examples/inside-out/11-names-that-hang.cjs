// getaddrinfo(3) blocks its thread until a name server answers, for seconds where none does. If
// look-ups may have every thread, files wait for them; a lane of half the threads leaves some;
// loop.dns.resolve asks by UDP itself and needs no thread. No name leaves this machine: the
// look-ups are made in a network of their own, whose name server hears and says nothing.
const { spawn, spawnSync } = require('node:child_process');
const { mkdtempSync, rmSync, writeFileSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');
const { parseArgs } = require('node:util');
const { EventLoop, ThreadPool } = require('rawloop');
const { FlightRecorder, toText } = require('rawloop/inspect');

const NAMES = 4;
/** The recorder reads two clocks, and may be interrupted between them. */
const CLOCK_MS = 1;
const options = {
  inside: { type: 'boolean' }, // in that network
  'stand-in': { type: 'boolean' }, // without one: a hash takes the thread instead
  iterations: { type: 'string', default: '500000' },
};
const { values } = parseArgs({ options });

/** What blocks a thread. */
function slowWork(loop) {
  const iterations = Number(values.iterations);
  const hash = (_, i) => loop.crypto.pbkdf2('secret', `salt ${i}`, iterations, 64, 'sha512');
  const lookup = (_, i) => loop.dns.lookup(`name-${i}.test`, { family: 4 });
  return values.inside ? lookup : hash;
}

/** When a thread was done with it. */
const doneMs = ({ beginMs, queuedMs, runMs }) => beginMs + queuedMs + runMs;

/** Asks for names, and for a file once that is under way: how many names were done before it. */
async function fileBeside(title, { limit, resolve = false }) {
  const lane = values.inside ? 'dns' : 'crypto';
  const pool = new ThreadPool({ size: 4, lanes: { [lane]: limit } });
  const loop = new EventLoop({ pool }).attach();
  await loop.fs.stat(__filename, { inline: false }); // There are threads now.
  const recorder = new FlightRecorder(loop).start();
  const resolver = new loop.dns.Resolver({ servers: ['127.0.0.1'], timeoutMs: 300, tries: 1 });
  const work = resolve ? (_, i) => resolver.resolve4(`name-${i}.test`) : slowWork(loop);
  const names = Promise.allSettled(Array.from({ length: NAMES }, work));
  const waitsForThreads = () => {
    const { running, completed } = pool.stats().lanes[lane];
    return !resolve && running < limit && completed === 0;
  };
  while (waitsForThreads()) await new Promise((done) => loop.setTimeout(done, 1));
  await loop.fs.stat(__filename, { inline: false });
  await names;
  loop.close();
  pool.close();

  const requests = recorder.records().filter(({ kind }) => kind === 'request');
  const file = requests.find(({ name }) => name === 'fs.stat');
  const isBefore = (one) => one !== file && doneMs(one) < doneMs(file) + CLOCK_MS;
  const before = requests.filter(isBefore).length;
  const waitedMs = file.queuedMs.toFixed(1);
  console.log(
    `${title} the file waited ${waitedMs} ms, and ${before} of ${NAMES} look-ups were done before`,
  );
  return { before, picture: toText(recorder, { rows: 'requests', columns: 50 }) };
}

async function lesson() {
  const cases = [
    await fileBeside('every thread may be theirs:', { limit: 4 }),
    await fileBeside('half of them:              ', { limit: 2 }),
  ];
  if (values.inside) {
    cases.push(await fileBeside('resolve:                   ', { limit: 2, resolve: true }));
  }
  for (const { picture } of cases.slice(0, 2)) console.log(`\n${picture}`);
  const [all, half, resolve] = cases.map(({ before }) => (before > 0 ? 'behind' : 'ahead of'));
  const last = resolve === undefined ? '' : `,\nand ${resolve} those of resolve`;
  console.log(
    `\nSo the file came ${all} look-ups that had every thread, ${half} look-ups that had half${last}.`,
  );
}

/** Begins with the name server, in a network that has nothing else. */
async function inside() {
  const loop = new EventLoop().attach();
  loop.dgram({ host: '127.0.0.1', port: 53 }, { message() {} });
  await lesson();
  loop.close();
}

const COMMANDS = `ip link set lo up
for name in resolv.conf nsswitch.conf; do mount --bind "$1/$name" "/etc/$name"; done
shift
exec "$@"`;

function inOwnNetwork(folder) {
  writeFileSync(
    join(folder, 'resolv.conf'),
    'nameserver 127.0.0.1\noptions timeout:1 attempts:1\n',
  );
  writeFileSync(join(folder, 'nsswitch.conf'), 'hosts: dns\n');
  return ['-Urnm', 'sh', '-ec', COMMANDS, 'sh', folder];
}

function main() {
  const folder = mkdtempSync(join(tmpdir(), 'rawloop-names-'));
  process.once('exit', () => rmSync(folder, { recursive: true }));
  let child;
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.on(signal, () => (child === undefined ? process.exit(1) : child.kill(signal)));
  }
  const own = inOwnNetwork(folder);
  if (values['stand-in'] || spawnSync('unshare', [...own, 'true']).status !== 0) {
    console.log('No network of its own here: hashes stand for look-ups, and there is no resolve.');
    return lesson();
  }
  const args = [...own, process.execPath, __filename, '--inside'];
  child = spawn('unshare', args, { stdio: 'inherit' });
  child.once('exit', (code, signal) => (process.exitCode = signal === null ? code : 1));
}

if (values.inside) inside();
else main();
