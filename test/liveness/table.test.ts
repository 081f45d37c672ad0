// What keeps a process alive: for each kind of thing, referenced or not, in each way to
// drive the loop, a process that holds one and nothing else. It ends by itself exactly
// when the thing is unreferenced or closed.
//
// When a phase hook does not retain the loop, or `unref` does not release it, the rows of
// hooks fail in each drive.
import { describe, expect, it } from 'vitest';
import { DRIVE_NAMES, lifeOf } from './child.js';
import { KINDS } from './kinds.js';

/** Each kind in each drive. Flat, as only tests of one block run side by side. */
const ROWS = Object.entries(KINDS).flatMap(([kind, script]) =>
  DRIVE_NAMES.map((drive) => ({ kind, script, drive })),
);

describe.each(['referenced', 'referenced again'] as const)('what is %s', (state) => {
  it.concurrent.each(ROWS)('keeps its process: $kind, $drive', async ({ script, drive }) => {
    const life = await lifeOf(script, drive, state, true);
    expect(life).toEqual({ told: ['settled'], ended: false, status: null, stderr: '' });
  });
});

describe.each(['unreferenced', 'closed'] as const)('what is %s', (state) => {
  it.concurrent.each(ROWS)('lets its process end: $kind, $drive', async ({ script, drive }) => {
    const life = await lifeOf(script, drive, state, false);
    const told = drive === 'owned' ? ['settled', 'returned'] : ['settled'];
    expect(life).toEqual({ told, ended: true, status: 0, stderr: '' });
  });
});
