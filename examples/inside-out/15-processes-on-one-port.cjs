// One port, several processes: by node:cluster, whose parent accepts and hands connections round,
// and by SO_REUSEPORT, where the kernel picks a process for each. Six clients want a hash, which
// takes a processor, while fifty others ask for something fast, as `ab -c 50 -n 500` does. As many
// processes as processors share the hashes; more only share the processors.
const cluster = require('node:cluster');
const { fork } = require('node:child_process');
const { once } = require('node:events');
const { mkdtempSync, rmSync } = require('node:fs');
const { availableParallelism, tmpdir } = require('node:os');
const { join } = require('node:path');
const { parseArgs } = require('node:util');
const { toText } = require('rawloop/inspect');
const { iterationsFor, load, recordingsOf } = require('./support/load.cjs');

const options = {
  'hash-ms': { type: 'string', default: '100' },
  requests: { type: 'string', default: '500' },
};
const { values } = parseArgs({ options });
const HASHES = 6;
const exec = join(__dirname, 'support/hashing-server.cjs');
const HASH_ITERATIONS = String(iterationsFor(Number(values['hash-ms'])));
const RECORDINGS = mkdtempSync(join(tmpdir(), 'rawloop-processes-'));
process.once('exit', () => rmSync(RECORDINGS, { recursive: true }));
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));
cluster.setupPrimary({ exec, args: [] });

const STARTS = {
  'node:cluster': (env) => cluster.fork(env).process,
  SO_REUSEPORT: (env) => fork(exec, { env: { ...process.env, ...env } }),
};

/** They end as this process does, whatever ends it: their channel to it closes. */
async function start(how, count) {
  const children = [];
  let port = 0;
  for (let i = 0; i < count; i++) {
    const PORT = how === 'node:cluster' ? '0' : String(port);
    const child = STARTS[how]({ HASH_ITERATIONS, RECORDINGS, PORT });
    children.push(child);
    child.once('exit', (code) => {
      if (code !== 0) process.exit(1); // It has said why.
    });
    [{ port }] = await once(child, 'message');
  }
  return { port, children };
}

async function measure(how, count) {
  const { port, children } = await start(how, count);
  const [hashes, fast] = await Promise.all([
    load(port, '/hash', { total: HASHES, atOnce: HASHES }),
    load(port, '/fast', { total: Number(values.requests), atOnce: 50 }),
  ]);
  for (const child of children) child.disconnect();
  await Promise.all(children.map((child) => child.exitCode ?? once(child, 'exit')));
  const lanes = new Map(children.map(({ pid }, i) => [pid, `child ${i + 1}`]));
  const picture = toText(recordingsOf(RECORDINGS, lanes), { columns: 50 });

  const [first, last] = [hashes.times[0], hashes.times.at(-1)];
  const { times } = fast;
  const failed = hashes.failed + fast.failed;
  const middle = times[times.length >> 1];
  const told = [
    how.padEnd(12),
    count,
    first,
    last,
    new Set(hashes.pids).size,
    middle,
    times.at(-1),
  ];
  console.log(told.map((each) => String(each).padStart(9)).join(''), String(failed).padStart(6));
  return { first, last, picture };
}

async function main() {
  console.log(`                        hashes, ms         fast requests, ms`);
  console.log(`             children    first     last    by   median  longest failed`);
  const by = {};
  for (const how of Object.keys(STARTS)) {
    by[how] = [];
    for (const count of [1, 2, 6]) by[how].push(await measure(how, count));
  }
  const [one, two, six] = by['node:cluster'];
  console.log(`\n${one.picture}\n\n${two.picture}\n\n${six.picture}\n`);
  const times = (a, b) => (a / b).toFixed(2);
  const processors = availableParallelism();
  console.log(
    `So on ${processors} processor${processors > 1 ? 's' : ''} the longest hash took ${times(two.last, one.last)} times as long with 2 ` +
      `children as with 1; with 6\nit took ${times(six.last, two.last)} times as long as with 2, and the ` +
      `shortest ${times(six.first, two.first)} times.`,
  );
}

main();
