// How jobs, threads and the handle end: aborts, crashes, files that cannot be loaded, close.
// A thread that ends takes its job with it, and no other; the next job has a new thread.
//
// Guards that were taken out once each: what has not begun waits again (Crew), what waits for code that
// cannot be loaded rejects, a job hears of its abort: each waits for ever without. When an abort does not
// take a job back “of one that was given ahead” fails, without maxQueued “has a bound”.
import { describe, expect, it } from 'vitest';
import { guardDescriptors } from '../support/descriptors.js';
import { DRIVE_MODES, drive, eachWithLoop } from '../support/drive.js';
import { onceBegun, settled, words, workersOf } from './support.js';

guardDescriptors();
const test = eachWithLoop();

const ABORTED = { name: 'AbortError', code: 'ABORT_ERR', cause: 'enough' };
const CLOSED = { code: 'ERR_HANDLE_CLOSED' };

describe.each(DRIVE_MODES)('a job whose thread ends (%s)', (mode) => {
  const ENDS: Record<string, [asked: [string, ...unknown[]], error: object]> = {
    'by process.exit': [['exit', 7], { code: 'ERR_WORKER_EXITED', exitCode: 7 }],
    'by an error that nobody caught': [
      ['throws later'],
      {
        code: 'ERR_WORKER_EXITED',
        cause: expect.objectContaining({ message: 'nobody caught it' }),
      },
    ],
    'by a promise whose rejection nobody caught': [
      ['rejects later'],
      {
        code: 'ERR_WORKER_EXITED',
        cause: expect.objectContaining({ message: 'nobody caught it either' }),
      },
    ],
    'as its memory is over': [['uses all memory'], { code: 'ERR_WORKER_OUT_OF_MEMORY' }],
  };
  it.each(Object.entries(ENDS))('%s rejects, and others go on', async (_how, [asked, error]) => {
    const workers = workersOf(test.loop, { resourceLimits: { maxOldGenerationSizeMb: 24 } });
    const jobs = [['echo', 1], asked, ['echo', 2], ['echo', 3]] as const;
    const outcomes = await settled(
      test.loop,
      mode,
      jobs.map((job) => workers.run(job)),
    );
    expect(outcomes).toEqual([1, expect.objectContaining(error), 2, 3]);
    expect(workers.stats()).toMatchObject({ crashed: 1, completed: 3, threads: 1 });
  });

  it('while it is idle is no matter', async () => {
    const workers = workersOf(test.loop, {
      code: `module.exports = (x) => { if (x === 1) setTimeout(() => process.exit(), 1); return x; };`,
    });
    const shared = words();
    await settled(test.loop, mode, [workers.run(1 as never)]);
    onceEnded(() => Atomics.store(shared, 0, 1));
    function onceEnded(then: () => void): void {
      const timer = test.loop.setInterval(() => {
        if (workers.stats().threads > 0) return;
        test.loop.clearInterval(timer);
        then();
      }, 1);
    }
    await drive(test.loop, mode);
    expect(await settled(test.loop, mode, [workers.run(2 as never)])).toEqual([2]);
  });
});

