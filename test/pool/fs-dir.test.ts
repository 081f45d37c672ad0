// A folder whose entries are read some at a time, by whoever asks: each entry is told once, in whatever
// way it is asked for, and a folder that is closed tells so.
//
// Without `#coming` in lib/pool/fs/dir.ts, each who asks brings entries of his own, and those of the
// others are lost; without `#isClosed` a closed one goes on with what it has.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MODES, TestLoop } from './support.js';

/** More than the kernel gives at once: 32 KiB. */
const COUNT = 1500;
const NAMES = Array.from({ length: COUNT }, (_, i) => `entry-${String(i).padStart(20, '0')}`);

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'rawloop-dir-'));
  for (const name of NAMES) writeFileSync(join(folder, name), '');
});
afterAll(() => rmSync(folder, { recursive: true }));

describe.each(MODES)('an open folder, %s', (mode) => {
  it('tells each entry once, however many ask at once', async () => {
    const loop = new TestLoop();
    const dir = await loop.outcome(mode, loop.fs.opendir(folder));
    const asked = Array.from({ length: COUNT + 3 }, () => dir.read());
    const entries = await loop.outcome(mode, Promise.all(asked));
    await loop.outcome(mode, dir.close());
    expect(entries.flatMap((entry) => entry?.name ?? []).sort()).toEqual(NAMES);
    expect(entries.slice(COUNT)).toEqual([null, null, null]);
    loop.close();
  });

  it('is closed once, and tells that it is', async () => {
    const loop = new TestLoop();
    const dir = await loop.outcome(mode, loop.fs.opendir(folder));
    expect(NAMES).toContain((await loop.outcome(mode, dir.read()))?.name);
    await loop.outcome(mode, Promise.all([dir.close(), dir.close()]));
    await expect(dir.read()).rejects.toThrow(expect.objectContaining({ code: 'ERR_DIR_CLOSED' }));
    loop.close();
  });
});
