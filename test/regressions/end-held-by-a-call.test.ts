// A thread of the pool that stands in a call which does not return, such as the opening of a FIFO
// that nobody writes, held up the end of the process, and that of its Worker: process.exit(), an
// error, the natural end behind close(), terminate(). Node's own threads do so to this day.
//
// Where ThreadPool::End and Settle (native/pool/ending.cc) wait for all, each test here hangs; without
// StayLoaded() there the threads come back to code that is gone, and the child of the second dies of
// SIGSEGV. With Close() in the place of CloseUnused() in the end of OwnedDescriptors a number is given
// out that a thread reads. Without MustFinish() in native/jobs/crypto_pbkdf2.cc, a key is left behind.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { Script } from '../guest/support.js';
import { makeFolder } from '../package/support.js';
import { FINE, runChild } from '../pool/support.js';
import { DIST } from '../support/child.js';

const DRIVES = ['attach', 'run'] as const;

let fifo: string;
let full: string;
beforeAll(() => {
  const folder = makeFolder();
  [fifo, full] = [join(folder, 'fifo'), join(folder, 'full')];
  execFileSync('mkfifo', [fifo, full]);
});

/** Holds three threads, then says so and ends as `end` says. */
const held = (drive: string, end: string) => `
  const loop = new EventLoop({ poolSize: 3 });
  const requests = [
    loop.fs.open(${JSON.stringify(fifo)}, 'r'),
    // A pipe, which the test leaves open and writes nothing to.
    loop.fs.read(0, Buffer.alloc(10)),
    loop.fs.open(${JSON.stringify(full)}, 'r+').then((file) => file.writeFile(Buffer.alloc(1 << 20))),
  ];
  for (const request of requests) request.catch(() => {});
  const look = () => {
    if (loop.pool.stats().kinds.writeRest?.pending !== 1) return loop.setTimeout(look, 1);
    say('held');
    ${end}
  };
  loop.setTimeout(look, 1);
  ${drive === 'run' ? 'setImmediate(() => loop.run());' : 'loop.attach();'}`;

it.each(DRIVES)('while threads stand in calls the process ends, by %s', async (drive) => {
  const ends = ['process.exit(7);', "throw new Error('on purpose');", 'loop.close();'];
  const scripts = ends.map((end) => new Script(held(drive, end)));
  const ended = await Promise.all(scripts.map((script) => script.ended()));
  expect(ended.map(({ code, signal, said }) => [code, signal, said])).toEqual([
    [7, null, ['held']],
    [1, null, ['held']],
    [0, null, ['held']],
  ]);
});

/** What the children below begin with: they do not load the addon, their Workers do. */
const WORKERS = (fifo: string) => `
  const assert = require('node:assert/strict');
  const fs = require('node:fs');
  const { Worker } = require('node:worker_threads');
  const fifo = ${JSON.stringify(fifo)};
  const named = () => fs.readdirSync('/proc/self/task').filter((id) => {
    // A thread may end in between.
    try { return fs.readFileSync('/proc/self/task/' + id + '/comm', 'latin1').trim() === 'rawloop-pool'; }
    catch { return false; }
  }).length;
  const until = async (condition) => {
    while (!condition()) await new Promise((resolve) => setTimeout(resolve, 2));
  };
  /** A Worker with a thread that is at \`request\`, which then ends as \`end\` says. */
  const worker = async (drive, request, end) => {
    const code = \`
      const { parentPort } = require('node:worker_threads');
      const { EventLoop } = require('${join(DIST, 'index.cjs')}');
      const loop = new EventLoop({ poolSize: 1 });
      const fifo = ${JSON.stringify(fifo)};
      let fd = 0;
      (async () => { \${request} })().catch(() => {});
      const look = () => {
        if (loop.pool.stats().running === 0) return loop.setTimeout(look, 1);
        parentPort.postMessage(fd);
        \${end}
      };
      loop.setTimeout(look, 1);
      \${drive === 'run' ? 'setImmediate(() => loop.run());' : 'loop.attach();'}\`;
    const made = new Worker(code, { eval: true });
    made.on('error', () => {});
    const exit = new Promise((resolve) => made.on('exit', resolve));
    // Its error may come first.
    const fd = await new Promise((resolve) => made.on('message', resolve));
    if (end === '') made.terminate();
    await exit;
    return fd;
  };`;

describe.runIf(process.platform === 'linux')('while a thread stands in a call', () => {
  it('a Worker ends in any way, and its thread when the call does', () => {
    const result = runChild(
      `${WORKERS(fifo)}
      (async () => {
        const ends = ['', 'process.exit(3)', "throw new Error('on purpose')", 'loop.close()'];
        const cases = ends.flatMap((end) => ['attach', 'run'].map((drive) => [drive, end]));
        const before = fs.readdirSync('/proc/self/fd').length;
        const request = "await loop.fs.open(fifo, 'r')";
        await Promise.all(cases.map(([drive, end]) => worker(drive, request, end)));
        assert.equal(named(), cases.length);
        // Which lets all of them go on, in the code of an addon that nobody has loaded any more.
        const writer = fs.openSync(fifo, 'w');
        await until(() => named() === 0);
        fs.closeSync(writer);
        // The first Worker leaves some of Node's own descriptors open.
        const left = fs.readdirSync('/proc/self/fd').filter((fd) => {
          try { return fs.readlinkSync('/proc/self/fd/' + fd) === fifo; } catch { return false; }
        });
        assert.deepEqual(left, []);
      })();`,
      { bare: true },
    );
    expect(result).toMatchObject(FINE);
  });

  it('what it reads stays open behind its Worker, until it does not read any more', () => {
    const result = runChild(
      `${WORKERS(fifo)}
      (async () => {
        const request =
          "const file = await loop.fs.open(fifo, 'r+'); fd = file.fd; await file.read(Buffer.alloc(9))";
        // The loop may look while the file is being opened.
        let fd;
        do fd = await worker('attach', request, ''); while (fd === 0);
        const behind = () => {
          try { return fs.readlinkSync('/proc/self/fd/' + fd); } catch { return ''; }
        };
        assert.equal(behind(), fifo);
        const writer = fs.openSync(fifo, 'r+');
        fs.writeSync(writer, 'x');
        await until(() => behind() !== fifo);
        fs.closeSync(writer);
      })();`,
      { bare: true },
    );
    expect(result).toMatchObject(FINE);
  });

  it('a Worker waits for what computes', () => {
    const result = runChild(
      `${WORKERS(fifo)}
      (async () => {
        const begin = process.cpuUsage();
        require('node:crypto').pbkdf2Sync('a', 'b', 20_000, 64, 'sha512');
        // Half a second of a processor: five times as long as an end waits for others.
        const rounds = Math.ceil(20_000 * 5e5 / process.cpuUsage(begin).user);
        await worker('attach', "await loop.crypto.pbkdf2('a', 'b', " + rounds + ", 64, 'sha512')", '');
        assert.equal(named(), 0);
      })();`,
      { bare: true },
    );
    expect(result).toMatchObject(FINE);
  });
});
