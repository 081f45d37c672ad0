// The tables of rawloop compare on a terminal, from fixed figures.
import { describe, expect, it } from 'vitest';
import { COST, footnotesOf, SPEED, textOf } from '../../../../lib/cli/measure/compare/report.js';
import { tableOf } from '../../../../lib/cli/measure/table.js';
import { paintFor } from '../../../../lib/cli/measure/terminal.js';
import { about, resultOf, row, usualRows } from './results.js';

const plain = paintFor({ isTTY: false });

describe('the tables of rawloop compare', () => {
  it.each([
    ['speed', SPEED],
    ['cost', COST],
  ])('have aligned columns, at most 100 wide: %s', (_name, columns) => {
    const large = {
      messagesPerSecond: about(987_654),
      p50Us: about(1_234_567),
      p99Us: about(9_876_543),
      cpuUsPerMessage: { median: 100, min: 99.99, max: 9876 },
      threads: 20_001,
      acceptMs: about(20_000),
    };
    const rows = [row('loop', 1), row('threads', 20_000, large)];
    const lines = tableOf(rows, columns, plain)
      .split('\n')
      .filter((line) => line !== '');
    // The first line of heads may end early.
    expect(new Set(lines.slice(1).map((line) => line.length)).size).toBe(1);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(100);
  });

  it('show the noise', () => {
    const rate = { median: 100, min: 90, max: 120 };
    expect(tableOf([row('net', 1, { messagesPerSecond: rate })], SPEED, plain)).toMatch(
      /^ +1 {2}net +100 +90–120 /m,
    );
  });

  it('say — for what the system does not tell, and explain it', () => {
    const rows = [row('net', 1, { cpuUsPerMessage: null })];
    expect(tableOf(rows, SPEED, plain)).toMatch(/ — +—$/m);
    expect(footnotesOf(resultOf(rows)).join('\n')).toContain('— is what this system does not tell');
    expect(footnotesOf(resultOf([row('net', 1)])).join('\n')).not.toContain('— is what');
  });

  it('come with what was verified, the notes and what they show', () => {
    const text = textOf(resultOf(usualRows(), ['A note.']), plain);
    expect(text).toContain('1,024,000 bytes came back');
    expect(text).toContain('A note.');
    expect(text).toContain(
      'At 1,000 connections the owned loop answered 132,000 messages a second',
    );
  });
});
