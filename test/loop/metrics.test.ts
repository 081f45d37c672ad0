// loop.metrics() and the rawloop:blocked channel.
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { BlockedMessage, EventLoop } from '../../lib/faces/index.js';
import { constant } from '../../lib/raw/constants.js';
import * as raw from '../../lib/raw/index.js';
import { drive } from '../support/drive.js';
import { FakeTime, fakeLoop } from '../support/fake-poller.js';
import { newLoop, outside, readableFd, socketPair, stall } from './support.js';

function spin(ms: number): void {
  const endMs = performance.now() + ms;
  while (performance.now() < endMs) {}
}

/** Measures the waits of a loop from inside of what it measures itself. */
function timeOfWaits({ poller }: EventLoop): () => number {
  const wait = poller.wait.bind(poller);
  let waitedMs = 0;
  poller.wait = (...args) => {
    const beganMs = performance.now();
    const count = wait(...args);
    waitedMs += performance.now() - beganMs;
    return count;
  };
  return () => waitedMs;
}

/** Messages on rawloop:blocked until the test ends. */
function blockedMessages(): BlockedMessage[] {
  const messages: BlockedMessage[] = [];
  const listener = (message: unknown) => void messages.push(message as BlockedMessage);
  subscribe('rawloop:blocked', listener);
  onTestFinished(() => void unsubscribe('rawloop:blocked', listener));
  return messages;
}

