// The histogram of loop times, beside a sorted list of what it was given.
import { describe, expect, it } from 'vitest';
import { Histogram } from '../../lib/loop/histogram.js';

function filled(values: readonly number[]): Histogram {
  const histogram = new Histogram();
  for (const value of values) histogram.record(value);
  return histogram;
}

/** Some hundred values over all magnitudes, with what is at and beside each power of two. */
const VALUES = Array.from({ length: 50 }, (_, power) =>
  [0.998, 1, 1.002, 1.1, 1.37, 1.5, 1.9].map((factor) => Math.floor(2 ** power * factor)),
).flat();

describe('a histogram of times', () => {
  it('has each percentile within 0.8 % of the time itself', () => {
    const sorted = VALUES.toSorted((a, b) => a - b);
    const histogram = filled(VALUES);
    for (let percent = 1; percent <= 100; percent++) {
      const exact = sorted[Math.ceil((sorted.length * percent) / 100) - 1] as number;
      const off = Math.abs(histogram.percentile(percent) - exact);
      expect(off).toBeLessThanOrEqual(exact * 0.008);
    }
  });

  it('knows count, mean and greatest exactly', () => {
    const histogram = filled(VALUES);
    expect(histogram.count).toBe(VALUES.length);
    expect(histogram.max).toBe(Math.max(...VALUES));
    expect(histogram.mean).toBe(VALUES.reduce((sum, value) => sum + value, 0) / VALUES.length);
  });

  it('never tells more than the greatest', () => {
    for (const value of VALUES) {
      const histogram = filled([value]);
      expect(histogram.percentile(50)).toBeLessThanOrEqual(value);
      expect(histogram.percentile(99)).toBeGreaterThanOrEqual(value * 0.992);
    }
  });

  it('counts what another has counted', () => {
    const [some, others] = [VALUES.slice(0, 100), VALUES.slice(100)];
    const sum = filled(some);
    sum.add(filled(others));
    sum.add(new Histogram());
    const whole = filled(VALUES);
    expect([sum.count, sum.mean, sum.max]).toEqual([whole.count, whole.mean, whole.max]);
    for (let percent = 1; percent <= 100; percent++) {
      expect(sum.percentile(percent)).toBe(whole.percentile(percent));
    }
  });

  it('is all zeros before the first time', () => {
    const { count, mean, max } = new Histogram();
    expect([count, mean, max, new Histogram().percentile(50)]).toEqual([0, 0, 0, 0]);
  });

  it('counts what no loop takes: a clock that went back, more than 26 days', () => {
    const histogram = filled([-5, 2 ** 53, Number.POSITIVE_INFINITY]);
    expect(histogram.count).toBe(3);
    expect(histogram.percentile(1)).toBe(0);
    expect(histogram.percentile(99)).toBeGreaterThan(2 ** 50);
  });
});
