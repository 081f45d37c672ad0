// A timer has a number, as in Node: clearTimeout takes it while the timer waits.
import { describe, expect, it } from 'vitest';
import { newLoop, outside } from '../support.js';

const nothing = () => {};

describe('the number of a timer', () => {
  it.each([
    ['a number', (number: number) => number],
    ['a string', (number: number) => String(number)],
  ])('clears it as %s', (_kind, given) => {
    const loop = newLoop();
    for (const timer of [loop.setTimeout(nothing, 1e6), loop.setInterval(nothing, 1e6)]) {
      expect(+timer).toBe(+timer);
      loop.clearTimeout(given(+timer));
      expect(timer.active).toBe(false);
    }
  });

  // The number was forgotten as the timer fired, and not known again.
  it('clears it after a refresh, also from its own callback', async () => {
    const loop = newLoop();
    let calls = 0;
    const timer = loop.setTimeout(() => {
      calls++;
      timer.refresh();
      loop.clearTimeout(number);
    }, 1);
    const number = +timer;
    await outside(() => loop.run());
    expect([calls, timer.active]).toEqual([1, false]);
    timer.refresh();
    loop.clearInterval(number);
    expect(timer.active).toBe(false);
  });

  it('is known only while it waits', async () => {
    const loop = newLoop();
    const timer = loop.setTimeout(nothing, 1);
    const number = +timer;
    await outside(() => loop.run());
    const other = loop.setTimeout(nothing, 1e6);
    loop.clearTimeout(number);
    expect(other.active).toBe(true);
    timer.refresh();
    expect(+timer).toBe(number);
  });

  it('is no timer’s of another loop, and a timer is cleared in its own', () => {
    const [loop, other] = [newLoop(), newLoop()];
    const timer = loop.setTimeout(nothing, 1e6);
    const numbers = Array.from({ length: 10 }, () => +other.setTimeout(nothing, 1e6));
    expect(numbers).not.toContain(+timer);
    other.clearTimeout(+timer);
    expect(timer.active).toBe(true);
    other.clearTimeout(timer);
    expect([timer.active, loop.alive]).toEqual([false, false]);
  });

  it('is what nothing else is taken for', () => {
    const loop = newLoop();
    const timer = loop.setTimeout(nothing, 1e6);
    const number = +timer;
    const others = [
      ...[Number.NaN, -number, number + 0.5, Number.POSITIVE_INFINITY, null, undefined, {}, []],
      ...['', 'x', ` ${number}`, `${number}.0`, `0x${number}`, true, Symbol.iterator],
      ...[{ close: () => timer.close() }, Object.create(null), Object.create({ active: true })],
      ...[[number], { valueOf: () => number }, BigInt(number)],
    ];
    for (const other of others) loop.clearTimeout(other as never);
    expect(timer.active).toBe(true);
  });
});
