// What an end waits for five seconds, a key that takes years and a job of another addon that does
// not return, and then no more: the longest that a process takes to end for anything it was given.
//
// Where ThreadPool::Patience (native/pool/ending.cc) knows no bound both hang; without KeepLoaded()
// in native/pool/foreign.cc the job comes back to an addon that is gone, and the second dies of SIGSEGV.
import { expect, it } from 'vitest';
import { HOSTS, Script } from '../guest/support.js';
import { FINE, runChild } from '../pool/support.js';
import { DIST } from '../support/child.js';
import { compiled } from '../support/compile.js';

const LIMIT_MS = 120_000;
const addon = compiled('held-addon.c');

it(
  'a key that takes years and a job that does not return end with the process',
  async () => {
    const run = (drive: string) => `
      const loop = new EventLoop({ poolSize: 2 });
      loop.crypto.pbkdf2('a', 'b', 2 ** 31 - 1, 2 ** 20, 'sha512').catch(() => {});
      require(${JSON.stringify(addon)}).hold(loop.nativeInterface, 0);
      const look = () => {
        if (loop.pool.stats().running < 2) return loop.setTimeout(look, 1);
        say('held');
        process.exit(7);
      };
      loop.setTimeout(look, 1);
      ${drive}`;
    const drives = ['loop.attach();', 'setImmediate(() => loop.run());'];
    const scripts = HOSTS.flatMap((host) =>
      drives.map((drive) => new Script(run(drive), { host })),
    );
    const ended = await Promise.all(scripts.map((script) => script.ended()));
    for (const { code, signal, said } of ended) {
      expect([code, signal, said]).toEqual([7, null, ['held']]);
    }
  },
  LIMIT_MS,
);

it(
  'a job that does not return goes on behind its Worker, in an addon that nobody has loaded any more',
  () => {
    const result = runChild(
      `
      const { execFileSync } = require('node:child_process');
      const fs = require('node:fs');
      const os = require('node:os');
      const path = require('node:path');
      const { Worker } = require('node:worker_threads');
      const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'rawloop-held-'));
      const fifo = path.join(folder, 'fifo');
      execFileSync('mkfifo', [fifo]);
      const fd = fs.openSync(fifo, 'r+');
      fs.rmSync(folder, { recursive: true });
      const worker = new Worker(\`
        const { parentPort, workerData } = require('node:worker_threads');
        const { EventLoop } = require('${DIST}/index.cjs');
        const loop = new EventLoop({ poolSize: 1 }).attach();
        require('${addon}').hold(loop.nativeInterface, workerData);
        const look = () => {
          if (loop.pool.stats().running === 0) return loop.setTimeout(look, 1);
          parentPort.postMessage('held');
        };
        loop.setTimeout(look, 1);
      \`, { eval: true, workerData: fd });
      worker.on('message', () => worker.terminate());
      worker.on('exit', () => {
        const bytes = Buffer.alloc(1);
        fs.writeSync(fd, 'x');
        const look = () => {
          fs.readSync(fd, bytes);
          // That of the job itself, where it has not read it yet.
          if (bytes.toString() !== 'd') { fs.writeSync(fd, bytes); setTimeout(look, 2); }
        };
        setTimeout(look, 2);
      });`,
      { bare: true },
    );
    expect(result).toMatchObject(FINE);
  },
  LIMIT_MS,
);
