// Another addon on the pool and the loop, by include/rawloop.h: examples/native-job, built by
// both build systems, once each, in a folder of its own.
//
// Without `guarded` (lib/pool/foreign.ts) what is refused is -EBADF and not the reason. When a refused
// job is dropped as well as left to its caller (ForeignData::Keep), the example frees it twice, and
// the process ends.
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { EventLoop } from '../../lib/faces/event-loop.js';
import { ThreadPool as Pool } from '../../lib/pool/index.js';
import { constants as c } from '../../lib/raw/constants.js';
import { check } from '../../lib/raw/errors.js';
import { close, pipe2 } from '../../lib/raw/index.js';
import { outside } from '../loop/support.js';
import { root } from '../package/support.js';
import { DRIVE_MODES, drive } from '../support/drive.js';
import { holdingThreads } from './held.js';
import {
  BUILD_LIMIT_MS,
  build,
  closeEvents,
  event,
  hasCommand,
  type NativeJob,
  project,
  ring,
} from './native-support.js';

const load = createRequire(import.meta.url);
const ERRNO = { ENOENT: -(c['ENOENT'] as number), EBADF: -(c['EBADF'] as number) };

let addon: string;
let job: NativeJob;
beforeAll(() => {
  const folder = project();
  build(folder, 'node-gyp', ['rebuild', '--silent']);
  addon = join(folder, 'build/Release/native_job.node');
  job = load(addon) as NativeJob;
}, BUILD_LIMIT_MS);

let loop: EventLoop;
afterEach(() => {
  loop.close();
  closeEvents();
});
const hold = holdingThreads();

describe('a job of another addon', () => {
  it.each(DRIVE_MODES)('runs on a thread and is told on the loop (%s)', async (mode) => {
    loop = new EventLoop({ poolSize: 2 });
    const open = loop.nativeInterface;
    expect(loop.nativeInterface).toBe(open);
    const sums = Array.from({ length: 100 }, (_, i) => job.sum(open, new Uint8Array(i).fill(2)));
    expect(loop.alive).toBe(true);
    await drive(loop, mode);
    expect(await Promise.all(sums)).toEqual(sums.map((_, i) => 2 * i));
    const { kinds, lanes } = loop.pool.stats();
    expect(kinds['native fs']).toMatchObject({ lane: 'fs', completed: 100, pending: 0 });
    expect(lanes.fs.completed).toBe(100);
  });

  it('waits in the lane that it names, with the limits of that lane', async () => {
    using pool = new Pool({ size: 1, lanes: { mine: { maxQueued: 1 } } });
    loop = new EventLoop({ pool });
    const held = hold(loop);
    const open = loop.nativeInterface;
    const taken = job.sum(open, new Uint8Array([1, 2]), 'mine');
    const refused = [
      job.sum(open, new Uint8Array(1), 'mine'),
      job.sum(open, new Uint8Array(1), 'none'),
    ];
    expect(pool.stats().lanes['mine']?.queued).toBe(1);
    held.release();
    await drive(loop, 'guest');
    expect(await taken).toBe(3);
    expect(await Promise.all(refused)).toEqual([
      -(c['ENOBUFS'] as number),
      -(c['EINVAL'] as number),
    ]);
  });

  it('that is under way outlives its loop, and one that comes later is refused', async () => {
    loop = new EventLoop({ poolSize: 1 });
    const open = loop.nativeInterface;
    for (let i = 0; i < 20; i++) void job.sum(open, new Uint8Array(1 << 20));
    loop.close();
    expect(await job.sum(open, new Uint8Array(1))).toBe(ERRNO.EBADF);
  });

  it('is not taken by what is no interface', () => {
    loop = new EventLoop();
    for (const value of [{}, null, 1, loop, Object.create(loop.nativeInterface)]) {
      expect(() => job.sum(value as object, new Uint8Array(1))).toThrow(/no interface/);
    }
  });
});

