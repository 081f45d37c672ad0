// Driving a loop from a test. `run` must not be called inside a promise's callback,
// where the engine refuses to start the microtask queue again: so it is called from
// the host's setImmediate. In guest mode the host's own loop does the work.
import { afterEach, beforeEach } from 'vitest';
import { EventLoop } from '../../lib/faces/event-loop.js';
import type { LoopCore } from '../../lib/loop/drive.js';
import type { LoopParts } from '../../lib/loop/life.js';
import type { LoopOptions, RunMode } from '../../lib/loop/options.js';
import { deviates, usedBackend } from './libkqueue.js';

export type DriveMode = 'owned' | 'guest';
/** A kqueue of libkqueue cannot be waited for by a host: see notPollable in libkqueue.ts. */
export const DRIVE_MODES: readonly DriveMode[] = deviates(usedBackend, 'notPollable')
  ? ['owned']
  : ['owned', 'guest'];

/** Runs `loop` on this thread; fails with what `run` throws. */
export function run(loop: LoopCore, mode?: RunMode): Promise<boolean> {
  return new Promise((resolve, reject) => {
    setImmediate(() => {
      try {
        resolve(loop.run(mode));
      } catch (error) {
        reject(error);
      }
    });
  });
}

/** Drives `loop` in `mode` until nothing referenced is left. */
export function drive(loop: LoopCore, mode: DriveMode = 'owned'): Promise<unknown> {
  if (mode === 'owned') return run(loop);
  return new Promise((resolve) => {
    loop.attach();
    const look = () => (loop.alive ? setImmediate(look) : resolve(loop.detach()));
    look();
  });
}

/**
 * A clock for a loop whose limits must not be reached while the test has work to do: a thread
 * that stands still between two looks at it, however long, has lost `mostMs` at most.
 */
export function patientClock(mostMs: number): () => number {
  let lastMs = performance.now();
  let nowMs = lastMs;
  return () => {
    const sinceMs = performance.now() - lastMs;
    lastMs += sinceMs;
    nowMs += Math.min(sinceMs, mostMs);
    return nowMs;
  };
}

/** A loop of one test, made anew before each and closed after it. */
export interface LoopOfTest {
  readonly loop: EventLoop;
}

/** Declares that each test of this file, or of this block, gets a loop of its own. */
export function eachWithLoop(options?: LoopOptions, parts?: LoopParts): LoopOfTest {
  const current: { loop: EventLoop | undefined } = { loop: undefined };
  beforeEach(() => {
    current.loop = new EventLoop(options, parts);
  });
  afterEach(() => {
    current.loop?.close();
    current.loop = undefined;
  });
  return {
    get loop(): EventLoop {
      if (current.loop === undefined) throw new Error('the loop is there during a test only');
      return current.loop;
    },
  };
}
