// loop.watch: any descriptor, and what its callback is told.
import { closeSync, openSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createPoller } from '../../lib/poller/index.js';
import { constant } from '../../lib/raw/constants.js';
import * as raw from '../../lib/raw/index.js';
import type { Readiness } from '../../lib/watch/readiness.js';
import type { Watcher, WatchOptions } from '../../lib/watch/watcher.js';
import { bytesOf, put, take } from '../support/bytes.js';
import { guardDescriptors, isOpen, Opened } from '../support/descriptors.js';
import { DRIVE_MODES, drive, eachWithLoop, run } from '../support/drive.js';

const poller = createPoller();
const SUPPORTS = poller.supports;
poller.close();

guardDescriptors();
const test = eachWithLoop();
const opened = new Opened();

const NOTHING = { read: false, write: false, priority: false, hangup: false, error: false };
const is = (...names: (keyof Readiness)[]): Readiness => ({
  ...NOTHING,
  ...Object.fromEntries(names.map((name) => [name, true])),
});

/** A watcher that writes down what it is told. */
function watch(fd: number, options: WatchOptions): { watcher: Watcher; told: Readiness[] } {
  const told: Readiness[] = [];
  return { watcher: test.loop.watch(fd, options, (ready) => told.push(ready)), told };
}

const turn = () => run(test.loop, 'nowait');

describe('the callback', () => {
  it.each(DRIVE_MODES)('is told that there is something to read (%s)', async (mode) => {
    const [readEnd, writeEnd] = opened.pipe();
    let text = '';
    const watcher = test.loop.watch(readEnd, { read: true }, (ready, self) => {
      expect(ready).toEqual(is('read'));
      expect(self).toBe(watcher);
      text += take(self.fd);
      if (text === 'hello again') self.close();
      else put(writeEnd, ' again');
    });
    expect(watcher.fd).toBe(readEnd);
    put(writeEnd, 'hello');
    await drive(test.loop, mode);
    expect(text).toBe('hello again');
    expect(isOpen(readEnd)).toBe(true);
  });

  it('is told of writing, of both, and of neither when neither was asked for', async () => {
    const [left, right] = opened.pair();
    const writing = watch(left, { write: true });
    await turn();
    expect(writing.told).toEqual([is('write')]);
    put(right);
    writing.watcher.modify({ read: true, write: true });
    await turn();
    expect(writing.told.slice(1)).toEqual([is('read', 'write')]);
    writing.watcher.modify({ read: true });
    await turn();
    expect(writing.told.slice(2)).toEqual([is('read')]);
    writing.watcher.close();
  });

  it.runIf(SUPPORTS.priority)('is told of out-of-band data', async () => {
    const [client, accepted] = opened.tcpPair();
    const { watcher, told } = watch(accepted, { priority: true });
    raw.send(client, bytesOf('!'), 0, 1, constant('MSG_OOB'));
    await run(test.loop, 'once');
    expect(told).toEqual([is('priority')]);
    watcher.close();
  });

  it('of a reader is told of a hangup as something to read', async () => {
    const [readEnd, writeEnd] = opened.pipe();
    const { watcher, told } = watch(readEnd, { read: true });
    opened.close(writeEnd);
    await turn();
    expect(told).toEqual([is('read', 'hangup')]);
    expect(raw.read(readEnd, new Uint8Array(1))).toBe(0);
    watcher.close();
  });

  it('of a writer is told of an error as a chance to write', async () => {
    const [readEnd, writeEnd] = opened.pipe();
    opened.close(readEnd);
    const { watcher, told } = watch(writeEnd, { write: true });
    await turn();
    expect(told).toEqual([is('write', 'error')]);
    watcher.close();
  });

  it('gets objects that are shared and cannot be changed', async () => {
    const [readEnd, writeEnd] = opened.pipe();
    const { watcher, told } = watch(readEnd, { read: true });
    put(writeEnd);
    await turn();
    await turn();
    expect(told[0]).toBe(told[1]);
    expect(Object.isFrozen(told[0])).toBe(true);
    watcher.close();
  });

  it('that throws ends run; the rest of the batch comes with the next', async () => {
    const failure = new Error('from the callback');
    const told: number[] = [];
    const watchers = [1, 2, 3].map((number) =>
      test.loop.watch(opened.eventfd(1), { read: true }, (_, self) => {
        told.push(number);
        self.close();
        if (told.length === 1) throw failure;
      }),
    );
    await expect(run(test.loop)).rejects.toThrow(failure);
    expect(told.length).toBe(1);
    expect(test.loop.alive).toBe(true);
    await run(test.loop);
    expect(told.sort()).toEqual([1, 2, 3]);
    expect(watchers.every(({ closed }) => closed)).toBe(true);
  });
});

