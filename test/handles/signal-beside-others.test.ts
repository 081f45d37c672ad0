// Signals that several have a handler for: loops, the host before and after, Workers,
// another copy of the addon. In children, which signals may kill.
import { describe, expect, it } from 'vitest';
import { endOfChild, runChild } from '../support/child.js';
import { deviates, usedBackend } from '../support/libkqueue.js';
import { DRIVE } from './support.js';

describe('beside others', () => {
  it('several handles, of one loop and of another, are all told', () => {
    const told = runChild(`${DRIVE}
      const [first, second] = [new EventLoop(), new EventLoop()];
      const told = [];
      const close = (name) => (signal, self) => { told.push(name + signal); self.close(); };
      first.onSignal('SIGUSR2', close('a'));
      first.onSignal('SIGUSR2', close('b'));
      first.onSignal('SIGHUP', close('c'));
      second.onSignal('SIGUSR2', close('d'));
      raise('SIGUSR2');
      raise('SIGHUP');
      driveIn('owned', first, () => driveIn('owned', second, () => report(told.sort())));
    `);
    expect(told).toEqual(['aSIGUSR2', 'bSIGUSR2', 'cSIGHUP', 'dSIGUSR2']);
  });

  it.skipIf(deviates(usedBackend, 'notPollable'))(
    "the host's own handlers, set before, are called too",
    () => {
      const told = runChild(`${DRIVE}
      const loop = new EventLoop();
      const told = [];
      process.on('SIGUSR2', (signal) => told.push('host ' + signal));
      loop.onSignal('SIGUSR2', (signal, self) => { told.push('loop ' + signal); self.close(); });
      loop.attach();
      raise('SIGUSR2');
      until(() => told.length === 2, () => {
        // Closed: the host goes on alone.
        raise('SIGUSR2');
        until(() => told.length === 3, () => {
          report(told.sort());
          process.exit();
        });
      });
    `);
      expect(told).toEqual(['host SIGUSR2', 'host SIGUSR2', 'loop SIGUSR2']);
    },
  );

  it.skipIf(deviates(usedBackend, 'notPollable'))(
    "the host's own handlers may come and go later, and harm nobody",
    () => {
      const told = runChild(`${DRIVE}
      const loop = new EventLoop().attach();
      const hooks = process.listenerCount('newListener');
      const told = [];
      const handle = loop.onSignal('SIGUSR2', () => told.push('loop'));
      const host = () => told.push('host');
      // What to do before the signal is raised, and how many hear it then.
      const steps = [
        [() => process.on('SIGUSR2', host), 2],
        [() => process.off('SIGUSR2', host), 1],
        [() => process.once('SIGUSR2', host), 2],
        [() => {}, 1],
        [() => process.on('SIGUSR2', host), 2],
        [() => handle.close(), 1],
      ];
      const seen = [];
      const next = () => {
        const [act, hearers] = steps.shift() ?? [];
        if (act === undefined) {
          report([seen, process.listenerCount('newListener') === hooks]);
          process.exit();
        }
        act();
        raise('SIGUSR2');
        until(() => told.length >= hearers, () => {
          seen.push(told.splice(0).sort().join());
          next();
        });
      };
      next();
    `);
      expect(told).toEqual([['host,loop', 'loop', 'host,loop', 'loop', 'host,loop', 'host'], true]);
    },
  );

  it.skipIf(deviates(usedBackend, 'notPollable'))(
    'a Worker may watch signals, and its end ends that',
    () => {
      const end = endOfChild(`${DRIVE}
      const worker = new Worker(\`
        const { EventLoop } = require(\${JSON.stringify(DIST + '/index.cjs')});
        const { parentPort } = require('node:worker_threads');
        const loop = new EventLoop();
        loop.onSignal('SIGTERM', () => parentPort.postMessage('told'));
        loop.attach();
        parentPort.postMessage('ready');
      \`, { eval: true });
      worker.on('message', async (message) => {
        if (message === 'ready') return raise('SIGTERM');
        await worker.terminate();
        report(message);
        raise('SIGTERM');
        setTimeout(() => {}, 10000);
      });
    `);
      expect(end).toMatchObject({ report: 'told', signal: 'SIGTERM', stderr: '' });
    },
  );

  it('a copy of the addon may come and go in between', () => {
    const told = runChild(`${DRIVE}
      const { copyFileSync, mkdtempSync, rmSync } = fs;
      const folder = mkdtempSync(require('node:os').tmpdir() + '/rawloop-');
      const load = (path) => {
        const module = { exports: {} };
        process.dlopen(module, path);
        return module.exports;
      };
      copyFileSync(process.env.RAWLOOP_ADDON, folder + '/a.node');
      copyFileSync(process.env.RAWLOOP_ADDON, folder + '/b.node');
      const [a, b] = [load(folder + '/a.node'), load(folder + '/b.node')];
      rmSync(folder, { recursive: true });
      const pipeOf = (addon) => addon.pipe2(c.O_NONBLOCK);
      const [fromA, toA] = pipeOf(a);
      const [fromB, toB] = pipeOf(b);
      const taken = () => {
        raise('SIGUSR2');
        return [[a, fromA], [b, fromB]].map(([addon, fd]) => Math.max(0, addon.read(fd, new Uint8Array(9))));
      };
      const check = (addon, call, fd) => assert.strictEqual(addon[call + 'Signal'](c.SIGUSR2, fd), 0);
      const steps = [];
      check(a, 'watch', toA); steps.push(taken());
      check(b, 'watch', toB); steps.push(taken());
      check(a, 'unwatch', toA); steps.push(taken());
      check(a, 'watch', toA); steps.push(taken());
      check(b, 'unwatch', toB); steps.push(taken());
      check(b, 'watch', toB); steps.push(taken());
      check(a, 'unwatch', toA); steps.push(taken());
      report(steps);
    `);
    expect(told).toEqual([
      [1, 0],
      [1, 1],
      [0, 1],
      [1, 1],
      [1, 0],
      [1, 1],
      [0, 1],
    ]);
  });
});
