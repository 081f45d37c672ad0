// A wait that signals interrupt: it goes on to its deadline, no longer and no
// shorter. In a child, where the signals hit nobody else.
import { describe, expect, it } from 'vitest';
import { runChild } from '../support/child.js';
import { BACKENDS, WAKERS } from './support.js';

// A thread sends signals, more often than the wait is long, for longer than that.
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
  const before = Atomics.load(shared, SENT);
  const count = poller.wait(ready, TIMEOUT);
  const sent = Atomics.load(shared, SENT) - before;
  Atomics.store(shared, DONE, 1);
  poller.close();
  report({ count, sent });
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
      const { count, sent } = runChild<{ count: number; sent: number }>(script, { env });
      expect(count).toBe(0);
      // Not at the first signal, and not only after the last.
      expect(sent).toBeGreaterThan(2);
      expect(sent).toBeLessThan(900);
    }
  });
});
