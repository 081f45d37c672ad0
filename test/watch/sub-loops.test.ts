// Loops inside loops: the descriptor of a poller is waited for as any other, ours or a foreign one's.
import { createRequire } from 'node:module';
import { expect, it } from 'vitest';
import { EventLoop } from '../../lib/faces/event-loop.js';
import * as raw from '../../lib/raw/index.js';
import { put } from '../support/bytes.js';
import { compiled } from '../support/compile.js';
import { guardDescriptors, Opened } from '../support/descriptors.js';
import { DRIVE_MODES, drive, eachWithLoop } from '../support/drive.js';
import { deviates, usedBackend } from '../support/libkqueue.js';

guardDescriptors();
const test = eachWithLoop();
const opened = new Opened();
const addon = compiled('foreign-loop-addon.c');
/** How often the inner loop has something to do. */
const TIMES = 3;

it.skipIf(deviates(usedBackend, 'notPollable')).each(DRIVE_MODES)(
  'an inner loop is turned by the outer one (%s)',
  async (mode) => {
    const inner = new EventLoop();
    const [readEnd, writeEnd] = opened.pipe();
    let told = 0;
    const reader = inner.watch(readEnd, { read: true }, () => {
      raw.check(raw.read(readEnd, new Uint8Array(8)), 'read');
      if (++told === TIMES) reader.close();
      else test.loop.setTimeout(() => put(writeEnd), 1);
    });
    const turns = test.loop.watch(inner.poller.fd, { read: true }, () => {
      if (!inner.run('nowait')) turns.close();
    });
    test.loop.setTimeout(() => put(writeEnd), 1);
    await drive(test.loop, mode);
    expect([told, inner.alive]).toEqual([TIMES, false]);
    inner.close();
  },
);

// Without notify() at the end of LoopCore.run the inner loop waits for ever: the child closes as the
// last of its streams has, in a closing callback, and so in the next turn.
it.skipIf(deviates(usedBackend, 'notPollable')).each(DRIVE_MODES)(
  'an inner loop is given its next turn where it has work left that no descriptor tells of (%s)',
  async (mode) => {
    const inner = new EventLoop();
    const told: string[] = [];
    const close = () => told.push('child');
    const child = inner.spawn('echo', ['x'], {}, { stdout: () => {}, stderr: () => {}, close });
    const turns = test.loop.watch(inner.poller.fd, { read: true }, () => {
      if (!inner.run('nowait')) turns.close();
    });
    // Ends the wait of who is never told.
    test.loop.setTimeout(() => turns.close(), 3000).unref();
    child.exited.then(() => inner.setImmediate(() => inner.setImmediate(() => told.push('both'))));
    await drive(test.loop, mode);
    expect([told.sort(), inner.alive]).toEqual([['both', 'child'], false]);
    inner.close();
  },
);

it.skipIf(deviates(usedBackend, 'notPollable'))('loops in a circle are refused, with why', () => {
  const inner = new EventLoop();
  const watcher = test.loop.watch(inner.poller.fd, { read: true }, () => {});
  expect(() => inner.watch(test.loop.poller.fd, { read: true }, () => {})).toThrow(
    expect.objectContaining({ code: 'ELOOP', message: expect.stringMatching(/inside itself/) }),
  );
  watcher.close();
  inner.close();
});

it.skipIf(deviates(usedBackend, 'notPollable')).each(DRIVE_MODES)(
  'libuv’s own loop is turned by ours (%s)',
  async (mode) => {
    const foreign = createRequire(import.meta.url)(addon) as {
      start(fd: number): number;
      turn(): number;
      end(): number;
    };
    const [readEnd, writeEnd] = opened.pipe();
    let told = 0;
    const watcher = test.loop.watch(foreign.start(readEnd), { read: true }, () => {
      told = foreign.turn();
      raw.check(raw.read(readEnd, new Uint8Array(8)), 'read');
      if (told === TIMES) watcher.close();
      else test.loop.setTimeout(() => put(writeEnd), 1);
    });
    test.loop.setTimeout(() => put(writeEnd), 1);
    await drive(test.loop, mode);
    expect(told).toBe(TIMES);
    expect(foreign.end()).toBe(0);
  },
);
