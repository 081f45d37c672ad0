// attach and detach: in any order, at any time, as often as one likes.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EventLoop } from '../../lib/faces/event-loop.js';
import { newLoop, readableFd, silentFd, thrownBy } from '../loop/support.js';
import { runChild } from '../support/child.js';
import { openDescriptors, openedSince } from '../support/descriptors.js';
import { run } from '../support/drive.js';
import { HOSTS, sayingsOf } from './support.js';

/** A turn of the loop; it is over when this settles. */
const turn = async (loop: EventLoop) => {
  await new Promise<void>((resolve) => loop.setTimeout(resolve, 1));
  await new Promise(setImmediate);
};
/** Closed handles of the host are gone after a turn or two of its own. */
const hostTurns = async () => {
  for (let i = 0; i < 20; i++) await new Promise((resolve) => setTimeout(resolve, 1));
};

describe.each(HOSTS)('by %s', (host) => {
  beforeEach(() => {
    process.env['RAWLOOP_HOST'] = host;
  });
  afterEach(() => {
    delete process.env['RAWLOOP_HOST'];
  });

  it('attach() gives the loop back and may be called again', async () => {
    const loop = newLoop();
    expect(loop.attached).toBe(false);
    expect(loop.attach()).toBe(loop);
    const before = openDescriptors().size;
    expect(loop.attach().attach()).toBe(loop);
    expect([loop.attached, openDescriptors().size]).toEqual([true, before]);
    let calls = 0;
    const interval = loop.setInterval(() => calls++, 1);
    await turn(loop);
    await turn(loop);
    interval.close();
    expect(calls).toBeGreaterThan(0);
  });

  it('detach() gives the loop back and may be called again', () => {
    const loop = newLoop();
    expect(loop.detach()).toBe(loop);
    expect(loop.attach().detach().detach()).toBe(loop);
    expect(loop.attached).toBe(false);
  });

  it('nothing is called after detach(), and all of it after the next attach()', async () => {
    const loop = newLoop().attach();
    const log: string[] = [];
    loop.setTimeout(() => log.push('timer'), 0);
    loop.setImmediate(() => log.push('immediate'));
    loop.watch(readableFd(), { read: true }, (_ready, watcher) => {
      watcher.close();
      log.push('watcher');
    });
    loop.detach();
    await hostTurns();
    expect(log).toEqual([]);
    loop.attach();
    await turn(loop);
    expect(log).toEqual(['timer', 'watcher', 'immediate']);
  });

  it('a loop that was attached runs after detach(), and may be attached again', async () => {
    const loop = newLoop();
    const log: string[] = [];
    for (let i = 0; i < 3; i++) {
      loop.attach();
      await turn(loop);
      log.push('guest');
      loop.detach();
      loop.setTimeout(() => log.push('owned'), 1);
      expect(await run(loop)).toBe(false);
    }
    expect(log).toEqual(['guest', 'owned', 'guest', 'owned', 'guest', 'owned']);
  });

  it('detach() in a callback ends turns there: the iteration goes on, no other begins', async () => {
    const loop = newLoop().attach();
    const log: string[] = [];
    loop.setTimeout(() => {
      log.push('detach');
      loop.detach();
      loop.setImmediate(() => {
        log.push('immediate of this iteration');
        loop.setImmediate(() => log.push('of the next'));
      });
    }, 1);
    await hostTurns();
    expect(log).toEqual(['detach', 'immediate of this iteration']);
    expect(await run(loop)).toBe(false);
    expect(log.at(-1)).toBe('of the next');
  });

  it('attach() and run() in a callback throw ERR_LOOP_RUNNING', async () => {
    const loop = newLoop().attach();
    const errors: unknown[] = [];
    await new Promise<void>((resolve) => {
      loop.setTimeout(() => {
        for (const call of ['attach', 'run'] as const) {
          errors.push(thrownBy(() => loop[call]()));
        }
        resolve();
      });
    });
    const running = { code: 'ERR_LOOP_RUNNING' };
    expect(errors).toMatchObject([running, running]);
    expect([loop.closed, loop.attached]).toEqual([false, true]);
  });

  it('close() in a callback, or after an await, ends the loop after that turn', async () => {
    await hostTurns();
    const before = openDescriptors();
    const loop = new EventLoop().attach();
    const log: string[] = [];
    loop.listen({ port: 0 }, {});
    await new Promise<void>((resolve) => loop.setTimeout(resolve, 1));
    loop.close();
    log.push(`closed ${loop.closed}`);
    loop.setTimeout(() => log.push('never'), 0);
    await hostTurns();
    expect(log).toEqual(['closed false']);
    expect([loop.closed, loop.attached]).toEqual([true, false]);
    expect(openedSince(before)).toEqual([]);
  });

  it('close() outside of callbacks ends an attached loop', async () => {
    await hostTurns();
    const before = openDescriptors();
    const loop = new EventLoop().attach();
    let calls = 0;
    loop.setTimeout(() => calls++, 0);
    loop.listen({ port: 0 }, {});
    loop.close();
    expect([loop.closed, loop.attached]).toEqual([true, false]);
    await hostTurns();
    expect(calls).toBe(0);
    expect(openedSince(before)).toEqual([]);
  });

  it('a hundred times costs nothing that stays', async () => {
    await hostTurns();
    const before = openDescriptors();
    const loop = new EventLoop();
    for (let i = 0; i < 100; i++) {
      loop.attach();
      if (i % 10 === 0) await turn(loop);
      loop.detach();
    }
    loop.close();
    await hostTurns();
    expect(openedSince(before)).toEqual([]);
  });

  it('attached loops that are closed leave no thread and no descriptor', async () => {
    const said = await sayingsOf(
      `(async () => {
        const oneLoop = async () => {
          const loop = new EventLoop().attach();
          await new Promise((resolve) => loop.setTimeout(resolve, 0));
          loop.close();
        };
        await oneLoop();
        await new Promise((resolve) => setTimeout(resolve, 20));
        const before = [openDescriptors(), threads()].join();
        for (let i = 0; i < 50; i++) await oneLoop();
        await until(() => [openDescriptors(), threads()].join() === before);
        say('the same');
      })();`,
      { host },
    );
    expect(said).toEqual(['the same']);
  });

  it('a wake-up makes a turn and nothing else', async () => {
    const loop = newLoop().attach();
    let calls = 0;
    loop.watch(silentFd(), { read: true }, () => calls++).unref();
    for (let i = 0; i < 20; i++) {
      loop.wake();
      await turn(loop);
    }
    expect(calls).toBe(0);
  });
});

