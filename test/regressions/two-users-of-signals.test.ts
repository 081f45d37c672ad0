// Trap 43: two users of sigaction(2) in one process. Whoever comes or goes, in any order
// and in any thread, each that watches hears, and the process dies only of what nobody
// watches. With a handler of our own on a host with libuv (kinds() of signal-port.ts that
// says so) the Worker's watch is lost and the process is killed. With a table for each copy
// of the addon (SharedSignalTable() that gives OwnSignalTable()) the signal is swallowed for
// ever when the first of two copies is closed first.
import { describe, expect, it } from 'vitest';
import { endOfChild } from '../support/child.js';
import { deviates, usedBackend } from '../support/libkqueue.js';

const RAISE = `const raise = (signal) => process.kill(process.pid, signal);`;

describe.each(['libuv', 'handler'])('told by %s', (dispatcher) => {
  const env = { RAWLOOP_SIGNALS: dispatcher };

  // In a Worker of Node the host installs nothing, and the handler beside it is for others.
  it.skipIf(deviates(usedBackend, 'notPollable') || dispatcher === 'handler')(
    'a Worker watches while listeners of the main thread come and go; its end ends that',
    () => {
      const end = endOfChild(
        `${RAISE}
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
      `${RAISE}
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
