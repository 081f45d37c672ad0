// Which numbers of connections rawloop compare measures: what the limits, and the time, leave.
import { describe, expect, it } from 'vitest';
import { fitWithin, paceOf } from '../../../../lib/cli/measure/compare/fitting.js';
import { findLimits } from '../../../../lib/cli/measure/limits.js';
import { MODELS } from '../../../../lib/cli/models.js';

describe('the connections that the limits leave', () => {
  const limits = (any: number, threads: number) => ({
    any: { most: any, why: 'There are few files' },
    threads: { most: threads, why: 'There are few threads' },
  });

  it('are those that were asked for, ascending', () => {
    const fitting = fitWithin([100, 1, 10], MODELS, limits(1000, 1000));
    expect(fitting.connections).toEqual([1, 10, 100]);
    expect(fitting.notes).toEqual([]);
    expect(fitting.modelsAt(100)).toEqual([...MODELS]);
  });

  it('are as many as possible for most, and it says which limit that is', () => {
    const fitting = fitWithin([10, 'most'], MODELS, limits(5000, 5000));
    expect(fitting.connections).toEqual([10, 5000]);
    expect(fitting.notes).toEqual(['The most connections here are 5,000: there are few files.']);
  });

  it('are fewer where too many were asked for', () => {
    const fitting = fitWithin([10, 900, 1000], ['loop'], limits(50, 50));
    expect(fitting.connections).toEqual([10, 50]);
    expect(fitting.notes[0]).toBe('There are few files, too few for 1,000 connections.');
  });

  it('end earlier for a thread per connection, and all are compared there', () => {
    const fitting = fitWithin([10, 'most'], MODELS, limits(5000, 300));
    expect(fitting.connections).toEqual([10, 300, 5000]);
    expect(fitting.modelsAt(300)).toEqual([...MODELS]);
    expect(fitting.modelsAt(5000)).toEqual(['loop', 'guest', 'net']);
    expect(fitting.notes[1]).toBe(
      'A thread per connection is possible for 300 connections: there are few threads.',
    );
  });

  it('are limited by threads alone when that is the only model', () => {
    const fitting = fitWithin(['most'], ['threads'], limits(5000, 300));
    expect(fitting.connections).toEqual([300]);
    expect(fitting.notes).toEqual(['The most connections here are 300: there are few threads.']);
  });

  it('cannot be none', () => {
    expect(() => fitWithin([1], ['net'], limits(0, 0))).toThrow('There are few files: too few');
  });

  it('know which number is nobody’s own', () => {
    expect(fitWithin([10, 'most'], MODELS, limits(50, 50)).most).toBe(50);
    expect(fitWithin([10, 50, 'most'], MODELS, limits(50, 50)).most).toBeUndefined();
    expect(fitWithin([10], MODELS, limits(50, 50)).most).toBeUndefined();
  });

  it('are found out on this system', () => {
    const { any, threads } = findLimits(6);
    for (const { most, why } of [any, threads]) {
      expect(Number.isInteger(most)).toBe(true);
      expect(most).toBeGreaterThan(0);
      expect(why).not.toBe('');
    }
    expect(threads.most).toBeLessThanOrEqual(any.most);
  });
});

describe('the most connections that there is time for', () => {
  it('are those that the limits allow where opening is quick', () => {
    expect(paceOf(20_000, 1000, 300, 60_000)).toEqual({ most: 20_000, note: undefined });
  });

  it('are fewer where it is slow, and it says so', () => {
    expect(paceOf(20_000, 1000, 2000, 60_000)).toEqual({
      most: 6000,
      note: 'There was time for 6,000 connections: opening 1,000 connections to each took 2.0 s here.',
    });
  });

  it.each([60_000, 0, -5])(
    'are those of the step before with %i ms left for ten seconds each',
    (left) => {
      const { most, note } = paceOf(20_000, 1000, 10_000, left);
      expect(most).toBeUndefined();
      expect(note).toContain('no time for more than 1,000 connections');
    },
  );
});
