// Trap 34: how long to wait is decided while work is still to come, which then waits for
// an event that may never be. What ticks, microtasks and gathered output lead to before
// the wait (an immediate, a timer, a close, interest in writing) is seen by it.
//
// With the timeout computed at the head of `wait` in lib/loop/poll-phase.ts, the first three
// tests fail; with the poll set reconciled before the flush, the last one does. Each ends
// by the alarm then.
import { describe, expect, it } from 'vitest';
import type { EventLoop } from '../../lib/faces/event-loop.js';
import { newLoop, outside, silentFd } from '../loop/support.js';
import { runChild } from '../support/child.js';

const ALARM_MS = 20_000;

/** What came first: what `start` leads to, or the alarm, which ends a wait for nothing. */
function first(start: (loop: EventLoop, came: (what: string) => void) => void): Promise<string> {
  const loop = newLoop({ drain: 'batch' });
  const order: string[] = [];
  const alarmMs = loop.now() + ALARM_MS;
  const came = (what: string) => {
    // An immediate or a close comes before the timer that ended the wait.
    loop.updateTime();
    order.push(loop.now() < alarmMs ? what : 'the alarm');
    loop.stop();
  };
  loop.watch(silentFd(), { read: true }, () => {});
  loop.setTimeout(() => came('the alarm'), ALARM_MS);
  start(loop, came);
  return outside(() => {
    loop.run();
    return order[0] as string;
  });
}

describe('what a microtask of a timer starts comes before the wait is over', () => {
  it('an immediate', async () => {
    const what = await first((loop, came) =>
      loop.setTimeout(() => {
        Promise.resolve().then(() => loop.setImmediate(() => came('the immediate')));
      }, 1),
    );
    expect(what).toBe('the immediate');
  });

  it('a timer', async () => {
    const what = await first((loop, came) =>
      loop.setTimeout(() => {
        Promise.resolve().then(() => loop.setTimeout(() => came('the timer'), 1));
      }, 1),
    );
    expect(what).toBe('the timer');
  });

  it('a close', async () => {
    const what = await first((loop, came) => {
      const socket = loop.connect({ port: 9 }, { close: () => came('the close') });
      loop.setTimeout(() => {
        Promise.resolve().then(() => socket.destroy());
      }, 0);
    });
    expect(what).toBe('the close');
  });
});

it('output that a flush before the wait left behind is waited for', () => {
  // More than the kernel takes, in pieces that are gathered, from a timer's callback.
  const told = runChild(
    `
    const loop = new EventLoop();
    const PIECES = 60, PIECE = Buffer.alloc(4000);
    const server = loop.listen({ port: 0, host: '127.0.0.1' }, {
      open(socket) {
        server.close();
        socket.setOption(c.SOL_SOCKET, c.SO_SNDBUF, 4096);
        loop.setTimeout(() => { for (let i = 0; i < PIECES; i++) socket.write(PIECE); }, 1);
      },
      close: () => loop.stop(),
    });
    // It reads in a thread of its own, and leaves when it has all.
    new Worker(\`
      const { workerData } = require('node:worker_threads');
      let bytes = 0;
      const socket = require('node:net').connect(workerData.port, '127.0.0.1');
      socket.on('data', (chunk) => { bytes += chunk.length; if (bytes === workerData.bytes) socket.end(); });
    \`, { eval: true, workerData: { port: server.address.port, bytes: PIECES * PIECE.length } });
    let alarm = false;
    loop.setTimeout(() => { alarm = true; loop.stop(); }, ${ALARM_MS}).unref();
    setImmediate(() => { loop.run(); report(alarm ? 'the alarm' : 'all bytes'); process.exit(); });
    `,
  );
  expect(told).toBe('all bytes');
});
