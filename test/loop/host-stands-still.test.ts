// A loop that owns its thread: what Node itself waits for on that thread stands still
// until run() returns, and comes then.
import { stat } from 'node:fs';
import { expect, it } from 'vitest';
import { newLoop, outside } from './support.js';

it('while run() runs Node’s own timers, immediates and I/O stand still, and come after it', async () => {
  const loop = newLoop();
  const log: string[] = [];
  const done = outside(
    () =>
      new Promise<void>((resolve) => {
        let left = 3;
        const note = (what: string) => () => {
          log.push(what);
          if (--left === 0) resolve();
        };
        setTimeout(note('Node timer'), 1);
        setImmediate(note('Node immediate'));
        stat('/', note('Node I/O'));
        loop.setTimeout(() => log.push('loop timer'), 50);
        loop.run();
        log.push('run() returned');
      }),
  );
  await done;
  expect(log.slice(0, 2)).toEqual(['loop timer', 'run() returned']);
  expect(log.slice(2).sort()).toEqual(['Node I/O', 'Node immediate', 'Node timer']);
});
