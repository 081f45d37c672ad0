// What the tests of pollers share: one poller a test, and what a wait found.
import { afterEach, beforeEach } from 'vitest';
import {
  createPoller,
  defaultBackend,
  Interest,
  type Poller,
  ReadyList,
} from '../../lib/poller/index.js';
import * as raw from '../../lib/raw/index.js';
import { onLibkqueue } from '../support/libkqueue.js';

export type OpenPoller = () => Poller;

/** The backend to test: the platform's own, or kqueue where it is libkqueue's. */
export const BACKENDS = (['epoll', 'kqueue'] as const).filter((name) =>
  name === 'epoll' ? raw.supported.epoll_wait && !onLibkqueue : raw.supported.kqueue,
);

/** How the pollers of a backend are told to wake up, by the environment. */
export const WAKERS = {
  epoll: ['eventfd', 'pipe'],
  kqueue: ['user', 'pipe'],
} as const;

/** Runs `open` with RAWLOOP_WAKER set to `waker`. */
export function withWaker<T>(waker: string, open: () => T): T {
  const before = process.env['RAWLOOP_WAKER'];
  process.env['RAWLOOP_WAKER'] = waker;
  try {
    return open();
  } finally {
    if (before === undefined) delete process.env['RAWLOOP_WAKER'];
    else process.env['RAWLOOP_WAKER'] = before;
  }
}

/** Declares that each test of this block gets a poller of its own. */
export function eachWithPoller(open: OpenPoller): { readonly poller: Poller } {
  let poller: Poller | undefined;
  beforeEach(() => {
    poller = open();
  });
  afterEach(() => poller?.close());
  return {
    get poller(): Poller {
      if (poller === undefined) throw new Error('the poller is there during a test only');
      return poller;
    },
  };
}

/** What one wait finds: Ready bits by token. */
export function found(poller: Poller, timeoutMs = 0, capacity = 64): Map<number, number> {
  const ready = new ReadyList(capacity);
  const count = poller.wait(ready, timeoutMs);
  const events = new Map<number, number>();
  for (let i = 0; i < count; i++) events.set(ready.token(i), ready.events(i));
  if (events.size !== count) throw new Error('a token stands in two records');
  return events;
}

/** Whether the poller's own descriptor is readable, as another poller sees it. */
export function isReadable(fd: number): boolean {
  const other = createPoller(defaultBackend);
  try {
    other.add(fd, Interest.READ, 1);
    return found(other).size === 1;
  } finally {
    other.close();
  }
}
