// loop.onSignal: signals as events of the loop, beside the host's own handlers. In
// children, which signals may kill.
import { describe, expect, it } from 'vitest';
import { endOfChild, runChild } from '../support/child.js';
import { DRIVE_MODES, eachWithLoop } from '../support/drive.js';
import { HOSTILE } from '../support/hostile.js';

const test = eachWithLoop();

/** Runs or attaches `loop`, then calls `then` when nothing keeps it alive. */
const DRIVE = `
  const driveIn = (mode, loop, then) => {
    if (mode === 'owned') return setImmediate(() => { loop.run(); then(); });
    loop.attach();
    const look = () => (loop.alive ? setTimeout(look, 1) : then());
    look();
  };
  const raise = (signal) => process.kill(process.pid, signal);
`;

describe.each(DRIVE_MODES)('in %s mode', (mode) => {
  it('a signal is told by name, each time that it comes', () => {
    const told = runChild(`${DRIVE}
      const loop = new EventLoop();
      const told = [];
      const handle = loop.onSignal('SIGUSR2', (signal, self) => {
        told.push(signal, self === handle);
        if (told.length === 6) self.close();
        else raise('SIGUSR2');
      });
      raise('SIGUSR2');
      driveIn('${mode}', loop, () => report([told, handle.signal, handle.error === undefined]));
    `);
    expect(told).toEqual([Array(3).fill(['SIGUSR2', true]).flat(), 'SIGUSR2', true]);
  });

  it('many at once are told at least once, and not for ever', () => {
    const told = runChild<number>(`${DRIVE}
      const loop = new EventLoop();
      let told = 0;
      const handle = loop.onSignal('SIGHUP', () => { told++; });
      for (let i = 0; i < 200000; i++) raise('SIGHUP');
      loop.setTimeout(() => handle.close(), 20);
      driveIn('${mode}', loop, () => report(told));
    `);
    expect(told).toBeGreaterThanOrEqual(1);
    expect(told).toBeLessThan(100);
  });

  it('the default action does not happen while a signal is watched, and does afterwards', () => {
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGUSR2']) {
      const end = endOfChild(`${DRIVE}
        const loop = new EventLoop();
        loop.onSignal('${signal}', (name, self) => { self.close(); });
        raise('${signal}');
        driveIn('${mode}', loop, () => {
          report('survived');
          raise('${signal}');
          setTimeout(() => {}, 10000);
        });
      `);
      expect(end).toMatchObject({ report: 'survived', signal, stderr: '' });
    }
  });
});

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

  it("the host's own handlers, set before, are called too", () => {
    const told = runChild(`${DRIVE}
      const loop = new EventLoop();
      const told = [];
      process.on('SIGUSR2', (signal) => told.push('host ' + signal));
      loop.onSignal('SIGUSR2', (signal, self) => { told.push('loop ' + signal); self.close(); });
      raise('SIGUSR2');
      driveIn('guest', loop, () => setTimeout(() => {
        // Closed: the host goes on alone.
        raise('SIGUSR2');
        setTimeout(() => { report(told.sort()); process.exit(); }, 20);
      }, 20));
    `);
    expect(told).toEqual(['host SIGUSR2', 'host SIGUSR2', 'loop SIGUSR2']);
  });

  it("the host's own handlers may come and go later, and harm nobody", () => {
    const told = runChild(`${DRIVE}
      const loop = new EventLoop().attach();
      const hooks = process.listenerCount('newListener');
      const told = [];
      const handle = loop.onSignal('SIGUSR2', () => told.push('loop'));
      const host = () => told.push('host');
      const steps = [
        () => process.on('SIGUSR2', host),
        () => process.off('SIGUSR2', host),
        () => process.once('SIGUSR2', host),
        () => {},
        () => process.on('SIGUSR2', host),
        () => handle.close(),
      ];
      const seen = [];
      const next = () => {
        const step = steps.shift();
        if (step === undefined) {
          report([seen, process.listenerCount('newListener') === hooks]);
          process.exit();
        }
        step();
        raise('SIGUSR2');
        setTimeout(() => {
          seen.push(told.splice(0).sort().join());
          next();
        }, 20);
      };
      next();
    `);
    expect(told).toEqual([['host,loop', 'loop', 'host,loop', 'loop', 'host,loop', 'host'], true]);
  });

  it('a Worker may watch signals, and its end ends that', () => {
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
  });

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

describe('misuse', () => {
  it('a name that is no signal', () => {
    for (const [kind, value] of Object.entries(HOSTILE)) {
      expect(() => test.loop.onSignal(value as string, () => {}), kind).toThrow(
        expect.objectContaining({ name: 'TypeError', code: 'ERR_INVALID_ARG_VALUE' }),
      );
    }
    for (const name of ['SIGNOTHING', 'TERM', 'sigterm', 'SIGTERM ', 'SIG_BLOCK', 'SIGTERM\0']) {
      expect(() => test.loop.onSignal(name, () => {}), name).toThrow(TypeError);
    }
    expect(() => test.loop.onSignal('SIGUSR2', 'x' as unknown as () => void)).toThrow(TypeError);
  });

  it('one that cannot be watched is EINVAL', () => {
    for (const name of ['SIGKILL', 'SIGSTOP', 'SIGSEGV', 'SIGBUS', 'SIGFPE', 'SIGILL']) {
      expect(() => test.loop.onSignal(name, () => {}), name).toThrow(
        expect.objectContaining({ name: 'SystemError', code: 'EINVAL', syscall: 'sigaction' }),
      );
    }
    expect(test.loop.alive).toBe(false);
  });

  it('more than 64 watches in a process are ENOSPC, and closing makes room', () => {
    const codes = runChild(`
      const loop = new EventLoop();
      const before = countDescriptors();
      const handles = [];
      let code;
      try {
        for (;;) handles.push(loop.onSignal('SIGUSR2', () => {}));
      } catch (error) { code = error.code; }
      const { length } = handles;
      for (const handle of handles) handle.close();
      loop.run();
      assert.strictEqual(countDescriptors(), before);
      loop.onSignal('SIGUSR2', () => {}).close();
      loop.close();
      report([code, length]);
    `);
    expect(codes).toEqual(['ENOSPC', 64]);
  });

  it('a loop that is closed, after which nothing is left open', () => {
    test.loop.close();
    expect(() => test.loop.onSignal('SIGUSR2', () => {})).toThrow(
      expect.objectContaining({ code: 'ERR_LOOP_CLOSED' }),
    );
  });
});

it('a handle keeps the loop alive while it is referenced', () => {
  const handle = test.loop.onSignal('SIGUSR2', () => {});
  expect(test.loop.alive).toBe(true);
  handle.unref();
  expect([test.loop.alive, handle.active]).toEqual([false, true]);
  handle.close();
  handle.close();
  expect([handle.closed, handle.active]).toEqual([true, false]);
});
