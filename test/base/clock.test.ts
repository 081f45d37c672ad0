// The host's clock beside the kernel's: a thread that stands still between two looks at them, as one
// that begins may, does not put them apart. With one look in clockOffsetMs the second test fails.
import { afterEach, expect, it } from 'vitest';
import { clockOffsetMs, hostNowMs } from '../../lib/binding/clock.js';

const { bigint } = process.hrtime;
/** So much that what a busy machine does to three looks in a row is less. */
const STAND_MS = 600;

afterEach(() => {
  process.hrtime.bigint = bigint;
});

it('is the kernel’s clock minus the host’s', () => {
  const offsetMs = clockOffsetMs();
  expect(Math.abs(Number(bigint()) / 1e6 - offsetMs - hostNowMs())).toBeLessThan(STAND_MS / 2);
});

it('is right where the thread stood still between two looks', () => {
  const offsetMs = clockOffsetMs();
  let looks = 0;
  process.hrtime.bigint = () => {
    const now = bigint();
    if (looks++ === 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, STAND_MS);
    return now;
  };
  expect(Math.abs(clockOffsetMs() - offsetMs)).toBeLessThan(STAND_MS / 2);
});
