// Idle, prepare and check hooks: callbacks of every iteration.
import { describe, expect, it } from 'vitest';
import type { EventLoop } from '../../lib/faces/event-loop.js';
import type { HookCallback, PhaseHook } from '../../lib/loop/phase-hooks.js';
import { run } from '../support/drive.js';
import { fakeLoop } from '../support/fake-poller.js';
import { newLoop, PHASES, silentFd, thrownBy } from './support.js';

const HOOKS: Record<string, (loop: EventLoop, callback: HookCallback) => PhaseHook> = {
  idle: (loop, callback) => loop.idle(callback),
  prepare: (loop, callback) => loop.prepare(callback),
  check: (loop, callback) => loop.check(callback),
};

describe('hooks', () => {
  it('run in their places: idle, prepare, poll, check, immediates', async () => {
    const loop = newLoop();
    const log: string[] = [];
    for (const name of ['check', 'prepare', 'idle']) {
      HOOKS[name]?.(loop, (hook) => {
        hook.close();
        log.push(name);
      });
    }
    for (const phase of Object.keys(PHASES)) PHASES[phase]?.(loop, () => log.push(phase));
    expect(await run(loop, 'once')).toBe(false);
    expect(log).toEqual([
      'timers',
      'pending',
      'idle',
      'prepare',
      'poll',
      'check',
      'check',
      'closing',
    ]);
  });
});

describe.each(Object.keys(HOOKS))('%s hooks', (name) => {
  const add = HOOKS[name] as NonNullable<(typeof HOOKS)[string]>;

  it('run once in every iteration until they are closed, in start order', async () => {
    const loop = newLoop();
    const log: string[] = [];
    const spinning = loop.idle(() => {});
    const [a, b] = ['a', 'b'].map((word) => add(loop, () => log.push(word))) as [
      PhaseHook,
      PhaseHook,
    ];
    for (let i = 0; i < 3; i++) await run(loop, 'nowait');
    a.close();
    await run(loop, 'nowait');
    b.close();
    spinning.close();
    expect(await run(loop, 'nowait')).toBe(false);
    expect(log).toEqual(['a', 'b', 'a', 'b', 'a', 'b', 'b']);
  });

  it('keep the loop alive while they are referenced, and no longer', async () => {
    const loop = newLoop();
    const hook = add(loop, () => {});
    expect([loop.alive, hook.hasRef(), hook.active]).toEqual([true, true, true]);
    expect(hook.unref().unref()).toBe(hook);
    expect([loop.alive, hook.hasRef()]).toEqual([false, false]);
    expect(await run(loop)).toBe(false);
    hook.ref().ref();
    expect(loop.alive).toBe(true);
    hook.close();
    hook.close();
    hook.unref().ref();
    expect([loop.alive, hook.active]).toEqual([false, false]);
  });

  it('that are not referenced run while others keep the loop going', async () => {
    const loop = newLoop();
    let calls = 0;
    add(loop, () => calls++).unref();
    loop.setImmediate(() => {});
    expect(await run(loop)).toBe(false);
    expect(calls).toBe(1);
  });

  it('that start in a callback of the phase wait for the next iteration', async () => {
    const loop = newLoop();
    const log: string[] = [];
    add(loop, (hook) => {
      hook.close();
      log.push('first');
      add(loop, (second) => {
        second.close();
        log.push('second');
      });
    });
    const spinning = loop.idle(() => {});
    await run(loop, 'nowait');
    expect(log).toEqual(['first']);
    await run(loop, 'nowait');
    expect(log).toEqual(['first', 'second']);
    spinning.close();
  });

  it('that another one closes in the same phase are not called', async () => {
    const loop = newLoop();
    const log: string[] = [];
    const hooks: PhaseHook[] = [];
    for (let i = 0; i < 3; i++) {
      hooks.push(
        add(loop, () => {
          log.push(`hook ${i}`);
          for (const hook of hooks) hook.close();
        }),
      );
    }
    await run(loop, 'nowait');
    expect(log).toEqual(['hook 0']);
  });

  it('that throw lose neither the rest of their phase nor their own next turn', async () => {
    const loop = newLoop();
    const log: number[] = [];
    const hooks = [0, 1, 2].map((i) =>
      add(loop, () => {
        log.push(i);
        if (i === 1 && log.length < 4) throw new Error('on purpose');
      }),
    );
    const spinning = loop.idle(() => {});
    await expect(run(loop, 'nowait')).rejects.toThrow('on purpose');
    await run(loop, 'nowait');
    expect(log).toEqual([0, 1, 2]);
    await run(loop, 'nowait');
    expect(log.slice(3)).toEqual([0, 1, 2]);
    for (const hook of [...hooks, spinning]) hook[Symbol.dispose]();
    expect(loop.alive).toBe(false);
  });

  it('have ticks and microtasks run between them', async () => {
    const loop = newLoop();
    const log: string[] = [];
    for (const word of ['a', 'b']) {
      add(loop, (hook) => {
        hook.close();
        log.push(word);
        queueMicrotask(() => log.push(`${word} microtask`));
        loop.nextTick(() => log.push(`${word} tick`));
      });
    }
    await run(loop, 'nowait');
    expect(log).toEqual(['a', 'a tick', 'a microtask', 'b', 'b tick', 'b microtask']);
  });

  it('end with their loop, and take functions only', () => {
    const loop = newLoop();
    expect(thrownBy(() => add(loop, 'f' as never))).toMatchObject({ code: 'ERR_INVALID_ARG_TYPE' });
    const hooks = Array.from({ length: 5 }, () => add(loop, () => {}));
    loop.close();
    expect(hooks.map((hook) => hook.active)).toEqual(Array(5).fill(false));
    expect(loop.alive).toBe(false);
    expect(thrownBy(() => add(loop, () => {}))).toMatchObject({ code: 'ERR_LOOP_CLOSED' });
  });
});

