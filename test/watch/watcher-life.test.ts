// The life of a watcher: what keeps it and the loop alive, how it ends, misuse.
import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { defaultLoop, watch } from '../../lib/faces/default-loop.js';
import * as raw from '../../lib/raw/index.js';
import type { WatchCallback, WatchOptions } from '../../lib/watch/watcher.js';
import { put } from '../support/bytes.js';
import { guardDescriptors, isOpen, Opened } from '../support/descriptors.js';
import { drive, eachWithLoop, run } from '../support/drive.js';
import { HOSTILE } from '../support/hostile.js';
import { deviates, usedBackend } from '../support/libkqueue.js';

guardDescriptors();
const test = eachWithLoop();
const opened = new Opened();
const READ: WatchOptions = { read: true };
const ignore = () => {};
const never = () => expect.unreachable();

describe('a watcher', () => {
  it('keeps the loop alive while it is active and referenced', async () => {
    const watcher = test.loop.watch(opened.eventfd(), READ, never);
    expect([watcher.active, watcher.hasRef(), test.loop.alive]).toEqual([true, true, true]);
    expect(watcher.unref().unref()).toBe(watcher);
    expect([watcher.active, watcher.hasRef(), test.loop.alive]).toEqual([true, false, false]);
    await drive(test.loop);
    expect(watcher.ref().ref().hasRef()).toBe(true);
    expect(test.loop.alive).toBe(true);
    watcher.close();
    await drive(test.loop);
    watcher.ref().unref().ref();
    expect(test.loop.alive).toBe(false);
  });

  it('that is not referenced is served as long as the loop runs', async () => {
    let times = 0;
    const count: WatchCallback = () => {
      times++;
    };
    const watcher = test.loop.watch(opened.eventfd(1), READ, count).unref();
    test.loop.setTimeout(ignore, 5);
    await drive(test.loop);
    expect(times).toBeGreaterThan(0);
    watcher.close();
  });

  it('ends at close, and leaves the descriptor alone', async () => {
    const fd = opened.eventfd(1);
    const watcher = test.loop.watch(fd, READ, never);
    watcher.close();
    watcher.close();
    expect([watcher.active, watcher.isClosed, watcher.error]).toEqual([false, true, undefined]);
    await drive(test.loop);
    expect(isOpen(fd)).toBe(true);
    expect(watcher.fd).toBe(fd);
    expect(() => watcher.modify(READ)).toThrow(
      expect.objectContaining({ code: 'ERR_HANDLE_CLOSED' }),
    );
  });

  it('that is closed by another one of the same batch is not called', async () => {
    const calls: number[] = [];
    const watchers = [0, 1].map((index) =>
      test.loop.watch(opened.eventfd(1), READ, () => {
        calls.push(index);
        for (const watcher of watchers) watcher.close();
      }),
    );
    await drive(test.loop);
    expect(calls.length).toBe(1);
  });

  it('whose descriptor was closed under it, and is another one now, closes all the same', async () => {
    const [readEnd, writeEnd] = opened.pipe();
    const watcher = test.loop.watch(readEnd, READ, never);
    opened.close(readEnd, writeEnd);
    const again = opened.pipe();
    expect(again).toContain(readEnd);
    watcher.close();
    await drive(test.loop);
    expect(test.loop.alive).toBe(false);
  });

  it('is closed with its loop, and by Symbol.dispose', () => {
    const watcher = test.loop.watch(opened.eventfd(1), READ, never);
    test.loop.watch(opened.eventfd(1), READ, never)[Symbol.dispose]();
    test.loop.close();
    expect(watcher.isClosed).toBe(true);
    expect(() => test.loop.watch(opened.eventfd(), READ, never)).toThrow(
      expect.objectContaining({ code: 'ERR_LOOP_CLOSED' }),
    );
  });
});

