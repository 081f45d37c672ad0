// Trap 38: after a stall of many periods each interval of one delay walked past all others
// of its list to its place on the grid. Each has a list of its own.
//
// With one list for all of a delay this turn takes minutes, and the limit ends it.
import { expect, it } from 'vitest';
import { ClockedTimers } from '../loop/time/timers-support.js';

const COUNT = 400_000;

it('a turn after a stall takes no longer for intervals that are late by many periods', () => {
  const clocked = new ClockedTimers();
  for (let i = 0; i < COUNT; i++) {
    clocked.every(10);
    clocked.nowMs += 1 / 1024;
  }
  const fired = clocked.phase(clocked.nowMs + 995);
  expect(fired).toHaveLength(COUNT);
  // On the grid of its start, each once a period.
  expect(clocked.phase(clocked.nowMs + 10)).toHaveLength(COUNT);
  const due = clocked.timers.nextDueMs;
  expect(due).toBeGreaterThan(clocked.nowMs);
  expect((due - 1000) % (1 / 1024)).toBe(0);
}, 20_000);
