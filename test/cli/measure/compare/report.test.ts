// The tables and the page of rawloop compare, from fixed figures; and which numbers of
// connections the limits leave.
import { describe, expect, it } from 'vitest';
import { differ, figureOf, single } from '../../../../lib/cli/measure/compare/figures.js';
import { fitWithin, paceOf } from '../../../../lib/cli/measure/compare/fitting.js';
import { footnotesOf } from '../../../../lib/cli/measure/compare/footnotes.js';
import { embeddedJson, pageOf } from '../../../../lib/cli/measure/compare/page.js';
import { COST, SPEED, textOf } from '../../../../lib/cli/measure/compare/report.js';
import { findLimits } from '../../../../lib/cli/measure/limits.js';
import { tableOf } from '../../../../lib/cli/measure/table.js';
import { paintFor } from '../../../../lib/cli/measure/terminal.js';
import { MODELS } from '../../../../lib/cli/models.js';
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

  it('say when the machine was too busy to be trusted', () => {
    const noisy = { median: 100, min: 50, max: 150 };
    const busy = footnotesOf(resultOf([row('net', 1, { messagesPerSecond: noisy })])).join('\n');
    expect(busy).toContain('differ by a factor of up to 3.0: the machine was busy.');
    expect(footnotesOf(resultOf([row('net', 1)])).join('\n')).not.toContain('busy');
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

describe('the page of rawloop compare, as text', () => {
  const hostile = '</script><script>alert(1)</script>&"\'';
  const result = resultOf(usualRows(), [hostile]);
  result.machine.cpu = hostile;
  const page = pageOf(result, `const a = '</script>', b = '<!--';`);

  it('escapes whatever it is given', () => {
    expect(page).not.toContain('alert(1)</script>');
    expect(page.match(/&lt;\/script&gt;&lt;script&gt;alert\(1\)/g)).toHaveLength(2);
    // The figures and the script: each ends where it should.
    expect(page.match(/<\/script>/g)).toHaveLength(2);
    expect(page).not.toContain('<!--');
  });

  it('keeps figures inside their element, and as they were', () => {
    const text = embeddedJson({ name: hostile });
    expect(text).not.toContain('<');
    expect(JSON.parse(text)).toEqual({ name: hostile });
  });

  it('asks for nothing from elsewhere', () => {
    expect(page).toContain(`default-src 'none'`);
    expect(page).not.toMatch(/\b(src|href)=|url\(|@import|https?:/);
  });

  it('says in words and tables what it draws', () => {
    const figures = [...page.matchAll(/<figure[\s\S]*?<\/figure>/g)].map(([text]) => text);
    expect(figures).toHaveLength(8);
    for (const figure of figures) {
      expect(figure).toMatch(/<figcaption>.*\d.*<\/figcaption>/);
      expect(figure).toMatch(/<canvas role="img" aria-label="[^"]+"/);
      expect(figure).toMatch(/<table>[\s\S]*<td>/);
    }
    expect(page).toContain('<meta name="viewport" content="width=device-width, initial-scale=1">');
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
