// Signals while echo traffic runs: real-time ones, each of which is to be told, and usual ones, of
// which the kernel makes one of those that come while one is pending. No byte may be lost meanwhile
// and no call may fail early (EINTR); in the end Ctrl-C is heard, and ends a program that does not
// watch it. See README.md.
import { spawn } from 'node:child_process';
import { writeSync } from 'node:fs';
import { createRequire } from 'node:module';
import { parseArgs } from 'node:util';
import { isMainThread, Worker } from 'node:worker_threads';

const { EventLoop } = createRequire(import.meta.url)('../../dist/index.cjs');
const { constants } = createRequire(import.meta.url)('../../dist/raw.cjs');

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '100000' },
    mode: { type: 'string', default: 'owned' },
    json: { type: 'boolean', default: false },
    worker: { type: 'boolean', default: false },
  },
});
const count = Number(values.count);
const CONNECTIONS = 4;
const MESSAGE = Buffer.alloc(1000, 'signals come, bytes go ');
const USUAL = ['SIGUSR2', 'SIGHUP', 'SIGWINCH', 'SIGALRM'];
const REALTIME = ['SIGRTMIN', 'SIGRTMIN+7', 'SIGRTMAX'];

const RAW = createRequire(import.meta.url).resolve('../../dist/raw.cjs');
/** Sends them, real-time ones with their number and usual ones in turn, and SIGINT behind them. */
const SENDER = `
  const { sigqueue, constants } = require(${JSON.stringify(RAW)});
  const [pid, count, usual, numbers] = JSON.parse(process.argv[1]);
  for (let i = 0; i < count; i++) {
    // As many wait as may: until some are taken.
    while (sigqueue(pid, numbers[i % numbers.length], i) === -constants.EAGAIN) continue;
    if (i % 4 === 0) process.kill(pid, usual[(i / 4) % usual.length]);
  }
  process.kill(pid, 'SIGINT');`;

const loop = new EventLoop();
const faults = [];
const told = { realtime: 0, usual: 0, interrupts: 0 };
/** Which numbers have come: each once, in any order, as the kernel gives them to any thread. */
const seen = new Uint8Array(count);
let echoed = 0;

/** Notes an error that a handler was told. */
function note(name, error) {
  if (error !== undefined) faults.push(`${name}: ${error.message}`);
}

function traffic() {
  const server = loop.listen(
    { host: '127.0.0.1', port: 0 },
    {
      data: (socket, chunk) => socket.write(chunk),
      close: (_socket, error) => note('server side', error),
      error: (_server, error) => note('server', error),
    },
  );
  const clients = Array.from({ length: CONNECTIONS }, () => {
    let at = 0;
    return loop.connect(server.address, {
      open: (socket) => socket.write(MESSAGE),
      data(socket, chunk) {
        for (const byte of chunk)
          if (byte !== MESSAGE[at++ % MESSAGE.length]) faults.push('a byte');
        if (at % MESSAGE.length !== 0) return;
        echoed++;
        if (socket.writable) socket.write(MESSAGE);
      },
      close: (_socket, error) => note('client', error),
    });
  });
  return () => {
    for (const client of clients) client.end();
    server.close();
  };
}

const watch = () => [
  ...REALTIME.map((name) =>
    loop.onSignal(name, (_signal, _handle, error, info) => {
      note(name, error);
      if (seen[info.value]++ !== 0) faults.push(`${name} ${info.value} twice`);
      if (info.lost > 0) faults.push(`${info.lost} of ${name} were lost`);
      told.realtime++;
    }),
  ),
  ...USUAL.map((name) =>
    loop.onSignal(name, (_signal, _handle, error) => {
      note(name, error);
      told.usual++;
    }),
  ),
];
let isSent = false;

function begin() {
  const handles = watch();
  loop.onSignal('SIGINT', (_signal, handle) => {
    told.interrupts++;
    isSent = true;
    handle.close();
  });
  const stopTraffic = traffic();
  // All has come by then, but for what is yet to be told.
  let turns = 0;
  const turn = loop.setInterval(() => {
    if (!isSent || (told.realtime < count && turns++ < 5000)) return;
    loop.clearInterval(turn);
    for (const handle of handles) handle.close();
    stopTraffic();
  }, 2);
  const numbers = [constants.SIGRTMIN, constants.SIGRTMIN + 7, constants.SIGRTMAX];
  const task = JSON.stringify([process.pid, count, USUAL, numbers]);
  spawn(process.execPath, ['-e', SENDER, task], { stdio: 'inherit' });
  drive();
}

function judge() {
  if (told.realtime !== count) faults.push(`${told.realtime} of ${count} real-time signals`);
  if (told.usual < USUAL.length) faults.push(`${told.usual} usual ones`);
  if (told.interrupts !== 1) faults.push(`${told.interrupts} times SIGINT`);
  if (echoed === 0) faults.push('no echo');
  const outcome = { ...told, echoed, faults };
  // At once, also from a Worker.
  writeSync(1, `${values.json ? JSON.stringify(outcome) : JSON.stringify(outcome, null, 2)}\n`);
  if (faults.length > 0) process.exit(1);
  // Nobody watches it any more.
  process.kill(process.pid, 'SIGINT');
  setTimeout(() => process.exit(2), 10_000);
}

function drive() {
  if (values.mode === 'owned') {
    setImmediate(() => {
      loop.run();
      judge();
    });
    return;
  }
  loop.attach();
  const look = setInterval(() => {
    if (loop.alive) return;
    clearInterval(look);
    judge();
  }, 5);
}

if (values.worker && isMainThread) {
  const { worker: _, ...rest } = values;
  const argv = Object.entries(rest).flatMap(([name, value]) =>
    value === true ? [`--${name}`] : value === false ? [] : [`--${name}`, value],
  );
  new Worker(new URL(import.meta.url), { argv }).on('exit', (code) => process.exit(code));
} else {
  begin();
}
