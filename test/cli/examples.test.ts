// The examples as a reader runs them: each ends by itself and prints what happened. One
// that needs a device ends with 77, and says so: see examples-devices.test.ts. What is in a
// folder support/ is a part of one. Those that need a terminal have one, where somebody types. The
// shell in a page does not end: see test/page/shell.test.ts.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
// @ts-expect-error: a script, without types.
import { runOnTerminal, TALKS } from '../../scripts/on-terminal.mjs';
import { Run, root } from './support.js';

const folder = join(root, 'examples');
/** Those from 09 on are run by test/lessons, which hears what they say. */
const LESSON_ON_THREADS = /^inside-out\/(?:09|1\d)-/;
const names = readdirSync(folder, { encoding: 'utf8', recursive: true }).filter(
  (name) =>
    /\.[mc]js$/.test(name) &&
    !/support\/|^shell-page\//.test(name) &&
    !LESSON_ON_THREADS.test(name) &&
    !(name in TALKS),
);

describe('examples', () => {
  it.each(Object.entries(TALKS))('%s talks to who types, and ends', async (name, talk) => {
    const { code, output } = await runOnTerminal(join(folder, name), talk, 50_000);
    expect([code, output]).toEqual([0, expect.not.stringContaining('not available here')]);
  });

  it.each(names)('%s ends by itself and says what happened', async (name) => {
    const { code, stdout, stderr } = await new Run(process.execPath, [join(folder, name)]).ended;
    expect(stderr).toBe('');
    expect(stdout).not.toBe('');
    expect(code).toBe(/^not available here: /m.test(stdout) ? 77 : 0);
  });
});