describe.each(DRIVE_MODES)('a file that cannot be loaded (%s)', (mode) => {
  const FILES: Record<string, [options: object, message: string]> = {
    'that is not there': [{ file: '/no/such/file.mjs', code: undefined }, 'Cannot find module'],
    'that throws': [{ code: 'throw new Error("as it loads")' }, 'as it loads'],
    'with an error of syntax': [{ code: 'module.exports = (' }, 'Unexpected'],
    'without a function': [{ code: 'exports.run = () => {}' }, 'exports no function'],
  };
  it.each(Object.entries(FILES))(
    '%s rejects all jobs, once',
    async (_which, [options, message]) => {
      const workers = workersOf(test.loop, { size: 2, ...options });
      const asked = [1, 2, 3, 4, 5].map((job) => workers.run(job as never));
      const error = {
        code: 'ERR_WORKER_NOT_LOADED',
        message: expect.stringContaining(message),
      };
      const outcomes = await settled(test.loop, mode, asked);
      expect(outcomes).toEqual(asked.map(() => expect.objectContaining(error)));
      // Of the two threads one may have been on its way when the first failed.
      expect(workers.stats().crashed).toBeLessThanOrEqual(2);
    },
  );

  it('whose thread ends as it loads rejects all jobs, once', async () => {
    const workers = workersOf(test.loop, { code: 'process.exit(5)' });
    const outcomes = await settled(
      test.loop,
      mode,
      [1, 2].map((job) => workers.run(job as never)),
    );
    const error = { code: 'ERR_WORKER_NOT_STARTED', message: expect.stringContaining('code 5') };
    expect(outcomes).toEqual([expect.objectContaining(error), expect.objectContaining(error)]);
    expect(workers.stats()).toMatchObject({ crashed: 1, threads: 0 });
  });

  it('for want of memory before its first line rejects, by the host or in time', async () => {
    const limits = { maxOldGenerationSizeMb: 1, maxYoungGenerationSizeMb: 1 };
    const workers = workersOf(test.loop, { resourceLimits: limits, startTimeoutMs: 300 });
    const [outcome] = await settled(test.loop, mode, [workers.run(['echo', 1])]);
    expect(outcome).toMatchObject({ code: 'ERR_WORKER_NOT_STARTED' });
  });
});

describe.each(DRIVE_MODES)('an abort (%s)', (mode) => {
  it('of a job that waits is at once, and the job is never begun', async () => {
    const workers = workersOf(test.loop);
    const controller = new AbortController();
    const [held, shared] = [words(), words()];
    const { signal } = controller;
    const asked = [
      workers.run(['hold', held]),
      workers.run(['add', shared, 1], { signal }),
      workers.run(['add', shared, 2]),
    ];
    asked[1]?.catch(() => {
      Atomics.store(held, 0, 1);
      Atomics.notify(held, 0);
    });
    test.loop.setTimeout(() => controller.abort('enough'), 1);
    const outcomes = await settled(test.loop, mode, asked);
    expect(outcomes).toEqual([undefined, expect.objectContaining(ABORTED), 0]);
    expect(shared[0]).toBe(2);
    expect(workers.stats()).toMatchObject({ terminated: 0, queued: 0 });
  });

  it('of one that was given ahead is the same', async () => {
    const workers = workersOf(test.loop);
    await settled(
      test.loop,
      mode,
      Array.from({ length: 50 }, () => workers.run(['echo', 1])),
    );
    const controller = new AbortController();
    const [held, shared] = [words(), words()];
    const { signal } = controller;
    const asked = [workers.run(['hold', held])];
    for (let i = 0; i < 40; i++) asked.push(workers.run(['add', shared, 1], { signal }));
    test.loop.setTimeout(() => {
      controller.abort('enough');
      Atomics.store(held, 0, 1);
      Atomics.notify(held, 0);
    }, 1);
    const outcomes = await settled(test.loop, mode, asked);
    expect(outcomes.slice(1)).toEqual(asked.slice(1).map(() => expect.objectContaining(ABORTED)));
    expect(await settled(test.loop, mode, [workers.run(['add', shared, 1])])).toEqual([0]);
    expect(workers.stats().terminated).toBe(0);
  });

  it('is told to a computation, and to who waits; both keep their thread', async () => {
    const workers = workersOf(test.loop, { abortGraceMs: Number.POSITIVE_INFINITY });
    for (const name of ['spin until aborted', 'wait for the signal']) {
      const controller = new AbortController();
      const shared = words();
      const asked = workers.run([name, shared], { signal: controller.signal });
      onceBegun(test.loop, shared, () => controller.abort('enough'));
      const outcomes = await settled(test.loop, mode, [asked]);
      expect(outcomes).toEqual([expect.objectContaining(ABORTED)]);
      expect(await settled(test.loop, mode, [workers.run(['echo', 5])])).toEqual([5]);
    }
    expect(workers.stats()).toMatchObject({ terminated: 0, crashed: 0, threads: 1 });
  });

  it.each([0, 5])('of one that does not hear ends its thread after %d ms', async (abortGraceMs) => {
    const workers = workersOf(test.loop, { abortGraceMs });
    const controller = new AbortController();
    const shared = words();
    const asked = [
      workers.run(['spin', shared], { signal: controller.signal }),
      workers.run(['echo', 1]),
      workers.run(['echo', 2]),
    ];
    onceBegun(test.loop, shared, () => controller.abort('enough'));
    const outcomes = await settled(test.loop, mode, asked);
    expect(outcomes).toEqual([expect.objectContaining(ABORTED), 1, 2]);
    expect(workers.stats()).toMatchObject({ terminated: 1, crashed: 0, threads: 1 });
  });
});