describe('edge and oneshot', () => {
  it('by edges the callback comes once for each change', async () => {
    const [readEnd, writeEnd] = opened.pipe();
    const { watcher, told } = watch(readEnd, { read: true, edge: true });
    put(writeEnd);
    await turn();
    await turn();
    expect(told.length).toBe(1);
    put(writeEnd);
    await turn();
    expect(told.length).toBe(2);
    watcher.close();
  });

  it('a oneshot comes once, and again after modify', async () => {
    const { watcher, told } = watch(opened.eventfd(1), { read: true, oneshot: true });
    await turn();
    await turn();
    expect(told.length).toBe(1);
    expect(watcher.active).toBe(true);
    watcher.modify({ read: true, oneshot: true });
    await turn();
    await turn();
    expect(told.length).toBe(2);
    watcher.close();
  });

  it('a oneshot may arm itself again from its callback', async () => {
    const fd = opened.eventfd(1);
    let times = 0;
    test.loop.watch(fd, { read: true, oneshot: true }, (_, self) => {
      if (++times === 5) self.close();
      else self.modify({ read: true, oneshot: true });
    });
    await drive(test.loop);
    expect(times).toBe(5);
  });
});

describe('modify to nothing', () => {
  it('pauses, and remembers a hangup for later', async () => {
    const [readEnd, writeEnd] = opened.pipe();
    const { watcher, told } = watch(readEnd, { read: true });
    watcher.modify({});
    put(writeEnd);
    opened.close(writeEnd);
    for (let i = 0; i < 5; i++) await turn();
    expect(told).toEqual([]);
    expect([watcher.active, test.loop.alive]).toEqual([true, true]);
    watcher.modify({});
    watcher.modify({ read: true });
    await turn();
    expect(told).toEqual([is('read', 'hangup')]);
    watcher.close();
  });

  it('is the same for a mode without a condition, or all false', async () => {
    for (const options of [{ edge: true }, { oneshot: true }, { read: false }]) {
      const { watcher, told } = watch(opened.eventfd(1), { read: true });
      watcher.modify(options);
      await turn();
      expect(told).toEqual([]);
      watcher.close();
    }
  });
});

describe('what cannot be watched', () => {
  it('a regular file or a folder: EPERM, and what to do instead', () => {
    for (const path of [import.meta.filename, import.meta.dirname]) {
      const fd = openSync(path, 'r');
      try {
        expect(() => test.loop.watch(fd, { read: true }, () => {})).toThrow(
          expect.objectContaining({
            name: 'SystemError',
            code: 'EPERM',
            message: expect.stringContaining('loop.fs'),
          }),
        );
      } finally {
        closeSync(fd);
      }
    }
    expect(test.loop.alive).toBe(false);
  });

  it('the same descriptor twice: EEXIST, and the first goes on', async () => {
    const fd = opened.eventfd(1);
    const { watcher, told } = watch(fd, { read: true });
    expect(() => test.loop.watch(fd, { write: true }, () => {})).toThrow(
      expect.objectContaining({ code: 'EEXIST' }),
    );
    await turn();
    expect(told).toEqual([is('read')]);
    watcher.close();
    watch(fd, { read: true }).watcher.close();
  });

  it('a descriptor that is not open: EBADF', () => {
    expect(() => test.loop.watch(2 ** 31 - 1, { read: true }, () => {})).toThrow(
      expect.objectContaining({ code: 'EBADF' }),
    );
  });
});
