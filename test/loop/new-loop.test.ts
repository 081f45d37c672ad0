// A loop for each test or Worker must be cheap: what it may need one day it allocates on
// first use. With counters or the tables of timers made by the constructor it stays below
// the limit, with a slab, or room for gathered output, it does not.
import { expect, it } from 'vitest';
import { runChild } from '../support/child.js';

const LOOPS = 100;
const LIMIT = 20 * 1024;

it.each(['', 'loop.run();'])('a loop that did nothing holds less than 20 KiB (%s)', (ran) => {
  const bytes = runChild<number>(
    `const used = () => {
      gc();
      const { heapUsed, arrayBuffers } = process.memoryUsage();
      return heapUsed + arrayBuffers;
    };
    const make = () => {
      const loop = new EventLoop();
      ${ran}
      return loop;
    };
    make().close();
    setImmediate(() => {
      const before = used();
      const loops = Array.from({ length: ${LOOPS} }, make);
      const after = used();
      for (const loop of loops) loop.close();
      report((after - before) / ${LOOPS});
    });`,
    { flags: ['--expose-gc'] },
  );
  expect(bytes).toBeGreaterThan(0);
  expect(bytes).toBeLessThan(LIMIT);
});