describe.each(DRIVE_MODES)('the queue (%s)', (mode) => {
  it('has a bound, above which jobs reject and nothing else happens', async () => {
    const workers = workersOf(test.loop, { maxQueued: 2 });
    const asked = [1, 2, 3, 4, 5].map((job) => workers.run(['echo', job]));
    const full = expect.objectContaining({ code: 'ERR_WORKERS_QUEUE_FULL' });
    expect(await settled(test.loop, mode, asked)).toEqual([1, 2, 3, full, full]);
  });

  it('has none where no job may wait, and each thread has one', async () => {
    const workers = workersOf(test.loop, { maxQueued: 0 });
    const full = expect.objectContaining({ code: 'ERR_WORKERS_QUEUE_FULL' });
    for (const first of [1, 2]) {
      const asked = [first, 3].map((job) => workers.run(['echo', job]));
      expect(await settled(test.loop, mode, asked)).toEqual([first, full]);
    }
  });
});

describe.each(DRIVE_MODES)('the end (%s)', (mode) => {
  it('by close comes behind the jobs that were asked for', async () => {
    const workers = workersOf(test.loop);
    const asked = [workers.run(['later', 1]), workers.run(['later', 2])];
    workers.close();
    await expect(workers.run(['echo', 3])).rejects.toMatchObject(CLOSED);
    expect(workers.isClosed).toBe(false);
    expect(await settled(test.loop, mode, [...asked, workers.closed])).toEqual([1, 2, undefined]);
    expect(workers.isClosed).toBe(true);
  });

  it('by destroy is at once, whatever threads do', async () => {
    const workers = workersOf(test.loop);
    const shared = words();
    const asked = [workers.run(['spin', shared]), workers.run(['echo', 1])];
    onceBegun(test.loop, shared, () => workers.destroy());
    const closed = expect.objectContaining(CLOSED);
    expect(await settled(test.loop, mode, asked)).toEqual([closed, closed]);
    await expect(workers.run(['echo', 3])).rejects.toMatchObject(CLOSED);
    expect(workers.stats()).toMatchObject({ threads: 0, queued: 0, running: 0 });
  });

  it('of the loop is theirs: what is asked for rejects', async () => {
    const workers = workersOf(test.loop);
    const asked = workers.run(['later', 1, 1e6]);
    asked.catch(() => {});
    test.loop.setTimeout(() => test.loop.close(), 1);
    await drive(test.loop, mode).catch(() => {});
    await expect(asked).rejects.toMatchObject({ code: 'ERR_LOOP_CLOSED' });
    expect(workers.isClosed).toBe(true);
  });

  it('of a block is awaited', async () => {
    const workers = workersOf(test.loop);
    const asked = workers.run(['later', 1]);
    const disposed = workers[Symbol.asyncDispose]();
    expect(await settled(test.loop, mode, [asked, disposed])).toEqual([1, undefined]);
    expect(workers.isClosed).toBe(true);
  });
});