describe('metrics', () => {
  it('counts iterations, waits, events and callbacks', async () => {
    const loop = newLoop();
    expect(loop.metrics()).toMatchObject({ iterations: 0, waits: 0, events: 0, callbacks: 0 });
    const server = loop.listen({ port: 0, host: '127.0.0.1' }, { close: () => server.close() });
    const { port } = server.address as { port: number };
    loop.connect({ port }, { open: (socket) => socket.end() });
    await outside(() => loop.run());
    const metrics = loop.metrics();
    expect(metrics.iterations).toBeGreaterThan(0);
    expect(metrics.waits).toBe(metrics.iterations);
    expect(metrics.events).toBeGreaterThanOrEqual(3);
    expect(metrics.eventsPerWait).toBeCloseTo(metrics.events / metrics.waits);
    expect(metrics.callbacks).toBeGreaterThanOrEqual(metrics.events);
  });

  it('counts no wait that output came before', async () => {
    const loop = newLoop();
    const [fd, peer] = socketPair();
    const stream = loop.stream(fd, {}, {});
    // More than the kernel takes at once, in pieces that are gathered.
    loop.setTimeout(() => {
      for (let i = 0; i < 60; i++) stream.write(new Uint8Array(4096));
    }, 0);
    raw.setsockopt(fd, constant('SOL_SOCKET'), constant('SO_SNDBUF'), 4096);
    stall(1);
    await outside(() => loop.run('nowait'));
    const { iterations, waits } = loop.metrics();
    expect(stream.bufferedBytes).toBeGreaterThan(0);
    expect([iterations, waits]).toEqual([1, 1]);
    stream.destroy();
    raw.close(peer);
  });

  it('tells waiting from working and names the longest callback', async () => {
    const loop = newLoop();
    const waited = timeOfWaits(loop);
    let longMs = 0;
    let beganMs = 0;
    const long = () => {
      // On a machine that stood still it was due before the loop could wait: once more.
      if (loop.metrics().idleMs === 0) return void loop.setTimeout(long, 50);
      // Longer than all that was before, however long that took on a busy machine.
      longMs = performance.now() - beganMs + 10;
      spin(longMs);
    };
    // From within: on a busy machine it would be due before the first wait.
    loop.setTimeout(function short() {
      loop.setTimeout(long, 50);
    }, 1);
    const ranMs = await outside(() => {
      beganMs = performance.now();
      loop.run();
      return performance.now() - beganMs;
    });
    const metrics = loop.metrics();
    expect(metrics.longestCallback).toBe('Timer long');
    expect(metrics.longestCallbackMs).toBeGreaterThanOrEqual(longMs);
    expect(metrics.callbackMs).toBeGreaterThanOrEqual(metrics.longestCallbackMs);
    expect(metrics.idleMs).toBeGreaterThan(0);
    expect(metrics.idleMs).toBeLessThanOrEqual(waited());
    expect(metrics.idleMs + metrics.callbackMs).toBeLessThanOrEqual(ranMs);
    expect(metrics.loopTime.maxMs).toBeGreaterThanOrEqual(longMs);
    expect(metrics.loopTime.p50Ms).toBeLessThanOrEqual(metrics.loopTime.maxMs);
    expect(metrics.utilisation).toBeGreaterThan(0);
    expect(metrics.utilisation).toBeLessThanOrEqual(1);
  });

  it('counts the microtasks of a callback as its time', async () => {
    const loop = newLoop();
    loop.setTimeout(function leads() {
      Promise.resolve().then(() => spin(10));
    }, 0);
    await outside(() => loop.run());
    expect(loop.metrics().longestCallback).toBe('Timer leads');
    expect(loop.metrics().longestCallbackMs).toBeGreaterThanOrEqual(10);
  });

  it('counts what goes by after a throw as no callback’s time', async () => {
    const loop = newLoop();
    for (let i = 0; i < 2; i++) {
      loop.watch(readableFd(), { read: true }, (_ready, watcher) => {
        watcher.close();
        if (i === 0) throw new Error('on purpose');
      });
    }
    let ranMs = 0;
    const timed = () => {
      const beganMs = performance.now();
      try {
        loop.run();
      } finally {
        ranMs += performance.now() - beganMs;
      }
    };
    await expect(outside(timed)).rejects.toThrow('on purpose');
    spin(ranMs + 50);
    await outside(timed);
    expect(loop.metrics().callbackMs).toBeLessThanOrEqual(ranMs);
    // Both watchers, also the one that threw, and the closing of both.
    expect(loop.metrics().callbacks).toBe(4);
  });

  it('counts and names a callback that throws, and publishes it', async () => {
    const loop = newLoop({ blockedMs: 15 });
    const messages = blockedMessages();
    loop.setImmediate(function throws() {
      spin(20);
      throw new Error('late');
    });
    await outside(() => expect(() => loop.run()).toThrow('late'));
    expect(loop.metrics()).toMatchObject({ callbacks: 1, longestCallback: 'Immediate throws' });
    expect(messages.map(({ callback }) => callback)).toEqual(['Immediate throws']);
    await outside(() => loop.run());
    expect(loop.metrics().callbacks).toBe(1);
  });

  it('is of the loop’s own clock', () => {
    const { loop, time } = fakeLoop();
    loop.setTimeout(function hour() {
      time.nowMs += 3.6e6;
    }, 0);
    loop.run('nowait');
    time.nowMs += 3.6e6;
    const { longestCallbackMs, longestCallback, utilisation } = loop.metrics();
    expect([longestCallback, longestCallbackMs, utilisation]).toEqual(['Timer hour', 3.6e6, 0.5]);
    loop.close();
  });

  // The name of the last handler was the module's.
  it('names its own handler where a callback runs another loop', async () => {
    const time = new FakeTime();
    const [loop, other] = [newLoop({}, { clock: time.clock }), newLoop()];
    const listen = (of: EventLoop, open: () => void) => {
      const server = of.listen({ port: 0, host: '127.0.0.1' }, {});
      const { port } = server.address as { port: number };
      of.connect({ port, host: '127.0.0.1' }, { open, close: () => server.destroy() });
    };
    listen(loop, () => {
      listen(other, () => other.setImmediate(() => other.close()));
      other.run();
      time.nowMs += 50;
      loop.setImmediate(() => loop.close());
    });
    await outside(() => loop.run());
    expect(loop.metrics().longestCallback).toBe('Socket open');
  });

  it('does not wait in guest mode: the host does', async () => {
    const loop = newLoop();
    loop.setTimeout(() => {}, 20);
    await drive(loop, 'guest');
    const { idleMs, iterations, callbacks } = loop.metrics();
    expect({ idleMs, callbacks }).toEqual({ idleMs: 0, callbacks: 1 });
    expect(iterations).toBeGreaterThan(0);
  });

  it('does not time callbacks with timing off', async () => {
    const loop = newLoop({ timing: false });
    loop.setTimeout(() => spin(5), 0);
    await outside(() => loop.run());
    expect(loop.metrics()).toMatchObject({ callbacks: 1, callbackMs: 0, longestCallback: '' });
  });
});

describe('rawloop:blocked', () => {
  it('names the callback that held the loop, and no other', async () => {
    const messages = blockedMessages();
    const loop = newLoop({ blockedMs: 20 });
    loop.setTimeout(() => {}, 0);
    const timer = loop.setTimeout(function hog() {
      spin(25);
    }, 1);
    await outside(() => loop.run());
    const own = messages.filter(({ subject }) => subject === timer);
    expect(own).toHaveLength(1);
    expect(own[0]).toMatchObject({ callback: 'Timer hog', phase: 'timers', limitMs: 20 });
    expect(own[0]?.durationMs).toBeGreaterThanOrEqual(25);
  });

  it('refuses a limit that is none', () => {
    for (const blockedMs of [0, -1, Number.NaN, '5']) {
      expect(() => newLoop({ blockedMs } as never)).toThrow(
        expect.objectContaining({ code: 'ERR_INVALID_ARG_VALUE' }),
      );
    }
  });
});
