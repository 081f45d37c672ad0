// Rounds as one figure, and what their noise leaves to be said.
import { describe, expect, it } from 'vitest';
import { chartsOf } from '../../../../lib/cli/measure/compare/charts.js';
import { differ, figureOf, single } from '../../../../lib/cli/measure/compare/figures.js';
import { noiseSentence } from '../../../../lib/cli/measure/compare/noise.js';
import { about, row, usualRows } from './results.js';

describe('rounds as one figure', () => {
  it('are their median, lowest and highest', () => {
    expect(figureOf([3, 1, 2])).toEqual({ median: 2, min: 1, max: 3 });
    expect(figureOf([4, 1, 2, 3])).toEqual({ median: 2.5, min: 1, max: 4 });
    expect(figureOf([7])).toEqual({ median: 7, min: 7, max: 7 });
  });

  it('differ when neither reaches into the other', () => {
    expect(differ(about(1), about(2))).toBe(true);
    expect(differ(about(2), about(1))).toBe(true);
    expect(differ(about(1), { median: 2, min: 1, max: 3 })).toBe(false);
    expect(differ(about(1), about(1.04))).toBe(false);
  });

  it('differ by much where there was one round', () => {
    expect(differ(single(1), single(1.4))).toBe(false);
    expect(differ(single(1), single(1.6))).toBe(true);
  });
});

describe('the noise of the rounds', () => {
  const rounds = (min: number, max: number) => ({ median: (min + max) / 2, min, max });

  it('is told as a rule and at worst, and what it makes of small differences', () => {
    const rows = [
      ...usualRows(),
      row('net', 20_000, { messagesPerSecond: rounds(100, 140) }),
      row('loop', 20_000, { cpuUsPerMessage: rounds(2, 2.8) }),
    ];
    expect(noiseSentence(rows)).toBe(
      'From round to round the same figure changed by 2 % as a rule, 40 % at worst (node:net at ' +
        '20,000 connections): differences below 2 % mean nothing, and models whose rounds overlap ' +
        'count as equal.',
    );
  });

  it('of a busy machine is called so', () => {
    const rows = [row('net', 1, { cpuUsPerMessage: rounds(1, 3) }), row('loop', 1)];
    expect(noiseSentence(rows)).toMatch(
      /^The machine was busy\. From round to round .* a factor of 3\.0 at worst \(node:net at 1 connection\)/,
    );
  });

  it('is one figure where all are alike', () => {
    expect(noiseSentence([row('loop', 1)])).toMatch(
      / changed by 2 %: differences below 2 % mean nothing/,
    );
  });

  it('cannot be told from one round', () => {
    const rows = [row('loop', 1, { rounds: 1 })];
    expect(noiseSentence(rows)).toBe('With a single round there is no telling how noisy it was.');
  });
});

describe('lines that coincide', () => {
  const noteOf = (id: string, rows = usualRows()) =>
    chartsOf(rows).find((chart) => chart.id === id)?.coincidence;

  it('within the noise are named, and where', () => {
    const rows = [1, 10, 100].flatMap((connections) => [
      row('loop', connections),
      row('guest', connections, { cpuUsPerMessage: about(connections === 100 ? 9 : 2.01) }),
      row('net', connections, { cpuUsPerMessage: about(connections === 1 ? 1.99 : 5) }),
    ]);
    expect(noteOf('cpu', rows)).toBe(
      'Coincide within the noise: all at 1 connection; the owned loop and the guest loop at 10 connections.',
    );
    expect(noteOf('rate', rows)).toBe(
      'Coincide within the noise: all at every number of connections.',
    );
  });

  it('are not chained: the first and the last of a row may well differ', () => {
    const reach = (min: number, max: number) => ({
      cpuUsPerMessage: { median: (min + max) / 2, min, max },
    });
    const rows = [
      row('loop', 1, reach(1, 2)),
      row('guest', 1, reach(1.9, 3)),
      row('net', 1, reach(2.9, 4)),
    ];
    expect(noteOf('cpu', rows)).toBe(
      'Coincide within the noise: the owned loop and the guest loop at 1 connection.',
    );
  });

  it('are equal where there is no noise: 7 threads are not 9', () => {
    expect(noteOf('threads')).toBe(
      'Equal: the owned loop, the guest loop and node:net at every number of connections.',
    );
    expect(noteOf('threads', [row('loop', 1), row('threads', 1, { threads: 9 })])).toBe('');
  });

  it('are none where all are apart, or there is one', () => {
    expect(noteOf('rate')).toBe('');
    expect(noteOf('rate', [row('loop', 1)])).toBe('');
  });
});
