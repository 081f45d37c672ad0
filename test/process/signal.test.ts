// loop.onSignal: signals as events of the loop. In children, which signals may kill, and
// by each of the two who may dispatch: the host's libuv, and the handler for other hosts.
// What is refused: signal-misuse.test.ts.
import { describe, expect, it } from 'vitest';
import type { SignalHandle } from '../../lib/process/signal.js';
import { DRIVE } from '../stream/support.js';
import { endOfChild, runChild } from '../support/child.js';
import { DRIVE_MODES, eachWithLoop, run } from '../support/drive.js';
import { deviates, usedBackend } from '../support/libkqueue.js';

const test = eachWithLoop();
const DISPATCHERS = ['libuv', 'handler'];

describe.each(DISPATCHERS)('told by %s', (dispatcher) => {
  const env = { RAWLOOP_SIGNALS: dispatcher };

  it.each(DRIVE_MODES)('a signal is told by name, each time that it comes, %s', (mode) => {
    const told = runChild(
      `${DRIVE}
      const loop = new EventLoop();
      const told = [];
      const handle = loop.onSignal('SIGUSR2', (signal, self) => {
        told.push(signal, self === handle);
        if (told.length === 6) self.close();
        else raise('SIGUSR2');
      }).ref();
      raise('SIGUSR2');
      driveIn('${mode}', loop, () => report([told, handle.signal, handle.error === undefined]));`,
      { env },
    );
    expect(told).toEqual([Array(3).fill(['SIGUSR2', true]).flat(), 'SIGUSR2', true]);
  });

  it.each(DRIVE_MODES)('what comes at once is counted, in its order, %s', (mode) => {
    const told = runChild(
      `${DRIVE}
      const loop = new EventLoop();
      const told = [];
      const tell = (signal) => told.push(signal);
      loop.onSignal('SIGHUP', tell);
      loop.onSignal('SIGUSR2', tell);
      for (const signal of ['SIGHUP', 'SIGUSR2', 'SIGHUP', 'SIGHUP']) raise(signal);
      loop.setTimeout(() => {}, 1);
      driveIn('${mode}', loop, () => report(told));`,
      { env },
    );
    expect(told).toEqual(['SIGHUP', 'SIGUSR2', 'SIGHUP', 'SIGHUP']);
  });

  it('many are told a few a turn, so that others have theirs, and not for ever', () => {
    const [told, turns] = runChild<[number, number]>(
      `${DRIVE}
      const loop = new EventLoop();
      let told = 0, turns = 0;
      loop.onSignal('SIGHUP', () => { told++; });
      for (let i = 0; i < 20_000; i++) raise('SIGHUP');
      loop.prepare(() => { turns++; }).unref();
      driveIn('owned', loop, () => report([told, turns]));`,
      { env },
    );
    // What the pipe held; more is as good as that.
    expect(told).toBeGreaterThanOrEqual(1000);
    expect(told).toBeLessThanOrEqual(20_000);
    expect(turns).toBeGreaterThanOrEqual(told / 32);
  });

  it('the default action does not happen while a signal is watched, and does afterwards', () => {
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGUSR2', 'SIGALRM']) {
      const end = endOfChild(
        `${DRIVE}
        const loop = new EventLoop();
        loop.onSignal('${signal}', (name, self) => { self.close(); });
        raise('${signal}');
        driveIn('owned', loop, () => {
          report('survived');
          raise('${signal}');
          setTimeout(() => {}, 10000);
        });`,
        { env },
      );
      expect(end).toMatchObject({ report: 'survived', signal, stderr: '' });
    }
  });

  it.skipIf(deviates(usedBackend, 'closesLate'))(
    'a thousand watches are no more than one for each signal to the kernel',
    () => {
      const told = runChild(
        `${DRIVE}
      const before = countDescriptors();
      const loop = new EventLoop();
      let told = 0;
      const handles = [];
      for (let i = 0; i < 1000; i++) {
        handles.push(loop.onSignal(i % 2 ? 'SIGUSR2' : 'SIGHUP', () => { told++; }));
      }
      const opened = countDescriptors() - before;
      raise('SIGUSR2');
      raise('SIGHUP');
      loop.run();
      for (const handle of handles) handle.close();
      loop.run();
      const left = loop.metrics().handles.length;
      loop.close();
      report([told, opened < 20, left, countDescriptors() - before]);`,
        { env },
      );
      expect(told).toEqual([1000, true, 0, 0]);
    },
  );

  it('a handle that is closed hears nothing more, one that is opened nothing of before', () => {
    const told = runChild(
      `${DRIVE}
      const loop = new EventLoop();
      const told = [];
      const late = loop.onSignal('SIGUSR2', () => told.push('first'));
      loop.onSignal('SIGUSR2', () => {
        told.push('second');
        third.close();
        if (told.length === 2) loop.onSignal('SIGUSR2', () => told.push('fourth'));
      });
      const third = loop.onSignal('SIGUSR2', () => told.push('third'));
      raise('SIGUSR2');
      raise('SIGUSR2');
      loop.run();
      const before = loop.onSignal('SIGHUP', () => told.push('before'));
      raise('SIGHUP');
      before.close();
      loop.onSignal('SIGHUP', () => told.push('after'));
      loop.run();
      report(told);`,
      { env },
    );
    expect(told).toEqual(['first', 'second', 'first', 'second']);
  });

  it('a callback that throws loses no signal, neither of its own nor of others', () => {
    const told = runChild(
      `${DRIVE}
      const loop = new EventLoop();
      const told = [];
      // What is left is told although something else holds the loop.
      const hold = loop.setTimeout(() => {}, 1e9);
      for (const name of ['a', 'b', 'c']) {
        loop.onSignal('SIGUSR2', () => {
          told.push(name);
          if (told.length === 6) loop.clearTimeout(hold);
          if (name === 'b') throw new Error(name);
        });
      }
      raise('SIGUSR2');
      raise('SIGUSR2');
      const thrown = [];
      for (let i = 0; i < 4; i++) try { loop.run(); } catch (error) { thrown.push(error.message); }
      report([told.join(''), thrown]);`,
      { env },
    );
    expect(told).toEqual(['abcabc', ['b', 'b']]);
  });

  it('a blocked run() hears, and may be ended so', () => {
    const end = endOfChild(
      `${DRIVE}
      const loop = new EventLoop();
      loop.watch(raw.pipe2()[0], { read: true }, () => {});
      loop.onSignal('SIGINT', (signal) => { report(signal); loop.stop(); });
      require('node:child_process').spawn('sh', ['-c', 'sleep 0.2; kill -INT ' + process.pid]);
      setImmediate(() => { loop.run(); process.kill(process.pid, 'SIGINT'); });`,
      { env },
    );
    // The handle is still open: it is not killed by the second, and ends by itself.
    expect(end).toMatchObject({ report: 'SIGINT', status: 0, stderr: '' });
  });

  it('ignored signals are ignored again', () => {
    const status = runChild(
      `${DRIVE}
      const loop = new EventLoop();
      // Node ignores SIGPIPE: a program must not die of it because it watched it once.
      const [first, second] = [1, 2].map(() => loop.onSignal('SIGPIPE', () => {}));
      first.close();
      second.close();
      loop.close();
      raise('SIGPIPE');
      report('alive');`,
      { env },
    );
    expect(status).toBe('alive');
  });
});

