// idle, prepare and check hooks: order, liveness, throwing.
import { describe, expect, it } from 'vitest';
import { newLoop, outside, thrownBy } from './support.js';

describe('phase hooks', () => {
  it('run in every iteration around the poll phase, in start order', async () => {
    const loop = newLoop();
    const order: string[] = [];
    const hooks = [
      loop.check(() => order.push('check')),
      loop.prepare(() => order.push('prepare')),
      loop.idle(() => order.push('idle 1')),
      loop.idle(() => order.push('idle 2')),
    ];
    loop.setImmediate(() => order.push('immediate'));
    await outside(() => {
      loop.run('nowait');
      loop.run('nowait');
    });
    const round = ['idle 1', 'idle 2', 'prepare', 'check'];
    expect(order).toEqual([...round, 'immediate', ...round]);
    for (const hook of hooks) hook.close();
    expect(loop.alive).toBe(false);
  });

  it('keep the loop alive unless they are unreferenced', async () => {
    const loop = newLoop();
    const hook = loop.prepare(() => {});
    expect(loop.alive).toBe(true);
    expect(hook.unref().hasRef()).toBe(false);
    expect(loop.alive).toBe(false);
    hook.ref().ref();
    expect(loop.alive).toBe(true);
    hook.close();
    hook.close();
    expect(loop.alive).toBe(false);
    expect(hook.active).toBe(false);
  });

  it('an idle hook keeps the loop from waiting', async () => {
    const loop = newLoop();
    loop.setTimeout(() => {}, 2 ** 31).unref();
    let rounds = 0;
    loop.idle((hook) => {
      if (++rounds === 100) hook.close();
    });
    await outside(() => loop.run());
    expect(rounds).toBe(100);
  });

  it('one that throws loses none of its phase', async () => {
    const loop = newLoop();
    const order: string[] = [];
    const bad = loop.check(() => {
      order.push('bad');
      throw new Error('check');
    });
    const good = loop.check(() => order.push('good'));
    const error = await outside(() => thrownBy(() => loop.run('nowait')));
    expect(error).toMatchObject({ message: 'check' });
    bad.close();
    await outside(() => loop.run('nowait'));
    expect(order).toEqual(['bad', 'good']);
    good.close();
  });

  it('refuse what is no function and a closed loop', () => {
    const loop = newLoop();
    expect(() => loop.idle(1 as never)).toThrow(
      expect.objectContaining({ code: 'ERR_INVALID_ARG_TYPE' }),
    );
    loop.close();
    for (const add of ['idle', 'prepare', 'check'] as const) {
      expect(() => loop[add](() => {})).toThrow(
        expect.objectContaining({ code: 'ERR_LOOP_CLOSED' }),
      );
    }
  });
});
