// What threads share, under ThreadSanitizer: the pool, wakers, the thread server and
// signals: `node threads.mjs SEED CALLS`. Workers wake loops while these close, requests
// are cancelled while threads take them, clients leave while the server stops.
import { writeSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createConnection } from 'node:net';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { tellFinding } from './support/finding.mjs';
import { Random } from './support/random.mjs';

const require = createRequire(import.meta.url);
const { EventLoop, ThreadPerConnectionServer, ThreadPool, wake } = require('../../dist/index.cjs');
const [, , seedText, callsText] = process.argv;
let calls = 0;

function report(what) {
  tellFinding({ call: calls, what });
}

const turn = (ms) =>
  new Promise((resolve) => (ms === undefined ? setImmediate(resolve) : setTimeout(resolve, ms)));

/**
 * In a Worker: wakes loops that are closed at any time, and works on a pool of its own or on
 * that of the main thread, which may close it.
 */
async function wakeAndWork() {
  const { wakers, seed, token } = workerData;
  const random = new Random(seed);
  let options = { poolSize: 2 };
  try {
    if (random.oneIn(2)) options = { pool: ThreadPool.from(token) };
  } catch {
    // The main thread has closed it meanwhile.
  }
  const loop = new EventLoop(options);
  loop.attach();
  const isGiven = Promise.allSettled(Array.from({ length: 4 }, () => loop.fs.stat('/')));
  for (let i = 0; i < 400; i++) {
    wake(random.pick(wakers));
    if (i % 100 === 0) await turn();
  }
  if (random.oneIn(2)) await isGiven;
  if (random.oneIn(2)) loop.close();
  parentPort.postMessage('done');
  // Else it ends with the loop open, and its work in flight.
  if (random.oneIn(2)) process.exit();
  if (!loop.closed) loop.close();
}

async function wakers(random) {
  const pool = new ThreadPool({ size: 2, idleMs: random.from(0, 3), maxQueued: 50 });
  const { token } = pool;
  const loops = Array.from({ length: 3 }, () => new EventLoop({ pool }).attach());
  const shared = loops.map((loop) => loop.waker);
  const workers = Array.from({ length: random.from(1, 3) }, () => {
    const workerData = { wakers: shared, seed: random.word(), token };
    return new Worker(new URL(import.meta.url), { workerData, argv: process.argv.slice(2) });
  });
  const ends = workers.map((worker) => new Promise((resolve) => worker.once('exit', resolve)));
  for (const worker of workers) worker.on('error', (error) => report(`a Worker: ${error.stack}`));
  if (random.oneIn(3)) await turn(random.below(40));
  for (const loop of loops) {
    for (let i = random.below(20); i > 0; i--) loop.wake();
    for (let i = random.below(30); i > 0; i--) loop.fs.stat('/').catch(() => {});
    await turn(random.below(3));
    loop.close();
  }
  if (random.oneIn(2)) await workers[0].terminate();
  if (random.oneIn(2)) pool.close();
  await Promise.all(ends);
  pool.close();
  calls += 400 * workers.length;
}

async function pool(random) {
  const loop = new EventLoop({ poolSize: random.from(1, 4) }).attach();
  const requests = [];
  for (let i = 0; i < 150; i++) {
    const controller = new AbortController();
    const { signal } = controller;
    const path = random.pick(['/', '/none', '.', '/proc/self/exe']);
    const request = random.oneIn(4)
      ? loop.crypto.pbkdf2('password', 'salt', random.from(1, 2000), 20, 'sha256', { signal })
      : random.pick([
          () => loop.fs.stat(path, { signal }),
          () => loop.fs.readlink(path, { signal }),
          () => loop.fs.access(path, 0, { signal }),
          () => loop.fs.readFile(path, { signal, inline: random.oneIn(2) }),
          () => loop.fs.readdir('.', { signal }),
          async () => {
            const file = await loop.fs.open('package.json', 'r', undefined, { signal });
            const read = file.read(new Uint8Array(100), { signal, inline: false }).catch(() => {});
            if (random.oneIn(2)) await read;
            await file.close();
          },
          () => loop.dns.lookup('localhost', { signal, all: true }),
          () => loop.dns.lookupService('127.0.0.1', 80, { signal }),
        ])();
    requests.push(request.catch(() => {}));
    if (random.oneIn(3)) controller.abort();
    if (random.oneIn(10)) loop.pool.resize(random.from(1, 6));
    if (random.oneIn(6)) loop.pool.stats();
    if (random.oneIn(6)) await turn();
  }
  if (random.oneIn(2)) await Promise.all(requests);
  loop.close();
  await Promise.all(requests);
  calls += 250;
}

async function threadServer(random) {
  const loop = new EventLoop().attach();
  const server = new ThreadPerConnectionServer({ host: '127.0.0.1', loop }).start();
  const { port } = server.address;
  const clients = Array.from({ length: random.from(2, 12) }, () => {
    const client = createConnection({ port, host: '127.0.0.1' });
    client.on('error', () => {});
    client.on('connect', () => client.write(Buffer.alloc(random.from(1, 100_000))));
    client.on('data', () => {
      if (random.oneIn(4)) client.destroy();
      if (random.oneIn(4)) client.end('x');
    });
    return client;
  });
  for (let i = random.below(12); i > 0; i--) {
    void server.stats;
    await turn(1);
  }
  server.stop();
  for (const client of clients) client.destroy();
  loop.close();
  calls += clients.length * 4;
}

/** Handlers run on whatever thread the kernel picks, while watches come and go. */
async function signals(random) {
  const loop = new EventLoop().attach();
  for (let i = 0; i < 20; i++) {
    const name = random.pick(['SIGUSR2', 'SIGHUP']);
    const handle = loop.onSignal(name, () => {});
    for (let n = random.below(4); n > 0; n--) process.kill(process.pid, name);
    if (random.oneIn(2)) await turn();
    handle.close();
  }
  loop.close();
  await turn();
  calls += 60;
}

async function main() {
  const random = new Random(Number(seedText));
  for (const name of ['SIGUSR2', 'SIGHUP']) process.on(name, () => {});
  while (calls < Number(callsText)) {
    await random.pick([wakers, pool, threadServer, signals])(random);
    writeSync(1, `calls ${calls}\n`);
  }
  writeSync(1, 'done\n');
  process.exit(0);
}

await (isMainThread ? main() : wakeAndWork());