describe('an AbortSignal', () => {
  it('closes the watcher, and is let go when that closes by itself', () => {
    const controller = new AbortController();
    const { signal } = controller;
    const watcher = test.loop.watch(opened.eventfd(), { ...READ, signal }, never);
    const other = test.loop.watch(opened.eventfd(), { ...READ, signal }, never);
    const third = test.loop.watch(opened.eventfd(), { ...READ, signal }, never);
    // One for all of them.
    expect(getEventListeners(signal, 'abort').length).toBe(1);
    other.close();
    expect(getEventListeners(signal, 'abort').length).toBe(1);
    third.close();
    controller.abort();
    expect([watcher.isClosed, other.isClosed]).toEqual([true, true]);
    expect(getEventListeners(signal, 'abort').length).toBe(0);
  });

  it('that is aborted already: an AbortError is thrown and nothing is watched', () => {
    const reason = new Error('not any more');
    const fd = opened.eventfd();
    const options = { ...READ, signal: AbortSignal.abort(reason) };
    expect(() => test.loop.watch(fd, options, never)).toThrow(
      expect.objectContaining({ code: 'ABORT_ERR', cause: reason }),
    );
    expect(test.loop.alive).toBe(false);
    test.loop.watch(fd, READ, never).close();
  });

  it('may abort from the callback', async () => {
    const controller = new AbortController();
    let times = 0;
    test.loop.watch(opened.eventfd(1), { ...READ, signal: controller.signal }, () => {
      times++;
      controller.abort();
    });
    await drive(test.loop);
    expect(times).toBe(1);
  });
});

describe('misuse', () => {
  it('of the descriptor', () => {
    for (const [kind, value] of Object.entries(HOSTILE)) {
      const Expected = typeof value === 'number' ? RangeError : TypeError;
      expect(() => test.loop.watch(value as number, READ, never), kind).toThrow(Expected);
    }
  });

  it('of the options', () => {
    const fd = opened.eventfd();
    for (const [kind, value] of Object.entries(HOSTILE)) {
      const options = value as WatchOptions;
      expect(() => test.loop.watch(fd, options, never), kind).toThrow();
      for (const name of ['read', 'edge', 'signal']) {
        if (value === undefined || (value === true && name !== 'signal')) continue;
        const bad = { write: true, [name]: value } as WatchOptions;
        expect(() => test.loop.watch(fd, bad, never), `${name}: ${kind}`).toThrow();
      }
    }
    for (const options of [{}, { edge: true }, { read: false }]) {
      expect(() => test.loop.watch(fd, options, never)).toThrow(
        expect.objectContaining({ code: 'ERR_INVALID_ARG_VALUE' }),
      );
    }
    expect(test.loop.alive).toBe(false);
  });

  it('of the callback, and of modify', () => {
    const fd = opened.eventfd();
    for (const [kind, value] of Object.entries(HOSTILE)) {
      if (typeof value === 'function') continue;
      expect(() => test.loop.watch(fd, READ, value as WatchCallback), kind).toThrow(TypeError);
    }
    const watcher = test.loop.watch(fd, READ, ignore);
    for (const value of [null, undefined, 'read', 2 ** 20, { read: 1 }]) {
      expect(() => watcher.modify(value as WatchOptions)).toThrow();
    }
    watcher.close();
  });
});

describe.skipIf(deviates(usedBackend, 'notPollable'))('watch on the default loop', () => {
  it('is attached to the host and goes on by itself', async () => {
    const [readEnd, writeEnd] = opened.pipe();
    const told = new Promise<boolean>((resolve) => {
      watch(readEnd, READ, (ready, watcher) => {
        watcher.close();
        resolve(ready.read);
      });
    });
    put(writeEnd);
    expect(await told).toBe(true);
    expect(defaultLoop()).toBe(defaultLoop());
    expect(defaultLoop().attached).toBe(true);
    defaultLoop().close();
    expect(raw.read(readEnd, new Uint8Array(1))).toBe(1);
  });

  it('is made anew when it was closed', async () => {
    const first = defaultLoop();
    first.close();
    expect(defaultLoop()).not.toBe(first);
    defaultLoop().close();
    await run(test.loop, 'nowait');
  });
});
