// Who is told of what a loop does: several at once, that come and go in any order.
import { describe, expect, it } from 'vitest';
import type { EventLoop } from '../../lib/faces/event-loop.js';
import type { LoopObserver } from '../../lib/loop/observers.js';
import { newLoop, outside } from './support.js';

/** Writes down the callbacks that it is told of. */
class Listener implements LoopObserver {
  readonly names: string[] = [];
  iteration(): void {}
  wait(): void {}
  request(): void {}
  inlineRequest(): void {}
  callback(_phase: string, subject: { describe(): string }): void {
    this.names.push(subject.describe());
  }
}

/** Calls the steps one after the other, a callback of the loop's each. */
async function inCallbacks(loop: EventLoop, steps: Record<string, () => void>): Promise<void> {
  for (const [name, step] of Object.entries(steps)) {
    loop.setImmediate(Object.defineProperty(() => step(), 'name', { value: name }));
  }
  await outside(() => loop.run());
}

const named = (...names: string[]) => names.map((name) => `Immediate ${name}`);

describe('the observers of a loop', () => {
  it('are all told, and each until it leaves, in whatever order', async () => {
    const loop = newLoop();
    const [first, second, third] = [new Listener(), new Listener(), new Listener()];
    loop.meter.observe(first);
    loop.meter.observe(second);
    loop.meter.observe(second);
    await inCallbacks(loop, {
      one: () => {},
      two: () => loop.meter.unobserve(first),
      three: () => loop.meter.observe(third),
      four: () => loop.meter.unobserve(second),
      five: () => loop.meter.unobserve(second),
      six: () => loop.meter.unobserve(third),
      seven: () => {},
    });
    expect(first.names).toEqual(named('one'));
    expect(second.names).toEqual(named('one', 'two', 'three'));
    expect(third.names).toEqual(named('three', 'four', 'five'));
    expect(loop.meter.observed).toBe(false);
  });

  it('may leave, or bring another, as they are told', async () => {
    const loop = newLoop();
    const late = new Listener();
    class Leaves extends Listener {
      override callback(phase: string, subject: { describe(): string }): void {
        super.callback(phase, subject);
        loop.meter.unobserve(this);
        loop.meter.observe(late);
      }
    }
    const [leaves, stays] = [new Leaves(), new Listener()];
    loop.meter.observe(leaves);
    loop.meter.observe(stays);
    await inCallbacks(loop, { one: () => {}, two: () => {} });
    expect(leaves.names).toEqual(named('one'));
    expect(stays.names).toEqual(named('one', 'two'));
    expect(late.names).toEqual(named('two'));
  });
});