describe('an idle hook', () => {
  it('keeps the loop from waiting', async () => {
    const loop = newLoop();
    loop.watch(silentFd(), { read: true }, () => {});
    let calls = 0;
    const hook = loop.idle(() => {
      if (++calls === 100) loop.stop();
    });
    expect(await run(loop)).toBe(true);
    expect(calls).toBe(100);
    hook.close();
  });

  it('does not starve timers or descriptors', async () => {
    const loop = newLoop();
    const log: string[] = [];
    const hook = loop.idle(() => {});
    loop.setTimeout(() => log.push('timer'), 5);
    PHASES['poll']?.(loop, () => log.push('descriptor'));
    loop.setTimeout(() => hook.close(), 6);
    await run(loop);
    expect(log.sort()).toEqual(['descriptor', 'timer']);
  });
});

describe('an idle hook that is not referenced', () => {
  it('does not keep the loop alive', async () => {
    const { loop, poller } = fakeLoop();
    let calls = 0;
    loop.idle(() => calls++).unref();
    expect(await run(loop)).toBe(false);
    expect([calls, poller.waitsMs]).toEqual([0, []]);
  });

  it('keeps the loop from waiting all the same while something else keeps it alive', async () => {
    const { loop, poller } = fakeLoop();
    let calls = 0;
    loop
      .idle(() => {
        if (++calls === 100) keeper.close();
      })
      .unref();
    const keeper = loop.prepare(() => {});
    await run(loop);
    expect([calls, poller.waitsMs]).toEqual([100, []]);
  });
});

describe('a prepare or check hook', () => {
  it('does not keep the loop from waiting', async () => {
    const loop = newLoop();
    let calls = 0;
    const hooks = [loop.prepare(() => calls++), loop.check(() => calls++)];
    loop.setTimeout(() => {
      for (const hook of hooks) hook.close();
    }, 30);
    await run(loop);
    // An iteration or two, not a spin.
    expect(calls).toBeLessThan(20);
  });
});