it('a Worker that ends with jobs of another addon in flight waits for what runs', async () => {
  loop = new EventLoop();
  const code = `
    const { parentPort, workerData } = require('node:worker_threads');
    const { EventLoop, ThreadPool } = require(workerData.rawloop);
    const job = require(workerData.addon);
    const pool = workerData.token && ThreadPool.from(workerData.token);
    const loop = new EventLoop(pool ? { pool } : { poolSize: 2 }).attach();
    for (let i = 0; i < 8; i++) job.sum(loop.nativeInterface, new Uint8Array(1 << 22));
    job.watch(loop.nativeInterface, 0, () => {});
    parentPort.postMessage('queued');
  `;
  const published = join(root, 'dist/index.cjs');
  const { ThreadPool } = load(published) as { ThreadPool: typeof Pool };
  const pool = new ThreadPool({ size: 1 });
  for (const token of [undefined, pool.token, pool.token, undefined]) {
    const workerData = { rawloop: published, addon, token };
    const worker = new Worker(code, { eval: true, workerData });
    await once(worker, 'message');
    await worker.terminate();
    expect(pool.stats().queued).toBe(0);
  }
  pool.close();
});

describe('a watcher of another addon', () => {
  it.each(DRIVE_MODES)('hears of its descriptor, until it is not watched (%s)', async (mode) => {
    loop = new EventLoop();
    const open = loop.nativeInterface;
    const fd = event();
    const told: unknown[] = [];
    const id = job.watch(open, fd, (which, events) => {
      told.push([which === fd, events]);
      if (told.length === 3) told.push(job.unwatch(open, id));
    });
    expect(id).toBeGreaterThan(0);
    expect(loop.alive).toBe(true);
    ring(fd);
    await drive(loop, mode);
    expect(told).toEqual([[true, 1], [true, 1], [true, 1], 0]);
    expect(job.unwatch(open, id)).toBe(ERRNO.ENOENT);
  });

  it('may wait for something else, or for nothing', async () => {
    loop = new EventLoop();
    const open = loop.nativeInterface;
    const fd = event();
    const told: number[] = [];
    const id = job.watch(open, fd, (_fd, events) => {
      told.push(events);
      // Writable too, then nothing.
      job.modify(open, id, told.length === 1 ? 3 : 0);
      if (told.length === 2) loop.setTimeout(() => job.unwatch(open, id), 1);
    });
    ring(fd);
    await drive(loop, 'owned');
    expect(told).toEqual([1, 3]);
  });

  it('is refused with the reason', () => {
    loop = new EventLoop();
    const open = loop.nativeInterface;
    const fd = event();
    const callback = () => {};
    expect(job.watch(open, fd, callback)).toBeGreaterThan(0);
    expect(job.watch(open, fd, callback)).toBe(-(c['EEXIST'] as number));
    expect(job.watch(open, -1, callback)).toBeLessThan(0);
    const [readEnd, writeEnd] = check(pipe2(), 'pipe2') as [number, number];
    close(readEnd);
    close(writeEnd);
    expect(job.watch(open, readEnd, callback)).toBe(ERRNO.EBADF);
    expect(job.modify(open, 12345, 1)).toBe(ERRNO.ENOENT);
  });

  it('whose callback throws tells the loop, as any other', async () => {
    loop = new EventLoop();
    const open = loop.nativeInterface;
    const fd = event();
    const id = job.watch(open, fd, () => {
      job.unwatch(open, id);
      throw new Error('on purpose');
    });
    ring(fd);
    await expect(outside(() => loop.run())).rejects.toThrow('on purpose');
  });
});

it.runIf(hasCommand('cmake'))(
  'the example is the same when CMake builds it',
  async () => {
    const folder = project();
    build(folder, 'cmake-js', ['compile', '--prefer-make', '--silent']);
    const other = load(join(folder, 'build/Release/native_job.node')) as NativeJob;
    loop = new EventLoop();
    // Two addons on one loop.
    const sums = [job, other].map((addon) => addon.sum(loop.nativeInterface, new Uint8Array([4])));
    await drive(loop, 'guest');
    expect(await Promise.all(sums)).toEqual([4, 4]);
  },
  BUILD_LIMIT_MS,
);
