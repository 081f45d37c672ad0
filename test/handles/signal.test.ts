// loop.onSignal: signals as events of the loop. In children, which signals may kill.
import { describe, expect, it } from 'vitest';
import { endOfChild, runChild } from '../support/child.js';
import { DRIVE_MODES, eachWithLoop } from '../support/drive.js';
import { HOSTILE } from '../support/hostile.js';
import { DRIVE } from './support.js';

const test = eachWithLoop();

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
      const handle = loop.onSignal('SIGHUP', () => {
        // Whatever else there is of them comes in the next turns.
        if (told++ === 0) loop.setTimeout(() => handle.close(), 20);
      });
      // More than a pipe holds.
      for (let i = 0; i < 70_000; i++) raise('SIGHUP');
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
