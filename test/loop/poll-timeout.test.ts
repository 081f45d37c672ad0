// How long the poll phase may wait: five rules, the first that applies decides.
import { describe, expect, it } from 'vitest';
import { type PollTimeoutInput, pollTimeout } from '../../lib/loop/poll-timeout.js';

const NEVER = Number.POSITIVE_INFINITY;

/** A loop that has nothing to do but to wait for ever. */
const IDLE: PollTimeoutInput = {
  nowait: false,
  stopping: false,
  alive: true,
  busy: false,
  nextDueMs: NEVER,
  nowMs: 100,
};

const TABLE: [rule: string, input: Partial<PollTimeoutInput>, timeoutMs: number][] = [
  ['stopping: do not wait', { stopping: true }, 0],
  ['stopping comes before a timer', { stopping: true, nextDueMs: 5000 }, 0],
  ["run('nowait'): do not wait", { nowait: true }, 0],
  ["run('nowait') comes before a timer", { nowait: true, nextDueMs: 5000 }, 0],
  ['nothing referenced is alive: do not wait', { alive: false }, 0],
  ['nothing alive comes before an unreferenced timer', { alive: false, nextDueMs: 5000 }, 0],
  ['work waits: do not wait', { busy: true }, 0],
  ['waiting work comes before a timer', { busy: true, nextDueMs: 5000 }, 0],
  ['a timer: until it is due', { nextDueMs: 150 }, 50],
  ['a timer: fractions are kept, so it is never early', { nextDueMs: 100.25 }, 0.25],
  ['a timer that is due now: do not wait', { nextDueMs: 100 }, 0],
  ['a timer that is overdue: do not wait', { nextDueMs: 99.5 }, 0],
  ['a timer in the far future: all of it', { nextDueMs: 100 + 2 ** 40 }, 2 ** 40],
  ['nothing else: for ever', {}, -1],
];

describe('the poll timeout', () => {
  it.each(TABLE)('%s', (_rule, input, timeoutMs) => {
    expect(pollTimeout({ ...IDLE, ...input })).toBe(timeoutMs);
  });

  it('follows the rules in their order for every combination', () => {
    const flags = [false, true];
    for (const nowait of flags) {
      for (const stopping of flags) {
        for (const alive of flags) {
          for (const busy of flags) {
            for (const nextDueMs of [NEVER, 99, 100, 100.5, 1e6]) {
              const input = { nowait, stopping, alive, busy, nextDueMs, nowMs: 100 };
              const free = !nowait && !stopping && alive && !busy;
              const wait = nextDueMs === NEVER ? -1 : Math.max(0, nextDueMs - 100);
              expect(pollTimeout(input), JSON.stringify(input)).toBe(free ? wait : 0);
            }
          }
        }
      }
    }
  });

  it('is never negative but for the one value that means for ever', () => {
    for (const nextDueMs of [-1, 0, 99.999999, Number.MIN_VALUE]) {
      expect(pollTimeout({ ...IDLE, nextDueMs })).toBe(0);
    }
  });
});
