// The queue of bytes that could not be sent yet, alone.
//
// Each guard was taken out once: without `!block.isKept` in `shift` the next queue copies into memory
// of the caller's; with a look at the length of what is kept, in the place of keptOf, Node 20 throws in
// code that is compiled; without the look at GONE in PassingQueue, or what `keep` counts there, it is
// a part of nothing, or goes to another place.
import { describe, expect, it } from 'vitest';
import { GONE, OutputQueue } from '../../lib/stream/queue.js';
import { PassingQueue } from '../../lib/stream/unix-queues.js';
import { detach, newSeed, pattern, randomFrom, resizable } from '../support/bytes.js';

/** Takes out all that waits, `step` bytes at a time. */
function empty(queue: OutputQueue, step = Number.POSITIVE_INFINITY): Buffer {
  const parts: Buffer[] = [];
  for (let view = queue.first(); view !== undefined; view = queue.first()) {
    const part = view.subarray(0, step);
    parts.push(Buffer.from(part));
    queue.shift(part.length);
  }
  return Buffer.concat(parts);
}

describe('the queue', () => {
  it('is empty at first', () => {
    const queue = new OutputQueue();
    expect([queue.size, queue.first()]).toEqual([0, undefined]);
    queue.push(new Uint8Array(0));
    expect([queue.size, queue.first()]).toEqual([0, undefined]);
  });

  it('copies what is pushed', () => {
    const queue = new OutputQueue();
    const bytes = pattern(10);
    queue.push(bytes);
    bytes.fill(0);
    expect(queue.first()).toEqual(pattern(10));
  });

  it('puts small pieces together, so that few calls send them', () => {
    const queue = new OutputQueue();
    for (let i = 0; i < 1000; i++) queue.push(pattern(10));
    expect(queue.size).toBe(10_000);
    let calls = 0;
    for (let view = queue.first(); view !== undefined; view = queue.first()) {
      queue.shift(view.length);
      calls++;
    }
    expect(calls).toBeLessThanOrEqual(6);
  });

  it('takes little memory for few bytes, and never twice what waits beyond that', () => {
    const queue = new OutputQueue();
    queue.push(Uint8Array.of(1));
    expect(queue.held).toBe(512);
    for (let i = 0; i < 3000; i++) {
      queue.push(pattern(100));
      expect(queue.held).toBeLessThanOrEqual(Math.max(512, 2 * queue.size));
    }
    expect(queue.held - queue.size).toBeLessThanOrEqual(65536);
  });

  it('takes no more memory than it may', () => {
    const queue = new OutputQueue();
    queue.push(pattern(5), 0);
    expect([queue.held, queue.room]).toEqual([5, 0]);
    queue.push(pattern(3), 2);
    expect([queue.held, queue.room]).toEqual([10, 2]);
    queue.push(pattern(2), 0);
    expect([queue.held, queue.room]).toEqual([10, 0]);
  });

  it('gives memory back as bytes are sent, also of a large piece', () => {
    const queue = new OutputQueue();
    queue.push(pattern(5_000_000));
    while (queue.size > 0) {
      queue.shift(Math.min(70_000, queue.first()?.length ?? 0));
      expect(queue.held - queue.size).toBeLessThanOrEqual(1 << 20);
    }
    expect(queue.held).toBe(0);
  });

  it('uses a block again, and none for two at a time', () => {
    const [one, other] = [new OutputQueue(), new OutputQueue()];
    one.push(pattern(60_000));
    one.shift(60_000);
    one.push(pattern(50_000, 3));
    other.push(pattern(40_000, 5));
    expect([one.held, other.held]).toEqual([65536, 65536]);
    expect(empty(one)).toEqual(Buffer.from(pattern(50_000, 3)));
    expect(empty(other)).toEqual(Buffer.from(pattern(40_000, 5)));
    other.push(pattern(40_000), 10);
    expect(other.held).toBe(40_010);
  });

  it('goes on where a short send stopped', () => {
    const queue = new OutputQueue();
    queue.push(pattern(100));
    queue.shift(30);
    expect(queue.first()).toEqual(pattern(100).subarray(30));
    queue.push(Uint8Array.of(1, 2, 3));
    expect(queue.size).toBe(73);
    expect(empty(queue, 7)).toEqual(Buffer.concat([pattern(100).subarray(30), Buffer.of(1, 2, 3)]));
    expect(queue.size).toBe(0);
  });

  it.each([1, 65535, 65536, 65537, 131072, 1_000_000])('takes %i bytes at once', (size) => {
    const queue = new OutputQueue();
    queue.push(pattern(5));
    queue.push(pattern(size));
    queue.push(pattern(5));
    const expected = Buffer.concat([pattern(5), pattern(size), pattern(5)]);
    expect(empty(queue).equals(expected)).toBe(true);
  });

  it('holds hundreds of blocks', () => {
    const queue = new OutputQueue();
    const bytes = pattern(65536 * 300 + 17);
    queue.push(bytes.subarray(0, 40));
    for (let at = 40; at < bytes.length; at += 50_000) queue.push(bytes.subarray(at, at + 50_000));
    expect(empty(queue, 40_000).equals(bytes)).toBe(true);
  });

  it('keeps the order, whatever is pushed and taken in between', () => {
    const seed = newSeed();
    const random = randomFrom(seed);
    const queue = new OutputQueue();
    const pushed: Uint8Array[] = [];
    const taken: Buffer[] = [];
    for (let round = 0; round < 3000; round++) {
      if (random(5) < 3) {
        const bytes = pattern(random(8) === 0 ? random(200_000) : random(500), random(251));
        pushed.push(bytes);
        if (random(3) === 0) queue.keep(bytes);
        else queue.push(bytes);
      } else {
        const view = queue.first();
        if (view === undefined) continue;
        const part = view.subarray(0, random(view.length + 1));
        taken.push(Buffer.from(part));
        queue.shift(part.length);
      }
    }
    taken.push(empty(queue));
    expect(Buffer.concat(taken).equals(Buffer.concat(pushed)), `seed ${seed}`).toBe(true);
    expect(queue.size).toBe(0);
  });
});

