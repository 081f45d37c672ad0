// loop.onSignal: what it refuses, with which error, and that nothing is left open then.
import { describe, expect, it } from 'vitest';
import { runChild } from '../support/child.js';
import { eachWithLoop } from '../support/drive.js';
import { HOSTILE } from '../support/hostile.js';

const test = eachWithLoop();

describe('misuse', () => {
  it('a name that is no signal', () => {
    for (const [kind, value] of Object.entries(HOSTILE)) {
      const code = typeof value === 'string' ? 'ERR_INVALID_ARG_VALUE' : 'ERR_INVALID_ARG_TYPE';
      expect(() => test.loop.onSignal(value as string, () => {}), kind).toThrow(
        expect.objectContaining({ name: 'TypeError', code }),
      );
    }
    const away = [
      'SIGTERM+1',
      'SIGRTMIN-1',
      'SIGRTMIN+31',
      'SIGRTMAX+1',
      'SIGRTMIN+',
      'SIGRTMIN+1.5',
    ];
    for (const name of away) {
      expect(() => test.loop.onSignal(name, () => {}), name).toThrow(TypeError);
    }
    for (const name of ['SIGNOTHING', 'TERM', 'sigterm', 'SIGTERM ', 'SIG_BLOCK', 'SIGTERM\0']) {
      expect(() => test.loop.onSignal(name, () => {}), name).toThrow(TypeError);
    }
    expect(() => test.loop.onSignal('SIGUSR2', 'x' as unknown as () => void)).toThrow(TypeError);
  });

  it('one that cannot be watched is EINVAL, and opens nothing', () => {
    for (const name of ['SIGKILL', 'SIGSTOP', 'SIGSEGV', 'SIGBUS', 'SIGFPE', 'SIGILL']) {
      expect(() => test.loop.onSignal(name, () => {}), name).toThrow(
        expect.objectContaining({
          ...{ name: 'SystemError', code: 'EINVAL', syscall: 'sigaction' },
          message: expect.stringMatching(/SIGKILL and SIGSTOP are never heard/),
        }),
      );
    }
    expect(test.loop.metrics().handles).toEqual([]);
  });

  it('a dispatcher that there is not', () => {
    const code = runChild(
      `try { new EventLoop().onSignal('SIGHUP', () => {}); } catch (e) { report(e.code); }`,
      { env: { RAWLOOP_SIGNALS: 'kernel' } },
    );
    expect(code).toBe('ERR_INVALID_ARG_VALUE');
  });

  it('a loop that is closed, after which nothing is left open', () => {
    test.loop.close();
    expect(() => test.loop.onSignal('SIGUSR2', () => {})).toThrow(
      expect.objectContaining({ code: 'ERR_LOOP_CLOSED' }),
    );
  });

  it('an option of onceSignal that is none', async () => {
    const wrong = { singal: 1 } as object;
    await expect(test.loop.onceSignal('SIGUSR2', wrong)).rejects.toThrow(`did you mean 'signal'?`);
    expect(test.loop.metrics().handles).toEqual([]);
  });

  it('no descriptors: EMFILE, and nothing stays', () => {
    const codes = runChild(
      `const loop = new EventLoop();
      loop.onSignal('SIGUSR2', () => {}).close();
      const open = [];
      try { for (;;) open.push(fs.openSync('/dev/null')); } catch {}
      const codes = [];
      // Of the few that are free every one is taken and given back.
      for (let free = 0; free < 20; free++) {
        try { loop.onSignal('SIGUSR2', () => {}).close(); codes.push('ok'); } catch (e) { codes.push(e.code); }
        fs.closeSync(open.pop());
      }
      for (const fd of open) fs.closeSync(fd);
      report([...new Set(codes), loop.metrics().handles.length]);`,
      { maxDescriptors: 60 },
    );
    // Without a look before, libuv 1.46 leaves a descriptor open each time: never 'ok'.
    expect(codes).toEqual(['EMFILE', 'ok', 0]);
  });
});
