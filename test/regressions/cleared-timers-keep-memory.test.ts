// Trap 38: cleared timers of distinct delays kept their lists until they would have been
// due, and the tables of many timers stayed long for ever. Each run here clears all that
// it starts and then measures, with an attached loop that has one timer left.
//
// When empty lists are not dropped, the first two keep some 50 MB; when the tables are
// not shortened, the last two keep 20 MB or more.
import { expect, it } from 'vitest';
import { runChild } from '../support/child.js';

const COUNT = 300_000;

const STARTED: Record<string, string> = {
  'each cleared as it was started, all of distinct delays': `
    for (let i = 0; i < ${COUNT}; i++) loop.clearTimeout(loop.setTimeout(nothing, hour + i / 8));`,
  'intervals, each cleared as it was started': `
    for (let i = 0; i < ${COUNT}; i++) loop.clearInterval(loop.setInterval(nothing, hour));`,
  'all started, then all cleared, of one delay': `
    const all = Array.from({ length: ${COUNT} }, () => loop.setTimeout(nothing, hour));
    for (const timer of all) timer.close();`,
  'all started, then all cleared, of distinct delays': `
    const all = Array.from({ length: ${COUNT} }, (_, i) => loop.setTimeout(nothing, hour + i / 8));
    for (const timer of all) loop.clearTimeout(+timer);`,
};

it.each(Object.keys(STARTED))('timers, %s, leave no memory', (started) => {
  const kept = runChild<number>(
    `const nothing = () => {};
    const hour = 3.6e6;
    const loop = new EventLoop().attach();
    loop.setTimeout(nothing, hour).unref();
    const used = () => {
      gc();
      const { heapUsed, arrayBuffers } = process.memoryUsage();
      return heapUsed + arrayBuffers;
    };
    const before = used();
    (() => { ${STARTED[started]} })();
    let looks = 0;
    const look = () => {
      const kept = used() - before;
      if (kept > 2e6 && ++looks < 100) setTimeout(look, 50);
      else { report(kept); process.exit(); }
    };
    setTimeout(look, 0);`,
    { flags: ['--expose-gc'] },
  );
  expect(kept).toBeLessThan(2e6);
});
