// `spinMs`: the loop asks without waiting for a while before its thread sleeps. Nothing
// else changes: what is waited for, for how long, and what ends it.
import { describe, expect, it } from 'vitest';
import { EventLoop } from '../../lib/faces/event-loop.js';
import * as raw from '../../lib/raw/index.js';
import { run } from '../support/drive.js';
import { newLoop, socketPair } from './support.js';

describe('a loop that spins', () => {
  it('sees what comes while it asks, and what comes while it sleeps', async () => {
    for (const spinMs of [1000, 0.001]) {
      const loop = newLoop({ spinMs });
      const [fd, peer] = socketPair();
      const seen: number[] = [];
      const watcher = loop.watch(fd, { read: true }, () => {
        seen.push(raw.read(fd, new Uint8Array(8)));
        if (seen.length === 2) watcher.close();
        else loop.setTimeout(() => void raw.write(peer, new Uint8Array(3)), 5);
      });
      raw.write(peer, new Uint8Array(1));
      await run(loop);
      expect(seen).toEqual([1, 3]);
    }
  });

  it('fires its timers when they are due, not before, however long it may ask', async () => {
    for (const spinMs of [0.001, 5, 1000]) {
      const loop = newLoop({ spinMs });
      const beganMs = loop.now();
      let firedMs = 0;
      loop.setTimeout(() => {
        firedMs = loop.now();
      }, 12);
      await run(loop);
      expect(firedMs - beganMs).toBeGreaterThanOrEqual(12);
    }
  });

  it('is woken at once by who called wake before', async () => {
    const loop = newLoop({ spinMs: 1000 });
    const hold = loop.setTimeout(() => {}, 2 ** 31);
    loop.wake();
    await run(loop, 'once');
    expect(hold.active).toBe(true);
  });

  it.each([-1, 1000.5, Number.NaN, Number.POSITIVE_INFINITY, '1', null, 1n])(
    'refuses %s as its time',
    (spinMs) => {
      expect(() => new EventLoop({ spinMs: spinMs as number })).toThrow(
        expect.objectContaining({ code: 'ERR_INVALID_ARG_VALUE' }),
      );
    },
  );
});
