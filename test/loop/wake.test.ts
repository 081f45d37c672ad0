// wake(): ends the wait of a loop, from its own thread or another one.
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { EventLoop } from '../../lib/faces/event-loop.js';
import { wake } from '../../lib/poller/index.js';
import { WAKERS } from '../poller/support.js';
import { DIST } from '../support/child.js';
import { openDescriptors, openedSince } from '../support/descriptors.js';
import { run } from '../support/drive.js';
import { deviates, usedBackend } from '../support/libkqueue.js';
import { newLoop, silentFd } from './support.js';

/** A loop that waits for ever, unless it is woken. */
function waitingLoop(): EventLoop {
  const loop = newLoop();
  loop.watch(silentFd(), { read: true }, () => {});
  return loop;
}

/** A Worker that runs `body` with `loop.waker` as `waker` and `wake` in scope. */
function wakerThread(loop: EventLoop, body: string): Worker {
  const source = `
    const { workerData: waker } = require('node:worker_threads');
    const { wake } = require(${JSON.stringify(`${DIST}/index.cjs`)});
    ${body}`;
  const worker = new Worker(source, { eval: true, workerData: loop.waker });
  onTestFinished(async () => {
    await worker.terminate();
  });
  return worker;
}

describe.each(WAKERS[usedBackend])('wake() with the %s waker', (waker) => {
  const newWaitingLoop = () => {
    process.env['RAWLOOP_WAKER'] = waker;
    onTestFinished(() => {
      delete process.env['RAWLOOP_WAKER'];
    });
    return waitingLoop();
  };

  it('before a wait makes that one return', async () => {
    const loop = newWaitingLoop();
    loop.wake();
    expect(await run(loop, 'once')).toBe(true);
  });

  it('from another thread ends the wait of a run() that blocks', async () => {
    const loop = newWaitingLoop();
    wakerThread(loop, 'wake(waker);');
    expect(await run(loop, 'once')).toBe(true);
  });

  it('ends one wait each time', async () => {
    const loop = newWaitingLoop();
    for (let i = 0; i < 100; i++) {
      loop.wake();
      expect(await run(loop, 'once')).toBe(true);
    }
    loop.wake();
    await run(loop, 'nowait');
    let fired = false;
    loop.setTimeout(() => {
      fired = true;
    }, 5);
    // Nothing is left of the wake-ups: this wait lasts until the timer.
    expect(await run(loop, 'once')).toBe(true);
    expect(fired).toBe(true);
  });

  it('a hundred thousand times before a wait is as good as once', async () => {
    const loop = newWaitingLoop();
    for (let i = 0; i < 100_000; i++) loop.wake();
    expect(await run(loop, 'once')).toBe(true);
  });

  it('from a storm in other threads loses no wait and harms nobody', async () => {
    const loop = newWaitingLoop();
    const done = new Int32Array(new SharedArrayBuffer(4));
    for (let i = 0; i < 2; i++) {
      const source = `
        const { workerData } = require('node:worker_threads');
        const { wake } = require(${JSON.stringify(`${DIST}/index.cjs`)});
        while (Atomics.load(workerData.done, 0) === 0) wake(workerData.waker);`;
      const worker = new Worker(source, { eval: true, workerData: { waker: loop.waker, done } });
      onTestFinished(async () => {
        await worker.terminate();
      });
    }
    for (let i = 0; i < 2000; i++) expect(await run(loop, 'once')).toBe(true);
    Atomics.store(done, 0, 1);
  });

  it('does not keep the loop alive, nor wake it without cause', async () => {
    const loop = newLoop();
    loop.wake();
    expect(loop.alive).toBe(false);
    expect(await run(loop)).toBe(false);
  });

  it('is nothing once the loop is closed, and says so to other threads', async () => {
    const before = openDescriptors();
    const loop = newLoop();
    const { waker: shared } = loop;
    expect(wake(shared)).toBe(true);
    loop.close();
    expect(wake(shared)).toBe(false);
    expect(() => loop.wake()).not.toThrow();
    if (!deviates(usedBackend, 'closesLate')) expect(openedSince(before)).toEqual([]);
  });

  it('from another thread while the loop is being closed never reaches a reused descriptor', async () => {
    const loop = newWaitingLoop();
    const worker = wakerThread(
      loop,
      `
      require('node:worker_threads').parentPort.postMessage('ready');
      while (wake(waker));`,
    );
    await once(worker, 'message');
    for (let i = 0; i < 50; i++) await run(loop, 'once');
    loop.close();
    // Takes the numbers that the loop gave back: a late wake-up would write to one.
    const fds = Array.from({ length: 5 }, silentFd);
    const next = newLoop();
    for (const fd of fds) {
      next.watch(fd, { read: true }, () => {
        throw new Error('a late wake-up');
      });
    }
    await once(worker, 'exit');
    await run(next, 'nowait');
  });
});

describe('a callback', () => {
  it('may be handed to the loop by another thread: state in memory, then wake', async () => {
    const loop = waitingLoop();
    const word = new Int32Array(new SharedArrayBuffer(4));
    const source = `
      const { workerData } = require('node:worker_threads');
      const { wake } = require(${JSON.stringify(`${DIST}/index.cjs`)});
      Atomics.store(workerData.word, 0, 42);
      wake(workerData.waker);`;
    const worker = new Worker(source, { eval: true, workerData: { waker: loop.waker, word } });
    onTestFinished(async () => {
      await worker.terminate();
    });
    while (Atomics.load(word, 0) === 0) await run(loop, 'once');
    expect(Atomics.load(word, 0)).toBe(42);
  });
});
