// The queue behind pending work, closing handles and ticks.
import { describe, expect, it } from 'vitest';
import { Queue } from '../../lib/base/queue.js';
import { newSeed, randomFrom } from '../support/bytes.js';

function drainAll<T>(queue: Queue<T>): T[] {
  const all: T[] = [];
  for (let item = queue.shift(); item !== undefined; item = queue.shift()) all.push(item);
  return all;
}

describe('a queue', () => {
  it('gives back what was pushed, first in, first out', () => {
    const queue = new Queue<number>();
    for (let i = 1; i <= 5; i++) queue.push(i);
    expect(queue.size).toBe(5);
    expect(drainAll(queue)).toEqual([1, 2, 3, 4, 5]);
    expect(queue.size).toBe(0);
  });

  it('gives undefined when it is empty, again and again', () => {
    const queue = new Queue<string>();
    expect(queue.shift()).toBeUndefined();
    queue.push('a');
    queue.shift();
    expect(queue.shift()).toBeUndefined();
    expect(queue.shift()).toBeUndefined();
    expect(queue.size).toBe(0);
    queue.push('b');
    expect(queue.shift()).toBe('b');
  });

  it('takes an entry out before it is run, so a throwing one is not run again', () => {
    const queue = new Queue<() => void>();
    const ran: string[] = [];
    queue.push(() => {
      throw new Error('first');
    });
    queue.push(() => ran.push('second'));
    expect(() => queue.shift()?.()).toThrow('first');
    expect(queue.size).toBe(1);
    queue.shift()?.();
    expect(ran).toEqual(['second']);
  });

  it('takes entries while it is drained', () => {
    const queue = new Queue<number>();
    const seen: number[] = [];
    queue.push(3);
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) {
      seen.push(item);
      if (item > 0) {
        queue.push(item - 1);
        expect(queue.size).toBe(1);
      }
    }
    expect(seen).toEqual([3, 2, 1, 0]);
  });

  it('works on after a burst', () => {
    const queue = new Queue<number>();
    for (let round = 0; round < 3; round++) {
      for (let i = 1; i <= 5000; i++) queue.push(i);
      expect(queue.size).toBe(5000);
      expect(drainAll(queue)).toEqual(Array.from({ length: 5000 }, (_, i) => i + 1));
    }
  });

  // Without the slice in shift the array has a place for each entry that there ever was: 40 MB.
  it('keeps no places of a queue that is never empty', () => {
    const queue = new Queue<number>();
    const before = process.memoryUsage().heapUsed;
    queue.push(0);
    for (let i = 1; i <= 5_000_000; i++) {
      queue.push(i);
      if (queue.shift() !== i - 1) throw new Error(`another than ${i - 1}`);
    }
    expect(queue.size).toBe(1);
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(20e6);
  });

  it('agrees with an array over random operations', () => {
    const seed = newSeed();
    const random = randomFrom(seed);
    const queue = new Queue<number>();
    const model: number[] = [];
    for (let i = 1; i <= 20_000; i++) {
      if (random(100) < 52) {
        queue.push(i);
        model.push(i);
      } else {
        expect(queue.shift(), `RAWLOOP_SEED=${seed}`).toBe(model.shift());
      }
      expect(queue.size, `RAWLOOP_SEED=${seed}`).toBe(model.length);
    }
    expect(drainAll(queue), `RAWLOOP_SEED=${seed}`).toEqual(model);
  });
});
