// Signals that several have a use for: loops, the host before and after, children of the
// host, its debugger. In children, which signals may kill, by each of the two who may
// dispatch. Workers and copies of the addon: test/regressions/two-users-of-signals.test.ts.
import { describe, expect, it } from 'vitest';
import { DRIVE } from '../stream/support.js';
import { endOfChild, runChild } from '../support/child.js';
import { deviates, usedBackend } from '../support/libkqueue.js';

describe.each(['libuv', 'handler'])('told by %s, beside others', (dispatcher) => {
  const env = { RAWLOOP_SIGNALS: dispatcher };

  it('several handles, of one loop and of another, are all told', () => {
    const told = runChild(
      `${DRIVE}
      const [first, second] = [new EventLoop(), new EventLoop()];
      const told = [];
      const close = (name) => (signal, self) => { told.push(name + signal); self.close(); };
      first.onSignal('SIGUSR2', close('a'));
      first.onSignal('SIGUSR2', close('b'));
      first.onSignal('SIGHUP', close('c'));
      second.onSignal('SIGUSR2', close('d'));
      raise('SIGUSR2');
      raise('SIGHUP');
      driveIn('owned', first, () => driveIn('owned', second, () => report(told)));`,
      { env },
    );
    expect(told).toEqual(['aSIGUSR2', 'bSIGUSR2', 'cSIGHUP', 'dSIGUSR2']);
  });

  it.skipIf(deviates(usedBackend, 'notPollable'))(
    "the host's own listeners may come and go, before and after, and all hear",
    () => {
      const told = runChild(
        `${DRIVE}
      const loop = new EventLoop().attach();
      const hooks = ['newListener', 'removeListener'].map((name) => process.listenerCount(name));
      const told = [];
      const host = () => told.push('host');
      let handle;
      const watch = () => { handle = loop.onSignal('SIGUSR2', () => told.push('loop')).ref(); };
      // What to do before the signal is raised, and how many hear it then.
      const steps = [
        [() => process.on('SIGUSR2', host), 1],
        [watch, 2],
        [() => process.off('SIGUSR2', host), 1],
        [() => process.once('SIGUSR2', host), 2],
        [() => {}, 1],
        [() => process.on('SIGUSR2', host), 2],
        [() => handle.close(), 1],
        [() => { process.off('SIGUSR2', host); watch(); }, 1],
        [() => process.on('SIGUSR2', host), 2],
        [() => process.removeAllListeners('SIGUSR2'), 1],
        [() => process.on('SIGUSR2', host), 2],
        [() => handle.close(), 1],
      ];
      const seen = [];
      const next = () => {
        const [act, hearers] = steps.shift() ?? [];
        if (act === undefined) {
          const left = ['newListener', 'removeListener'].map((name) => process.listenerCount(name));
          report([seen, left.join() === hooks.join(), process.listenerCount('SIGUSR2')]);
          process.exit();
        }
        act();
        // What host and loop do for a listener that came or went may take a tick.
        setImmediate(() => {
          raise('SIGUSR2');
          until(() => told.length >= hearers, () => {
            seen.push(told.splice(0).sort().join());
            next();
          });
        });
      };
      next();`,
        { env },
      );
      const both = 'host,loop';
      const seen = ['host', both, 'loop', both, 'loop', both, 'host', 'loop', both, 'loop', both];
      expect(told).toEqual([[...seen, 'host'], true, 1]);
    },
  );

  it.skipIf(deviates(usedBackend, 'notPollable'))(
    "SIGCHLD is heard beside the host's own children, which the host goes on to hear",
    () => {
      const told = runChild(
        `${DRIVE}
      const { spawn, spawnSync } = require('node:child_process');
      const loop = new EventLoop().attach();
      let told = 0;
      loop.onSignal('SIGCHLD', () => { told++; }).ref();
      const ends = [];
      const hears = (more) => {
        const before = told;
        raise('SIGCHLD');
        until(() => told > before, more);
      };
      // Who hears of it first, the host or the loop, is nobody's rule.
      spawn('true').on('exit', (code) => until(() => told > 0, () => {
        ends.push(code);
        hears(() => {
          spawn('sh', ['-c', 'exit 7']).on('exit', (code) => {
            ends.push(code, spawnSync('sh', ['-c', 'exit 8']).status);
            report(ends);
            process.exit();
          });
        });
      }));`,
        { env },
      );
      expect(told).toEqual([0, 7, 8]);
    },
  );

  it.skipIf(deviates(usedBackend, 'notPollable'))('SIGUSR1 starts no debugger', () => {
    const end = endOfChild(
      `${DRIVE}
      const loop = new EventLoop().attach();
      // A signal comes when the kernel has a turn for it; a debugger would speak soon after.
      const limit = loop.setTimeout(() => {}, 30_000);
      loop.onSignal('SIGUSR1', () => {
        report('told');
        loop.clearTimeout(limit);
        loop.setTimeout(() => {}, 20);
      });
      setImmediate(() => raise('SIGUSR1'));`,
      { env },
    );
    expect(end).toMatchObject({ report: 'told', status: 0, stderr: '' });
  });
});
