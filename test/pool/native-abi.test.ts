// include/rawloop.h used without care: abi/abi.c does so, and counts what it is told; abi/header.cc has
// the header in C++. Both are built by every warning there is.
//
// Without its guards for null the process ended in “gets EINVAL”, which was tried.
import { cpSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { afterEach, beforeAll, expect, it } from 'vitest';
import { EventLoop } from '../../lib/faces/event-loop.js';
import { constants as c } from '../../lib/raw/constants.js';
import { DRIVE_MODES, drive } from '../support/drive.js';
import { holdingThreads } from './held.js';
import { BUILD_LIMIT_MS, build, closeEvents, event, project, ring } from './native-support.js';

interface NativeAbi {
  nulls(open: object): number[];
  elsewhere(open: object): Promise<number>;
  queue(open: object, lane: number, count: number): number;
  cancel(open: object, id: number): number;
  watch(open: object, fd: number, events: number): number;
  once(open: object, fd: number): number;
  counts(): [worked: number, done: number, told: number, dropped: number];
  versions(value: unknown, wanted: number): [version: number, isEnough: number];
}

const GYP = `{
  "targets": [
    {
      "target_name": "native_abi",
      "sources": ["abi.c", "header.cc"],
      "include_dirs": ["../../include"],
      "defines": ["NAPI_VERSION=8"],
      "cflags": ["-Wall", "-Wextra", "-Wpedantic", "-Wshadow", "-Werror"],
    },
  ],
}`;
const ERRNO = { ENOENT: -(c['ENOENT'] as number), EBADF: -(c['EBADF'] as number) };

let abi: NativeAbi;
beforeAll(() => {
  const folder = project();
  cpSync(join(import.meta.dirname, 'abi'), folder, { recursive: true });
  writeFileSync(join(folder, 'binding.gyp'), GYP);
  build(folder, 'node-gyp', ['rebuild', '--silent']);
  const addon = join(folder, 'build/Release/native_abi.node');
  abi = createRequire(import.meta.url)(addon) as NativeAbi;
}, BUILD_LIMIT_MS);

let loop: EventLoop;
afterEach(() => {
  loop.close();
  closeEvents();
});
const hold = holdingThreads();

it('gets EINVAL for nulls, for lanes and for events that there are not', () => {
  loop = new EventLoop();
  const open = loop.nativeInterface;
  const EINVAL = -(c['EINVAL'] as number);
  const results = abi.nulls(open);
  expect(results).toEqual(results.map(() => EINVAL));
  const fd = event();
  for (const events of [0, 32, 64, 1 | 64, -1]) {
    expect([events, abi.watch(open, fd, events)]).toEqual([events, EINVAL]);
  }
  expect(abi.watch(open, fd, 1)).toBeGreaterThan(0);
  expect(loop.pool.stats().completed).toBe(0);
});

it('is refused on other threads', async () => {
  loop = new EventLoop();
  const wrong = abi.elsewhere(loop.nativeInterface);
  await drive(loop, 'owned');
  expect(await wrong).toBe(0);
});

it('is told of versions: which is there, and whether that is enough', () => {
  loop = new EventLoop();
  const open = loop.nativeInterface;
  expect(abi.versions(open, 1)).toEqual([1, 1]);
  expect(abi.versions(open, 2)).toEqual([1, 0]);
  for (const value of [{}, 5, undefined, loop]) expect(abi.versions(value, 1)).toEqual([0, 0]);
});

it.each(DRIVE_MODES)('may end its watcher in its own callback (%s)', async (mode) => {
  loop = new EventLoop();
  const [, , told, dropped] = abi.counts();
  const fd = event();
  ring(fd);
  abi.once(loop.nativeInterface, fd);
  await drive(loop, mode);
  expect(abi.counts().slice(2)).toEqual([told + 1, dropped + 2]);
});

it('has each of its data dropped once, whether it ran, was cancelled, or its loop closed', async () => {
  const EBUSY_OR_OVER = [-(c['EBUSY'] as number), -(c['ENOENT'] as number)];
  loop = new EventLoop({ poolSize: 1 });
  const open = loop.nativeInterface;
  const [worked, done, , dropped] = abi.counts();
  const held = hold(loop);
  const id = abi.queue(open, 0, 10);
  expect(abi.cancel(open, id)).toBe(0);
  expect(EBUSY_OR_OVER).toContain(abi.cancel(open, id));
  expect(abi.cancel(open, 0)).toBe(ERRNO.ENOENT);
  held.release();
  await drive(loop, 'guest');
  expect(abi.counts()).toEqual([worked + 9, done + 9, expect.any(Number), dropped + 10]);

  const late = hold(loop);
  const closed = expect(late.done).rejects.toMatchObject({ code: 'ERR_LOOP_CLOSED' });
  abi.queue(open, 0, 10);
  abi.watch(open, event(), 1);
  loop.close();
  await closed;
  await new Promise(setImmediate);
  expect(abi.counts()).toEqual([worked + 9, done + 9, expect.any(Number), dropped + 21]);
  expect([abi.queue(open, 0, 1), abi.watch(open, 0, 1)]).toEqual([ERRNO.EBADF, ERRNO.EBADF]);
});
