// loop.workers: what a job is given and gives, in both modes. In owned mode the host's loop
// stands still all the while.
//
// When jobs that went in one message are not given again one by one, “whose input or result has no
// copy” fails; when threads do not level out, the last test waits for ever; with `push(...transfer)`
// in thread.ts what is moved throws in the loop; with `detailsOf` before `try` in reports.ts an error
// that throws when it is read ends its thread.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { guardDescriptors } from '../support/descriptors.js';
import { DRIVE_MODES, eachWithLoop } from '../support/drive.js';
import { FILE, settled, words, workersOf } from './support.js';

guardDescriptors();
const test = eachWithLoop();

describe.each(DRIVE_MODES)('a job (%s)', (mode) => {
  it('gets a copy of its input, and gives one of its result', async () => {
    const workers = workersOf(test.loop);
    const shared = words();
    const values = [
      1,
      undefined,
      null,
      'x'.repeat(1e5),
      [{ a: new Map([[1, new Date(5)]]) }],
      2n ** 70n,
    ];
    const asked = values.map((value) => workers.run(['echo', value]));
    expect(await settled(test.loop, mode, asked)).toEqual(values);
    const more = [
      workers.run(['later', 'async']),
      workers.run(['add', shared, 5]),
      workers.run(['add', shared, 2]),
    ];
    expect(await settled(test.loop, mode, more)).toEqual(['async', 0, 5]);
    expect(shared[0]).toBe(7);
  });

  it('may be asked for by who waited for another', async () => {
    const workers = workersOf(test.loop);
    const chain = (async () => {
      let sum = 0;
      for (let i = 0; i < 100; i++) sum += (await workers.run(['echo', i])) as number;
      return sum;
    })();
    expect(await settled(test.loop, mode, [chain])).toEqual([4950]);
    expect(workers.stats()).toMatchObject({ threads: 1, idle: 1, queued: 0, completed: 100 });
  });

  it('moves what is to be transferred, both ways', async () => {
    const workers = workersOf(test.loop);
    const bytes = new Uint8Array([1, 2, 3]);
    const asked = [
      workers.run(['echo', bytes], { transfer: [bytes.buffer] }),
      workers.run(['moves', 5]),
      workers.run(['was moved']),
    ];
    const moved = new Uint8Array(5).fill(7);
    expect(await settled(test.loop, mode, asked)).toEqual([new Uint8Array([1, 2, 3]), moved, 0]);
    expect(bytes.byteLength).toBe(0);
    // More than a call takes arguments; that it is the same one the host finds out at once.
    const transfer = Array(150_000).fill(new ArrayBuffer(1));
    const all = [workers.run(['echo', 1], { transfer }), workers.run(['echo', 2])];
    const noCopy = expect.objectContaining({ name: 'DataCloneError' });
    expect(await settled(test.loop, mode, all)).toEqual([noCopy, 2]);
  });

  it('that throws or rejects gives its error, with what it has', async () => {
    const workers = workersOf(test.loop);
    const [thrown, rejected, odd, number, hostile] = await settled(test.loop, mode, [
      workers.run(['throws', 'ECODE']),
      workers.run(['rejects', new SyntaxError('mine', { cause: 'why' })]),
      workers.run(['throws what has no copy']),
      workers.run(['rejects', 5]),
      workers.run(['throws what throws']),
    ]);
    expect(thrown).toBeInstanceOf(RangeError);
    expect(thrown).toMatchObject({ message: 'on purpose', code: 'ECODE', list: [1, 2] });
    expect((thrown as Error).stack).toContain('jobs.cjs');
    expect(rejected).toMatchObject({ name: 'SyntaxError', message: 'mine', cause: 'why' });
    expect(odd).toMatchObject({ name: 'TypeError', message: 'no copy', code: 'EODD' });
    expect((odd as Error).stack).toContain('jobs.cjs');
    expect(number).toBe(5);
    expect(hostile).toMatchObject({ name: 'Error', message: 'on purpose' });
    // It was no end of the thread.
    expect(workers.stats().crashed).toBe(0);
  });

  it('whose input or result has no copy rejects with DataCloneError, and others go on', async () => {
    const workers = workersOf(test.loop);
    const outcomes = await settled(test.loop, mode, [
      workers.run(['echo', () => {}]),
      workers.run(['echo', 1]),
      workers.run(['function']),
      workers.run(['echo', 2]),
      workers.run(['echo', () => {}]),
      workers.run(['echo', 3], { transfer: [5 as never] }),
      workers.run(['echo', 4]),
    ]);
    const noCopy = expect.objectContaining({ name: 'DataCloneError' });
    const noObject = expect.objectContaining({ name: 'TypeError' });
    expect(outcomes).toEqual([noCopy, 1, noCopy, 2, noCopy, noObject, 4]);
  });

  it('goes with its loop: what it left in its thread goes on between jobs', async () => {
    const workers = workersOf(test.loop);
    const ticks = (async () => {
      await workers.run(['starts a timer']);
      for (;;) if (((await workers.run(['ticks'])) as number) > 2) return 'ticks';
    })();
    expect(await settled(test.loop, mode, [ticks])).toEqual(['ticks']);
  });

  it('takes what the threads were given', async () => {
    const workers = workersOf(test.loop, {
      workerData: { some: new Set(['data']) },
      env: { WORKERS_TEST: 'yes' },
      argv: ['one', 2],
    });
    const asked = [workers.run(['data']), workers.run(['environment'])];
    const expected = [{ some: new Set(['data']) }, ['yes', ['one', '2']]];
    expect(await settled(test.loop, mode, asked)).toEqual(expected);
  });
});

describe('the function that does the jobs', () => {
  const OF_TEXT: Record<string, string> = {
    'module.exports of text': 'module.exports = (x) => [x, require("node:path").sep];',
    'exports.default of text': 'exports.default = (x) => [x, "/"];',
    'export default of text': 'import { sep } from "node:path"; export default (x) => [x, sep];',
  };
  it.each(Object.entries(OF_TEXT))('may be %s', async (_what, code) => {
    const workers = test.loop.workers({ code, size: 1 });
    expect(await settled(test.loop, 'owned', [workers.run(1)])).toEqual([[1, '/']]);
  });

  it('may be that of an ES module, by a URL or a path', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'rawloop-workers-'));
    const path = join(folder, 'ünder 100%.mjs');
    writeFileSync(path, `await null; export default (x) => x + 1; export const other = 5;`);
    const files = [path, pathToFileURL(path), pathToFileURL(path).href, FILE];
    const asked = files.slice(0, 3).map((file) => test.loop.workers({ file, size: 1 }).run(1));
    expect(await settled(test.loop, 'owned', asked)).toEqual([2, 2, 2]);
    rmSync(folder, { recursive: true });
  });
});

it('jobs go to all threads, and a long one does not keep those behind it', async () => {
  const workers = workersOf(test.loop, { size: 2 });
  const shared = words();
  const short = Array.from({ length: 200 }, (_, i) => workers.run(['echo', i]));
  await settled(test.loop, 'owned', short);
  // Given ahead to two threads, as they were fast so far; one of which is held now.
  const held = workers.run(['hold', shared]);
  const behind = Array.from({ length: 100 }, (_, i) => workers.run(['echo', i]));
  const all = Promise.all(behind).then(() => {
    Atomics.store(shared, 0, 1);
    Atomics.notify(shared, 0);
  });
  await settled(test.loop, 'owned', [held, all]);
  expect(workers.stats()).toMatchObject({ threads: 2, completed: 301, queued: 0, running: 0 });
});
