// Why each wait ended, by a recording of loops that really waited.
import { describe, expect, it } from 'vitest';
import { FlightRecorder } from '../../lib/inspect/index.js';
import { wake } from '../../lib/poller/index.js';
import { newLoop, readableFd, silentFd, stall } from '../loop/support.js';
import { holdingThreads } from '../pool/held.js';
import { drive } from '../support/drive.js';
import { startWorker } from '../support/worker.js';
import { recorded, waitsOf } from './support.js';

const hold = holdingThreads();
/** How long a thread is held at least. */
const HELD_MS = 20;
/** Sums of fractions of a millisecond are not exact. */
const CLOCK_MS = 0.01;
const reasonsOf = (recorder: FlightRecorder) => waitsOf(recorder).map(({ reason }) => reason);

describe('a wait ends', () => {
  it('by events: the descriptor and handle that came first are told', async () => {
    let fd = -1;
    const recorder = await recorded((loop) => {
      fd = readableFd();
      loop.watch(fd, { read: true }, (_ready, watcher) => watcher.close());
    });
    expect(waitsOf(recorder)[0]).toMatchObject({
      reason: 'events',
      events: 1,
      timeoutMs: -1,
      fd,
      handle: 'Watcher',
    });
  });

  it('by the next timer', async () => {
    const loop = newLoop();
    const recorder = new FlightRecorder(loop).start();
    // On a busy machine a timer may be due before the loop has waited for it: the next one.
    const timer = loop.setInterval(() => {
      if (reasonsOf(recorder).includes('timer')) timer.close();
    }, 5);
    await drive(loop);
    const waits = waitsOf(recorder).filter(({ reason }) => reason === 'timer');
    expect(waits).toMatchObject([{ events: 0, fd: -1, handle: '' }]);
  });

  it('at once where it was to take no time', async () => {
    const recorder = await recorded((loop) => {
      loop.watch(silentFd(), { read: true }, () => {}).unref();
      loop.setImmediate(() => {});
    });
    expect(reasonsOf(recorder)).toEqual(['no wait']);
  });

  it('by loop.wake(), and by another thread', async () => {
    const own = newLoop();
    const ownRecorder = new FlightRecorder(own).start();
    own.wake();
    const timer = own.setInterval(() => {
      if (reasonsOf(ownRecorder).includes('timer')) timer.close();
    }, 5);
    await drive(own);
    const ownReasons = reasonsOf(ownRecorder).filter((reason) => reason !== 'no wait');
    expect(ownReasons).toEqual(['notify', 'timer']);
    const loop = newLoop();
    const recorder = new FlightRecorder(loop).start();
    const flag = new Int32Array(new SharedArrayBuffer(4));
    const worker = startWorker(
      `parentPort.postMessage('ready');
      Atomics.wait(workerData.flag, 0, 0);
      sleep(10);
      assert.ok(wake(workerData.waker));`,
      { flag, waker: loop.waker },
    );
    await worker.message();
    // Nothing else would ever end this wait.
    const hook = loop.check(() => hook.close());
    Atomics.store(flag, 0, 1);
    Atomics.notify(flag, 0);
    await drive(loop);
    await worker.end();
    expect(reasonsOf(recorder)).toEqual(['notify']);
  });

  it('by a wake-up and events: the events say more', async () => {
    const recorder = await recorded((loop) => {
      loop.watch(readableFd(), { read: true }, (_ready, watcher) => watcher.close());
      loop.wake();
    });
    expect(reasonsOf(recorder)[0]).toBe('events');
  });

  it('by the pool, when requests are done', async () => {
    const recorder = await recorded((loop) => void loop.fs.stat('/'));
    expect(waitsOf(recorder)[0]).toMatchObject({ reason: 'pool', handle: 'Pool' });
  });

  it('with a notification that is forgotten by the next wait', async () => {
    const loop = newLoop();
    const recorder = new FlightRecorder(loop).start();
    expect(wake(loop.waker)).toBe(true);
    loop.setTimeout(() => {}, 2);
    loop.setTimeout(() => {}, 4);
    await drive(loop);
    expect(reasonsOf(recorder).slice(1)).not.toContain('notify');
  });

  it('in a turn of a guest loop as well', async () => {
    const loop = newLoop();
    const recorder = new FlightRecorder(loop).start();
    loop.watch(readableFd(), { read: true }, (_ready, watcher) => {
      watcher.close();
      // From here, so that no turn has both.
      loop.setTimeout(() => {}, 2);
    });
    await drive(loop, 'guest');
    const reasons = reasonsOf(recorder);
    expect(reasons).toContain('events');
    expect(reasons).toContain('no wait');
  });
});

describe('a request on the pool', () => {
  it('is recorded with its lane, its wait for a thread, and the time that the thread took', async () => {
    const loop = newLoop({ poolSize: 1, inlineFiles: false });
    const recorder = new FlightRecorder(loop).start();
    const held = hold(loop);
    const waiting = [loop.crypto.pbkdf2('secret', 'salt', 1000, 32, 'sha512'), loop.fs.stat('/')];
    const fromMs = performance.now();
    stall(HELD_MS);
    const heldMs = performance.now() - fromMs;
    held.release();
    await drive(loop);
    await Promise.all([held.done, ...waiting]);
    const requests = recorder.records().filter((record) => record.kind === 'request');
    const [open, key, stat] = requests;
    expect([open?.name, key?.name, stat?.name]).toEqual(['fs.open', 'crypto.pbkdf2', 'fs.stat']);
    expect([open?.lane, key?.lane, stat?.lane]).toEqual(['fs', 'crypto', 'fs']);
    expect(requests.map(({ inline }) => inline)).toEqual([false, false, false, false]);
    // One thread: each waits while those before it run.
    expect(open?.runMs).toBeGreaterThan(heldMs - CLOCK_MS);
    expect(key?.queuedMs).toBeGreaterThan(heldMs - CLOCK_MS);
    expect(stat?.queuedMs).toBeGreaterThan(heldMs + (key?.runMs ?? Infinity) - CLOCK_MS);
    for (const { beginMs, endMs, queuedMs, runMs } of requests) {
      expect(Math.min(queuedMs, runMs)).toBeGreaterThanOrEqual(0);
      expect(beginMs + queuedMs + runMs).toBeLessThanOrEqual(endMs);
    }
  });

  it('that was aborted is not recorded', async () => {
    const loop = newLoop({ inlineFiles: false });
    const recorder = new FlightRecorder(loop).start();
    const controller = new AbortController();
    const request = loop.fs.stat('/', { signal: controller.signal });
    controller.abort();
    await expect(request).rejects.toBeDefined();
    void loop.fs.stat('/');
    await drive(loop);
    expect(recorder.records().filter(({ kind }) => kind === 'request')).toHaveLength(1);
  });
});
