// What the tests of the loop share: loops that are closed after their test, a way
// to run code outside of promise callbacks, and descriptors in a known state.
import { onTestFinished } from 'vitest';
import { EventLoop } from '../../lib/faces/event-loop.js';
import { Handle } from '../../lib/loop/handle.js';
import type { LoopParts } from '../../lib/loop/life.js';
import type { LoopOptions } from '../../lib/loop/options.js';
import { constant } from '../../lib/raw/constants.js';
import * as raw from '../../lib/raw/index.js';

/** A loop that is closed after the test. `parts` may have a clock of the test's own. */
export function newLoop(options?: LoopOptions, parts?: LoopParts): EventLoop {
  const loop = new EventLoop(options, parts);
  onTestFinished(() => loop.close());
  return loop;
}

/**
 * Runs `body` outside of promise callbacks, where `run` can run microtasks between
 * callbacks, and gives what it returns or throws.
 */
export function outside<T>(body: () => T): Promise<T> {
  return new Promise((resolve, reject) => {
    setImmediate(() => {
      try {
        resolve(body());
      } catch (error) {
        reject(error);
      }
    });
  });
}

/** What `body` throws. */
export function thrownBy(body: () => unknown): unknown {
  try {
    body();
  } catch (error) {
    return error;
  }
  throw new Error('it did not throw');
}

function closeAfterTest(...fds: number[]): void {
  onTestFinished(() => {
    for (const fd of fds) raw.close(fd);
  });
}

/** Two connected, non-blocking stream sockets, closed after the test. */
export function socketPair(): [number, number] {
  const type = constant('SOCK_STREAM') | constant('SOCK_NONBLOCK');
  const pair = raw.check(raw.socketpair(constant('AF_UNIX'), type, 0), 'socketpair');
  closeAfterTest(...pair);
  return pair;
}

/** A descriptor that is readable from the start, closed after the test. */
export function readableFd(): number {
  const [readEnd, writeEnd] = pipe();
  raw.write(writeEnd, new Uint8Array(1));
  return readEnd;
}

/** A descriptor that never becomes readable, closed after the test. */
export function silentFd(): number {
  return pipe()[0];
}

function pipe(): [readEnd: number, writeEnd: number] {
  const ends = raw.check(raw.pipe2(constant('O_NONBLOCK')), 'pipe2');
  closeAfterTest(...ends);
  return ends;
}

/** A handle without a descriptor's work: what a handle needs and no more. */
export class PlainHandle extends Handle {
  onClosedCallback: () => void = () => {};

  override get kind(): string {
    return 'PlainHandle';
  }
  override onReady(): void {}
  override onFailed(error: Error): void {
    throw error;
  }
  override onClosed(): void {
    this.onClosedCallback();
  }
  override close(): void {
    this.beginClose();
  }
}

/** Keeps this thread busy, as a long callback does. */
export function stall(ms: number): void {
  const endMs = performance.now() + ms;
  while (performance.now() < endMs);
}

type Caller = (loop: EventLoop, callback: () => void) => unknown;

/** A way to be called back, once, in each phase of an iteration, in their order. */
export const PHASES: Readonly<Record<string, Caller>> = {
  timers: (loop, callback) => loop.setTimeout(callback, 0),
  pending: (loop, callback) => loop.defer(callback),
  poll: (loop, callback) =>
    loop.watch(readableFd(), { read: true }, (_ready, watcher) => {
      watcher.close();
      callback();
    }),
  check: (loop, callback) => loop.setImmediate(callback),
  closing(loop, callback) {
    const handle = new PlainHandle(loop);
    handle.onClosedCallback = callback;
    handle.close();
  },
};

/** And between two of them. */
export const TICKS: Readonly<Record<string, Caller>> = {
  'loop.nextTick': (loop, callback) => loop.nextTick(callback),
  'process.nextTick': (loop, callback) => loop.setTimeout(() => process.nextTick(callback), 0),
  'a microtask': (loop, callback) => loop.setTimeout(() => queueMicrotask(callback), 0),
};
