// Trap 10: a delay beyond what an int, or a host's timer, holds. It is not cut, not
// taken for 1 and not fired at once: up to 2^53 ms it is waited for.
//
// Without the guards: with the wait's time cast to 32 bits instead of capped
// (`timeoutMs | 0` in lib/poller/epoll.ts, with epoll_pwait2 left out), delays of
// 2^32-1 ms and more wait for no time at all. With the host's time cast so, or not
// capped (MAX_ARM_MS in lib/loop/guest/guest.ts), 2^32 spins and the addon refuses 2^53.
import { describe, expect, it } from 'vitest';
import { HOSTS, sayingsOf } from '../guest/support.js';
import { newLoop, outside, thrownBy } from '../loop/support.js';
import { runChild } from '../support/child.js';

const DELAYS = [
  2 ** 31 - 1,
  2 ** 31,
  2 ** 31 + 1,
  2 ** 32 - 1,
  2 ** 32,
  2 ** 32 + 5,
  2 ** 53 - 1,
  2 ** 53,
];

describe('a loop that owns the thread', () => {
  it.each(DELAYS)('waits for a timer of %d ms alone until it is woken', (ms) => {
    const told = runChild(`
      const loop = new EventLoop();
      const far = loop.setTimeout(() => {}, ${ms});
      const flag = new Int32Array(new SharedArrayBuffer(4));
      const worker = new Worker(\`
        const { waker, flag, dist } = require('node:worker_threads').workerData;
        const { wake } = require(dist + '/index.cjs');
        Atomics.wait(flag, 0, 0, 30);
        Atomics.store(flag, 0, 1);
        wake(waker);
      \`, { eval: true, workerData: { waker: loop.waker, flag, dist: DIST } });
      worker.on('online', () => setImmediate(() => {
        const alive = loop.run('once');
        report({ woken: Atomics.load(flag, 0) === 1, alive, waits: far.active });
      }));`);
    expect(told).toEqual({ woken: true, alive: true, waits: true });
  });

  it.each(DELAYS)('does not spin for a timer of %d ms while another waits', async (ms) => {
    const loop = newLoop();
    const far = loop.setTimeout(() => {}, ms);
    const farInterval = loop.setInterval(() => {}, ms);
    const { poller } = loop;
    const wait = poller.wait.bind(poller);
    let waits = 0;
    poller.wait = (ready, timeoutMs) => {
      waits++;
      return wait(ready, timeoutMs);
    };
    await outside(() => {
      loop.setTimeout(() => loop.stop(), 20);
      loop.run();
    });
    expect(waits).toBeLessThanOrEqual(3);
    expect([far.active, farInterval.active]).toEqual([true, true]);
  });

  it('takes no delay beyond 2^53 ms', () => {
    const loop = newLoop();
    for (const ms of [2 ** 53 + 2, 2 ** 60, Number.MAX_VALUE, Infinity]) {
      const error = thrownBy(() => loop.setTimeout(() => {}, ms));
      expect(error).toMatchObject({ name: 'RangeError', code: 'ERR_OUT_OF_RANGE' });
    }
  });
});

describe.each(HOSTS)('a loop that is attached by %s', (host) => {
  it.each(DELAYS)('holds a timer of %d ms, and turns no more often for it', async (ms) => {
    const said = await sayingsOf(
      `const loop = new EventLoop().attach();
      let turns = 0;
      loop.prepare(() => turns++).unref();
      const far = loop.setTimeout(() => say('far fired'), ${ms});
      let left = 20;
      // Armed anew at times with all kinds of fractions.
      const again = () => {
        if (left-- > 0) return setTimeout(() => { stall(0.37); far.refresh(); again(); }, 1);
        say('waits ' + far.active + ', few turns ' + (turns <= 25));
        far.close();
      };
      again();`,
      { host },
    );
    expect(said).toEqual(['waits true, few turns true']);
  });
});
