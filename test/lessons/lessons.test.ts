// The lessons on threads of examples/inside-out, each run with little to do: what it says of what
// happened is true of its own figures, and the README shows what it prints.
// Tried without its guard: a sentence whose figure is one off fails, here and in the README.
import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CHECKS } from './checks.js';
import { folder, formOf, printedBy, recorded } from './printed.js';

/** What makes a run short. Lessons 15 and 16 are in processes/. */
const QUICK: Readonly<Record<string, string[]>> = {
  '09-five-keys-four-threads.cjs': ['--iterations', '5000'],
  '10-who-ends-first.cjs': ['--iterations', '5000'],
  '11-names-that-hang.cjs': [],
  '12-sign-ups-at-once.cjs': ['--cost', '1024'],
  '13-off-the-loop.cjs': ['--up-to', '200000'],
  '14-files-in-memory.cjs': ['--reads', '200'],
};

describe.runIf(process.platform === 'linux')('a lesson', () => {
  it.concurrent.each(Object.entries(QUICK))('%s says what is true of it', async (name, args) => {
    const text = await printedBy(name, args);
    // Without rights to a network of its own it says so, and has something else to show.
    if (text.startsWith('No network of its own')) return;
    expect(formOf(text)).toEqual(formOf(recorded(name)));
  });

  it('11-names-that-hang.cjs says so where hashes stand for look-ups', async () => {
    const text = await printedBy('11-names-that-hang.cjs', ['--stand-in', '--iterations', '5000']);
    expect(text).toMatch(/^No network of its own here: hashes stand for look-ups/);
  });
});

describe('the README of the lessons', () => {
  it('has each lesson that has a picture', () => {
    const lessons = readdirSync(folder).filter((name) => /^\d+-.*\.cjs$/.test(name));
    expect(lessons.filter((name) => Number(name.slice(0, 2)) > 8).sort()).toEqual(
      Object.keys(CHECKS),
    );
  });

  it.each(Object.entries(CHECKS))('says of %s what is true of the figures there', (name, check) => {
    const text = recorded(name);
    expect(text).toContain('│');
    check(text);
  });

  it('fails a sentence that is not true', () => {
    for (const [name, check] of Object.entries(CHECKS)) {
      const at = recorded(name).lastIndexOf('So ');
      const wrong = recorded(name)
        .slice(at)
        .replace(/\d+(?=\D*$)/, (figure) => String(Number(figure) + 1));
      const isWorded = name.startsWith('11');
      const text = recorded(name).slice(0, at) + (isWorded ? 'So it came.' : wrong);
      expect(() => check(text), name).toThrow();
    }
  });
});