describe('a process without free descriptors', () => {
  it.each(HOSTS)('is told so where it attaches by %s, and leaks none over it', (host) => {
    const told = runChild(
      `
      const loop = new EventLoop();
      const files = [];
      try { for (;;) files.push(fs.openSync('/dev/null')); } catch {}
      let error;
      for (let i = 0; i < 5; i++) {
        try { loop.attach().detach(); } catch (thrown) { error = thrown; }
      }
      for (const file of files) fs.closeSync(file);
      const before = countDescriptors();
      loop.attach();
      loop.setTimeout(() => {
        report({ code: error?.code, syscall: error?.syscall, attached: loop.attached });
      }, 1);`,
      { env: { RAWLOOP_HOST: host }, maxDescriptors: 64 },
    );
    expect(told).toEqual({ code: 'EMFILE', syscall: 'attach', attached: true });
  });
});

describe('RAWLOOP_HOST', () => {
  it('that names no attachment is refused, and the loop can still run', async () => {
    const said = await sayingsOf(
      `const loop = new EventLoop();
      try { loop.attach(); } catch (error) { say(error.code + ' ' + error.message); }
      say('attached ' + loop.attached);
      setImmediate(() => { loop.setTimeout(() => say('timer'), 1); loop.run(); });`,
      { env: { RAWLOOP_HOST: 'glib' } },
    );
    expect(said[0]).toMatch(/^ERR_INVALID_ARG_VALUE .*'libuv' or 'waiter', not 'glib'/);
    expect(said.slice(1)).toEqual(['attached false', 'timer']);
  });
});