describe('a signal handle', () => {
  it('does not hold the loop, unless it is told to', async () => {
    const handle = test.loop.onSignal('SIGUSR2', () => {});
    expect([test.loop.alive, handle.active, handle.hasRef()]).toEqual([false, true, false]);
    await run(test.loop);
    handle.ref();
    expect([test.loop.alive, handle.hasRef()]).toEqual([true, true]);
    handle.unref();
    expect(test.loop.alive).toBe(false);
    handle.close();
    handle.close();
    expect([handle.isClosed, handle.active]).toEqual([true, false]);
  });

  it('hears what came before the loop ended, also in the last callback', () => {
    const told = runChild(`${DRIVE}
      const owned = new EventLoop();
      const told = [];
      owned.onSignal('SIGUSR2', () => told.push('owned'));
      owned.setTimeout(() => raise('SIGUSR2'), 1);
      owned.run();
      const guest = new EventLoop().attach();
      process.on('exit', () => report(told));
      setImmediate(() => {
        guest.onSignal('SIGHUP', () => told.push('guest'));
        raise('SIGHUP');
      });
    `);
    expect(told).toEqual(['owned', 'guest']);
  });

  it('that the poller refuses for good is told so, and closed', async () => {
    const told: unknown[] = [];
    const tell = (signal: string, self: SignalHandle, error?: Error) =>
      told.push([signal, self.isClosed, self.error === error, error?.message]);
    const handle = test.loop.onSignal('SIGUSR2', tell);
    test.loop.onSignal('SIGHUP', tell);
    const hub = [...test.loop.table.handles].find((other) => other?.registered !== 0);
    hub?.failWith(new Error('refused'));
    await run(test.loop);
    expect(told).toEqual([
      ['SIGUSR2', true, true, 'refused'],
      ['SIGHUP', true, true, 'refused'],
    ]);
    expect([handle.active, test.loop.metrics().handles]).toEqual([false, []]);
  });

  it('is counted: events, callbacks, and a name', async () => {
    const handle = test.loop.onSignal('SIGWINCH', function resized() {});
    for (let i = 0; i < 3; i++) process.kill(process.pid, 'SIGWINCH');
    await run(test.loop);
    expect(handle.metrics).toMatchObject({ events: 3, callbacks: 3 });
    expect(handle.describe()).toBe('SignalHandle SIGWINCH resized');
  });
});
