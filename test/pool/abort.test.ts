// Signals: queued work is cancelled, running work cannot be and says so.
import { getEventListeners } from 'node:events';
import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../support/folder.js';
import { type HeldThread, holdingThreads } from './held.js';
import { MODES, TestLoop } from './support.js';

let loop: TestLoop;
beforeEach(() => {
  loop = new TestLoop({ size: 1 });
});
afterEach(() => loop.close());
const hold = holdingThreads();

/** Makes a request that keeps the only thread busy; it does when this returns. */
const occupy = (signal?: AbortSignal): HeldThread => hold(loop, signal);

/** What a request of an aborted signal rejects with. */
const aborted = ({ reason }: AbortSignal) => ({
  name: 'AbortError',
  code: 'ABORT_ERR',
  cause: reason,
});

describe('a request whose signal aborts', () => {
  it('before it is made rejects, and nothing is queued', async () => {
    const signal = AbortSignal.abort(new Error('no need'));
    const requests = [
      loop.fs.stat('/', { signal }),
      loop.crypto.pbkdf2('p', 's', 1, 8, 'sha256', { signal }),
    ];
    for (const request of requests) await expect(request).rejects.toMatchObject(aborted(signal));
    expect(loop.pool.stats()).toMatchObject({ queued: 0, completed: 0, threads: 0 });
    expect(loop.alive).toBe(false);
  });

  it.each(MODES)('while it is queued rejects and never runs (%s)', async (mode) => {
    const busy = occupy();
    const controller = new AbortController();
    const { signal } = controller;
    const requests = Array.from({ length: 10 }, () => loop.fs.stat('/', { signal }));
    const other = loop.fs.stat('/');
    expect(loop.pool.stats().queued).toBe(11);
    controller.abort({ any: 'value' });
    for (const request of requests) await expect(request).rejects.toMatchObject(aborted(signal));
    expect(loop.pool.stats().queued).toBe(1);
    busy.release();
    await loop.outcome(mode, Promise.all([busy.done, other]));
    // What it opened was closed as well.
    expect(loop.pool.stats().completed).toBe(3);
  });

  it.each(MODES)('while it runs rejects at once and says that it goes on (%s)', async (mode) => {
    const controller = new AbortController();
    const busy = occupy(controller.signal);
    controller.abort();
    await expect(busy.done).rejects.toThrow('running work could not be stopped');
    expect(loop.pool.stats().running).toBe(1);
    expect(loop.alive).toBe(false);
    busy.release();
    // Its completion comes with the next, and is dropped.
    await loop.outcome(mode, loop.fs.stat('/'));
    expect(loop.pool.stats()).toMatchObject({ completed: 2, running: 0 });
  });

  it('while it runs rejects with a coded error that has the reason as its cause', async () => {
    const controller = new AbortController();
    const busy = occupy(controller.signal);
    const reason = new Error('enough');
    controller.abort(reason);
    await expect(busy.done).rejects.toMatchObject({
      name: 'AbortError',
      code: 'ABORT_ERR',
      message: expect.stringMatching(/running work could not be stopped/),
      cause: reason,
    });
  });

  // Without `outlivesAbort` (lib/pool/fs/call.ts) the folder is there, and its name is not told.
  it.each(MODES)('that makes a folder leaves none that nobody knows (%s)', async (mode) => {
    const folder = temporaryFolder();
    const controller = new AbortController();
    const asked = loop.fs.mkdtemp(join(folder, 'a'), { signal: controller.signal });
    // No callback comes in between: the thread has made it, or has not begun.
    const endMs = performance.now() + 20;
    while (performance.now() < endMs);
    controller.abort();
    const told = await loop.outcome(
      mode,
      asked.then(
        (name) => [basename(name)],
        () => [],
      ),
    );
    expect(readdirSync(folder)).toEqual(told);
  });

  it('after it is settled is left alone', async () => {
    const controller = new AbortController();
    const { signal } = controller;
    const request = loop.fs.stat('/', { signal });
    expect(getEventListeners(signal, 'abort')).toHaveLength(1);
    expect((await loop.outcome('owned', request)).isDirectory()).toBe(true);
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
    controller.abort();
    expect(loop.alive).toBe(false);
  });

  it('when the loop is closed forgets its signal', async () => {
    const { signal } = new AbortController();
    const request = loop.fs.stat('/', { signal });
    const rejected = expect(request).rejects.toMatchObject({ code: 'ERR_LOOP_CLOSED' });
    loop.close();
    await rejected;
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });

  it.each([null, {}, 'abort', 1, new EventTarget()])('refuses %j as a signal', async (signal) => {
    const options = { signal: signal as unknown as AbortSignal };
    await expect(loop.fs.stat('/', options)).rejects.toMatchObject({
      name: 'TypeError',
      code: 'ERR_INVALID_ARG_TYPE',
    });
    expect(loop.alive).toBe(false);
  });
});
