// When a guest turn asks the kernel again: while events come, and not for long.
import { describe, expect, it } from 'vitest';
import { Pace } from '../../../lib/loop/guest/pace.js';

/** How often one turn asks, with these numbers of events, all at one time. */
function asks(pace: Pace, ...events: number[]): number {
  pace.begin(0);
  let asked = 1;
  for (const found of events) {
    if (!pace.goesOn(found, 0)) return asked;
    asked++;
  }
  return asked;
}

describe('a turn', () => {
  it('asks once when nothing was found', () => {
    const pace = new Pace();
    expect(asks(pace, 0, 1)).toBe(1);
  });

  it('goes on while something is found', () => {
    const pace = new Pace();
    expect(asks(pace, 1, 1, 1, 0, 1)).toBe(4);
  });

  it('ends after a millisecond, whatever is found', () => {
    const pace = new Pace();
    pace.begin(10);
    expect(pace.goesOn(1, 10.9)).toBe(true);
    expect(pace.goesOn(1, 11)).toBe(false);
  });

  it('rests longer after each vain attempt, 64 turns at most', () => {
    const pace = new Pace();
    const attempts: number[] = [];
    for (let turn = 0; turn < 400; turn++) if (asks(pace, 1, 0) === 2) attempts.push(turn);
    expect(attempts.slice(0, 8)).toEqual([0, 3, 8, 17, 34, 67, 132, 197]);
  });

  it('tries each time again once an attempt found something', () => {
    const pace = new Pace();
    for (let turn = 0; turn < 40; turn++) asks(pace, 1, 0);
    let turns = 0;
    while (asks(pace, 1, 1, 0) < 3) turns++;
    expect(turns).toBeLessThanOrEqual(64);
    expect(asks(pace, 1, 1, 0)).toBe(3);
    expect(asks(pace, 1, 1, 0)).toBe(3);
  });
});
