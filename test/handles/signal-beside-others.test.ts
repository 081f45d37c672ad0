// Signals that several have a use for: loops, the host before and after, Workers, children
// of the host, other copies of the addon. In children, which signals may kill, by each of
// the two who may dispatch.
import { describe, expect, it } from 'vitest';
import { endOfChild, runChild } from '../support/child.js';
import { deviates, usedBackend } from '../support/libkqueue.js';
import { DRIVE } from './support.js';

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

  it("SIGCHLD is heard beside the host's own children, which the host goes on to hear", () => {
    const told = runChild(
      `${DRIVE}
      const { spawn, spawnSync } = require('node:child_process');
      const loop = new EventLoop().attach();
      let told = 0;
      loop.onSignal('SIGCHLD', () => { told++; }).ref();
      const ends = [];
      spawn('true').on('exit', (code) => { ends.push(code);
        const before = told;
        raise('SIGCHLD');
        until(() => told > before, () => {
          spawn('sh', ['-c', 'exit 7']).on('exit', (code) => {
            ends.push(code, spawnSync('sh', ['-c', 'exit 8']).status);
            report([before > 0 , ends]);
            process.exit();
          });
        });
      });`,
      { env },
    );
    expect(told).toEqual([true, [0, 7, 8]]);
  });

  it('SIGUSR1 starts no debugger', () => {
    const end = endOfChild(
      `${DRIVE}
      const loop = new EventLoop().attach();
      loop.onSignal('SIGUSR1', () => { report('told'); loop.setTimeout(() => {}, 20); });
      setImmediate(() => raise('SIGUSR1'));
      loop.setTimeout(() => {}, 20);`,
      { env },
    );
    expect(end).toMatchObject({ report: 'told', status: 0, stderr: '' });
  });

  // In a Worker of Node the host installs nothing, and the handler beside it is for others.
  it.skipIf(deviates(usedBackend, 'notPollable') || dispatcher === 'handler')(
    'a Worker watches while listeners of the main thread come and go; its end ends that',
    () => {
      const end = endOfChild(
        `${DRIVE}
      const worker = new Worker(\`
        const { EventLoop } = require(\${JSON.stringify(DIST + '/index.cjs')});
        const { parentPort } = require('node:worker_threads');
        const loop = new EventLoop();
        loop.onSignal('SIGTERM', () => parentPort.postMessage('told')).ref();
        loop.attach();
        parentPort.postMessage('ready');
      \`, { eval: true });
      const seen = [];
      const host = () => {};
      const steps = [
        () => raise('SIGTERM'),
        () => { process.on('SIGTERM', host); raise('SIGTERM'); },
        () => { process.off('SIGTERM', host); raise('SIGTERM'); },
      ];
      worker.on('message', async (message) => {
        seen.push(message);
        const step = steps.shift();
        if (step !== undefined) return step();
        await worker.terminate();
        report(seen);
        raise('SIGTERM');
        setTimeout(() => {}, 10000);
      });`,
        { env },
      );
      const report = ['ready', 'told', 'told', 'told'];
      expect(end).toMatchObject({ report, signal: 'SIGTERM', stderr: '' });
    },
  );

  it.each([
    ['the first is closed first', 'a', 'b'],
    ['the last is closed first', 'b', 'a'],
  ])('two copies of the addon hear, and nobody swallows the signal when %s', (_, first, last) => {
    const end = endOfChild(
      `${DRIVE}
      const { copyFileSync, mkdtempSync, rmSync } = fs;
      const folder = mkdtempSync(require('node:os').tmpdir() + '/rawloop-');
      const load = (path) => {
        const module = { exports: {} };
        process.dlopen(module, path);
        return module.exports;
      };
      const ports = {};
      for (const name of ['a', 'b']) {
        copyFileSync(process.env.RAWLOOP_ADDON, folder + '/' + name + '.node');
        const addon = load(folder + '/' + name + '.node');
        const port = new addon.SignalPort();
        assert.ok(port.open('${dispatcher}') > 0);
        ports[name] = port;
      }
      rmSync(folder, { recursive: true });
      const watch = (name) => assert.strictEqual(ports[name].watch(c.SIGUSR2), 0);
      const unwatch = (name) => assert.strictEqual(ports[name].unwatch(c.SIGUSR2), 0);
      const taken = () => {
        for (const port of Object.values(ports)) port.take(new Uint8Array(9));
        raise('SIGUSR2');
        return ['a', 'b'].map((name) => ports[name].take(new Uint8Array(9)));
      };
      const steps = [];
      watch('a'); steps.push(taken());
      watch('b'); steps.push(taken());
      unwatch('a'); steps.push(taken());
      watch('a'); steps.push(taken());
      unwatch('b'); steps.push(taken());
      watch('b'); steps.push(taken());
      unwatch('${first}');
      steps.push(taken());
      unwatch('${last}');
      report(steps);
      raise('SIGUSR2');
      setTimeout(() => {}, 10000);`,
      { env },
    );
    const alone = last === 'a' ? [1, 0] : [0, 1];
    const report = [[1, 0], [1, 1], [0, 1], [1, 1], [1, 0], [1, 1], alone];
    expect(end).toMatchObject({ report, signal: 'SIGUSR2', stderr: '' });
  });
});
