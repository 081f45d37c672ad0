// A wait that signals interrupt: it goes on to its deadline, no longer and no
// shorter. In a child, where the signals hit nobody else.
import { describe, expect, it } from 'vitest';
import { runChild } from '../support/child.js';
import { BACKENDS, WAKERS } from './support.js';

// A thread sends signals, more often than the wait is long, for longer than that. A wait in
// which it did not get to that, as the machine stood still, is made again.
const SCRIPT = `
  process.on('SIGUSR2', () => {});
  const SENT = 0, DONE = 1;
  const shared = new Int32Array(new SharedArrayBuffer(8));
  const sender = new Worker(\`
    const { workerData: { shared, pid } } = require('node:worker_threads');
    const pause = new Int32Array(new SharedArrayBuffer(4));
    for (let i = 0; i < 1000 && Atomics.load(shared, 1) === 0; i++) {
      process.kill(pid, 'SIGUSR2');
      Atomics.add(shared, 0, 1);
      Atomics.notify(shared, 0);
      Atomics.wait(pause, 0, 0, 5);
    }
  \`, { eval: true, workerData: { shared, pid: process.pid } });
  Atomics.wait(shared, SENT, 0);
  const poller = createPoller();
  const ready = new ReadyList(4);
  let count = 0, sent = 0;
  for (let attempts = 0; attempts < 3 && count === 0 && sent <= 2; attempts++) {
    const before = Atomics.load(shared, SENT);
    count = poller.wait(ready, TIMEOUT);
    sent = Atomics.load(shared, SENT) - before;
  }
  const all = Atomics.load(shared, SENT);
  Atomics.store(shared, DONE, 1);
  poller.close();
  report({ count, sent, all });
`;

const CASES = BACKENDS.flatMap((backend) =>
  [backend, `checked:${backend}`].flatMap((name) =>
    WAKERS[backend].map((waker) => [name, waker] as const),
  ),
);

describe('a wait', () => {
  it.each(CASES)('of %s with signals all the time ends at its deadline (%s)', (backend, waker) => {
    for (const timeoutMs of [300, 300.5]) {
      const script = SCRIPT.replace('TIMEOUT', String(timeoutMs));
      const env = { RAWLOOP_BACKEND: backend, RAWLOOP_WAKER: waker };
      const { count, sent, all } = runChild<Record<string, number>>(script, { env });
      expect(count).toBe(0);
      // Not at the first signal, and not only after the last.
      expect(sent).toBeGreaterThan(2);
      expect(all).toBeLessThan(1000);
    }
  });
});
