// What is to be seen of workers: their numbers, their records, what they hold.
import { describe, expect, it } from 'vitest';
import { FlightRecorder, toTrace } from '../../lib/inspect/index.js';
import type { WorkersStats } from '../../lib/workers/stats.js';
import { guardDescriptors, openDescriptors, openedSince } from '../support/descriptors.js';
import { DRIVE_MODES, eachWithLoop } from '../support/drive.js';
import { settled, words, workersOf } from './support.js';

guardDescriptors();
const test = eachWithLoop();

describe.each(DRIVE_MODES)('workers (%s)', (mode) => {
  it('tell what they do and did', async () => {
    const workers = workersOf(test.loop, { size: 3 });
    expect(workers.stats()).toMatchObject({ size: 3, threads: 0, idle: 0, queued: 0, running: 0 });
    const shared = words();
    const asked = [workers.run(['hold', shared]), workers.run(['echo', 1])];
    let during: WorkersStats | undefined;
    asked[1]?.then(() => {
      during = workers.stats();
      Atomics.store(shared, 0, 1);
      Atomics.notify(shared, 0);
    });
    await settled(test.loop, mode, asked);
    expect(during).toMatchObject({ threads: 2, idle: 1, completed: 1 });
    // The first may have begun or not, when the second is done.
    expect((during?.queued ?? 0) + (during?.running ?? 0)).toBe(1);
    const { wait, run, completed, idle } = workers.stats();
    expect([completed, idle, wait.count, run.count]).toEqual([2, 2, 2, 2]);
    expect(wait.maxMs).toBeGreaterThan(0);
  });

  it('are shown by a recorder, each thread in a row of its own', async () => {
    const workers = workersOf(test.loop, { name: 'mine' });
    const recorder = new FlightRecorder(test.loop).start();
    await settled(test.loop, mode, [workers.run(['later', 1, 5]), workers.run(['echo', 2])]);
    const jobs = recorder.records().filter((record) => record.kind === 'request');
    expect(jobs).toMatchObject([
      { name: 'workers.run', lane: 'Workers mine 1' },
      { name: 'workers.run', lane: 'Workers mine 1' },
    ]);
    // In the loop's clock: the second began when the first was over, and both were asked for first.
    const [first, second] = jobs.map(({ beginMs, endMs, queuedMs, runMs }) => ({
      fromMs: beginMs + queuedMs,
      toMs: beginMs + queuedMs + runMs,
      endMs,
    }));
    expect(second?.fromMs).toBeGreaterThanOrEqual(first?.toMs as number);
    expect(second?.endMs).toBeGreaterThanOrEqual(second?.toMs as number);
    const { traceEvents } = toTrace(recorder);
    const row = traceEvents.find(({ args }) => args['name'] === 'Workers mine 1')?.tid;
    const spans = traceEvents.filter(({ tid, ph }) => tid === row && ph === 'X');
    expect(spans.map(({ name }) => name)).toEqual(['workers.run', 'workers.run']);
  });

  it('hold nothing once they are closed', async () => {
    const before = openDescriptors();
    const workers = workersOf(test.loop);
    await settled(test.loop, mode, [workers.run(['echo', 1])]);
    workers.close();
    await settled(test.loop, mode, [workers.closed]);
    // The host takes a thread's own descriptors down in its own time.
    for (let i = 0; i < 500 && openedSince(before).length > 0; i++) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    expect(openedSince(before)).toEqual([]);
  });
});

describe('what is given to loop.workers is checked first', () => {
  const BAD: Record<string, [options: unknown, error: object]> = {
    nothing: [undefined, { code: 'ERR_INVALID_ARG_TYPE' }],
    'neither file nor code': [{}, { code: 'ERR_INVALID_ARG_VALUE' }],
    'both file and code': [{ file: 'x', code: 'x' }, { code: 'ERR_INVALID_ARG_VALUE' }],
    'a file of another kind': [{ file: 5 }, { code: 'ERR_INVALID_ARG_TYPE' }],
    'a file with a zero byte': [{ file: 'a\0' }, { code: 'ERR_INVALID_ARG_VALUE' }],
    'a URL that is no file': [{ file: new URL('data:,x') }, { code: 'ERR_INVALID_ARG_VALUE' }],
    'code of another kind': [{ code: () => 1 }, { code: 'ERR_INVALID_ARG_TYPE' }],
    'no thread': [{ code: '', size: 0 }, { code: 'ERR_OUT_OF_RANGE' }],
    'half a thread': [{ code: '', size: 1.5 }, { code: 'ERR_OUT_OF_RANGE' }],
    'a limit that is none': [
      { code: '', resourceLimits: { stackSizeMb: Number.NaN } },
      { code: 'ERR_INVALID_ARG_VALUE' },
    ],
    'a grace below 0': [{ code: '', abortGraceMs: -1 }, { code: 'ERR_OUT_OF_RANGE' }],
    'a queue of text': [{ code: '', maxQueued: '5' }, { code: 'ERR_INVALID_ARG_TYPE' }],
    'an environment of text': [{ code: '', env: 'A=1' }, { code: 'ERR_INVALID_ARG_TYPE' }],
    'arguments of text': [{ code: '', argv: 'a' }, { code: 'ERR_INVALID_ARG_TYPE' }],
    'a name of another kind': [{ code: '', name: 5 }, { code: 'ERR_INVALID_ARG_TYPE' }],
  };
  it.each(Object.entries(BAD))('%s', (_what, [options, error]) => {
    const before = openDescriptors();
    expect(() => test.loop.workers(options as never)).toThrow(expect.objectContaining(error));
    expect(openedSince(before)).toEqual([]);
  });

  it('and what is given to run rejects', async () => {
    const workers = workersOf(test.loop.attach());
    const type = { code: 'ERR_INVALID_ARG_TYPE' };
    await expect(workers.run(['echo'], 5 as never)).rejects.toMatchObject(type);
    await expect(workers.run(['echo'], { transfer: {} as never })).rejects.toMatchObject(type);
    await expect(workers.run(['echo'], { signal: {} as never })).rejects.toMatchObject(type);
    expect(workers.stats().threads).toBe(0);
  });
});

describe('workerData that has no copy', () => {
  it('rejects what waits, as no thread can be started', async () => {
    const workers = workersOf(test.loop, { workerData: () => {} });
    const [outcome] = await settled(test.loop, 'owned', [workers.run(['echo', 1])]);
    expect(outcome).toMatchObject({
      code: 'ERR_WORKER_NOT_STARTED',
      cause: expect.objectContaining({ name: 'DataCloneError' }),
    });
  });
});