describe('memory of the caller’s', () => {
  it('is looked at where it is, and counts', () => {
    const queue = new OutputQueue();
    const bytes = pattern(100_000);
    queue.push(pattern(10));
    queue.keep(bytes);
    expect([queue.size, queue.held, queue.room]).toEqual([100_010, 100_512, 0]);
    queue.push(pattern(10, 3));
    expect(queue.held).toBe(101_024);
    bytes.fill(9);
    expect(empty(queue)).toEqual(Buffer.concat([pattern(10), bytes, pattern(10, 3)]));
    expect([queue.size, queue.held]).toEqual([0, 0]);
  });

  it('is never a block for others', () => {
    const [one, other] = [new OutputQueue(), new OutputQueue()];
    const bytes = pattern(65536);
    one.keep(bytes);
    empty(one);
    other.push(new Uint8Array(60_000).fill(9));
    expect(Buffer.from(bytes).equals(pattern(65536))).toBe(true);
  });

  it.each<[how: string, isGone: boolean, take: (buffer: ReturnType<typeof resizable>) => void]>([
    ['detached', true, detach],
    ['made smaller', true, (buffer) => buffer.resize(69_000)],
    ['made larger', false, (buffer) => buffer.resize(90_000)],
    ['made smaller behind it', false, (buffer) => buffer.resize(69_500)],
  ])('that is %s: nothing else is sent in its place', (_how, isGone, take) => {
    const queue = new PassingQueue();
    const buffer = resizable(70_000);
    queue.keep(new Uint8Array(buffer, 1000, 68_500));
    queue.attach([1]);
    queue.push(pattern(10));
    queue.shift(5);
    take(buffer);
    expect([queue.first() === GONE, queue.size, queue.held]).toEqual([isGone, 68_505, 73_108]);
  });

  it('is missed by compiled code as well, which has seen memory of both kinds', () => {
    for (let i = 0; i < 20_000; i++) {
      const queue = new OutputQueue();
      queue.keep(new Uint8Array(9));
      queue.keep(new Uint8Array(resizable(9)));
      empty(queue);
    }
    const queue = new OutputQueue();
    const bytes = new Uint8Array(9);
    queue.keep(bytes);
    queue.first();
    detach(bytes);
    expect(queue.first()).toBe(GONE);
  });
});
