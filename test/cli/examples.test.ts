// The examples as a reader runs them: each ends by itself and prints what happened. One
// that needs a device ends with 77, and says so: see examples-devices.test.ts. What is in a
// folder support/ is a part of one.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Run, root } from './support.js';

const folder = join(root, 'examples');
/** Those from 09 on are run by test/lessons, which hears what they say. */
const LESSON_ON_THREADS = /^inside-out\/(?:09|1\d)-/;
const names = readdirSync(folder, { encoding: 'utf8', recursive: true }).filter(
  (name) => /\.[mc]js$/.test(name) && !name.includes('support/') && !LESSON_ON_THREADS.test(name),
);

describe('examples', () => {
  it.each(names)('%s ends by itself and says what happened', async (name) => {
    const { code, stdout, stderr } = await new Run(process.execPath, [join(folder, name)]).ended;
    expect(stderr).toBe('');
    expect(stdout).not.toBe('');
    expect(code).toBe(/^not available here: /m.test(stdout) ? 77 : 0);
  });
});
