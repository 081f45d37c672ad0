// The loop's timers while the host drives it: the host counts in whole milliseconds,
// the loop does not, and a timer is neither early nor lost.
import { describe, expect, it } from 'vitest';
import { HOSTS, sayingsOf } from './support.js';

describe.each(HOSTS)('with the loop attached by %s', (host) => {
  it('300 random delays at once are never early and never lost', async () => {
    const said = await sayingsOf(
      `const loop = new EventLoop().attach();
      let fired = 0;
      for (let i = 0; i < 300; i++) {
        const delayMs = Math.random() * 100;
        const startMs = performance.now();
        loop.setTimeout(() => {
          const tookMs = performance.now() - startMs;
          if (tookMs < delayMs) say('early: ' + tookMs + ' of ' + delayMs);
          fired++;
        }, delayMs);
      }
      process.on('exit', () => say('fired ' + fired));`,
      { host },
    );
    expect(said).toEqual(['fired 300']);
  });

  it('timers that are started one after the other, from anywhere, are never early', async () => {
    const said = await sayingsOf(
      `const loop = new EventLoop().attach();
      const from = [
        (start) => setImmediate(start),
        (start) => process.nextTick(start),
        (start) => loop.setImmediate(start),
        (start) => fs.readFile('/dev/null', start),
        (start) => { stall(3); start(); },
        (start) => start(),
      ];
      let left = 120;
      const next = () => {
        if (left-- === 0) return say('done');
        from[left % from.length](() => {
          const delayMs = Math.random() * 4;
          const startMs = performance.now();
          loop.setTimeout(() => {
            if (performance.now() - startMs < delayMs) say('early');
            next();
          }, delayMs);
        });
      };
      next();`,
      { host },
    );
    expect(said).toEqual(['done']);
  });

  it('a timer is not lost while the host is busy, nor early after', async () => {
    const said = await sayingsOf(
      `const loop = new EventLoop().attach();
      const startMs = performance.now();
      const late = [];
      for (const delayMs of [5, 50, 120]) {
        loop.setTimeout(() => late.push(performance.now() - startMs >= delayMs), delayMs);
      }
      stall(80);
      process.on('exit', () => say(late.join()));`,
      { host },
    );
    expect(said).toEqual(['true,true,true']);
  });

  it('a timer that is sooner than the one that is armed fires first', async () => {
    const said = await sayingsOf(
      `const loop = new EventLoop().attach();
      const far = loop.setTimeout(() => say('far'), 1e7);
      setTimeout(() => loop.setTimeout(() => { say('near'); far.close(); }, 1), 5);`,
      { host },
    );
    expect(said).toEqual(['near']);
  });

  it('a timer that is armed and cleared leaves the others as they are', async () => {
    const said = await sayingsOf(
      `const loop = new EventLoop().attach();
      for (let i = 0; i < 50; i++) {
        const doomed = loop.setTimeout(() => say('doomed'), i / 4);
        setTimeout(() => doomed.close(), 0);
        doomed.close();
      }
      loop.setTimeout(() => say('kept'), 20);`,
      { host },
    );
    expect(said).toEqual(['kept']);
  });

  it.each([2 ** 31 - 1, 2 ** 31, 2 ** 32, 2 ** 53 - 1, 2 ** 53])(
    'a delay of %d ms does not fire at once',
    async (delayMs) => {
      const said = await sayingsOf(
        `const loop = new EventLoop().attach();
        const far = loop.setTimeout(() => say('far fired'), ${delayMs});
        let left = 30;
        // Armed again and again, at times with all kinds of fractions.
        const again = () => {
          if (left-- > 0) return setTimeout(() => { stall(0.37); far.refresh(); again(); }, 1);
          say('waits ' + far.active + ' ' + loop.alive);
          far.close();
        };
        again();`,
        { host },
      );
      expect(said).toEqual(['waits true true']);
    },
  );

  it('intervals go on without drift of calls while the host works', async () => {
    const said = await sayingsOf(
      `const loop = new EventLoop().attach();
      const startMs = performance.now();
      let calls = 0;
      let early = 0;
      const interval = loop.setInterval(() => {
        calls++;
        if (performance.now() - startMs < calls * 2) early++;
        if (calls === 50) { interval.close(); say('calls 50, early ' + early); }
      }, 2);
      const busy = setInterval(() => stall(2), 7);
      busy.unref();`,
      { host },
    );
    expect(said).toEqual(['calls 50, early 0']);
  });

  it('a thousand timers cost no more than one place in the host', async () => {
    const said = await sayingsOf(
      `const loop = new EventLoop().attach();
      let left = 1000;
      const before = [openDescriptors(), threads()].join();
      for (let i = 0; i < 1000; i++) {
        loop.setTimeout(() => {
          if (--left > 0) return;
          say('all fired ' + ([openDescriptors(), threads()].join() === before));
        }, i / 20);
      }`,
      { host },
    );
    expect(said).toEqual(['all fired true']);
  });
});
