// What each handle did: loop.metrics().handles and handle.metrics.
import { describe, expect, it } from 'vitest';
import type { HandleMetrics, Server, Socket } from '../../lib/faces/index.js';
import { HandleCounters } from '../../lib/loop/counters.js';
import { drive } from '../support/drive.js';
import { newLoop, readableFd, silentFd, stall } from './support.js';

const NOTHING = { events: 0, callbacks: 0, callbackMs: 0, longestCallbackMs: 0 };

describe('a handle', () => {
  it('has done nothing before its first event, and is unknown once it is closed', async () => {
    const loop = newLoop();
    const watcher = loop.watch(readableFd(), { read: true }, () => watcher.close());
    expect(watcher.metrics).toEqual(NOTHING);
    await drive(loop);
    expect(watcher.metrics).toBeUndefined();
  });

  it('counts its events and callbacks, their time and the longest', async () => {
    const loop = newLoop();
    let before: HandleMetrics | undefined;
    let calls = 0;
    const watcher = loop.watch(readableFd(), { read: true }, () => {
      if (++calls === 2) stall(10);
      if (calls < 4) return;
      before = watcher.metrics;
      watcher.close();
    });
    await drive(loop);
    expect(before).toMatchObject({ events: 4, callbacks: 3 });
    expect(before?.longestCallbackMs).toBeGreaterThanOrEqual(10);
    expect(before?.callbackMs).toBeGreaterThanOrEqual(before?.longestCallbackMs ?? Infinity);
  });

  it('of a server may have several callbacks for one event', async () => {
    const loop = newLoop();
    const open: Socket[] = [];
    let metrics: HandleMetrics | undefined;
    const server: Server = loop.listen(
      { port: 0, host: '127.0.0.1' },
      {
        open(socket) {
          if (open.push(socket) < 3) return;
          // After this callback, which is not counted before it is over.
          loop.setImmediate(() => {
            metrics = server.metrics;
            server.destroy();
          });
        },
      },
    );
    const { port } = server.address as { port: number };
    for (let i = 0; i < 3; i++) loop.connect({ port }, {});
    await drive(loop);
    expect(metrics?.callbacks).toBeGreaterThanOrEqual(3);
    expect(metrics?.callbacks).toBeGreaterThanOrEqual(metrics?.events ?? Infinity);
    expect(metrics?.events).toBeGreaterThanOrEqual(1);
  });

  it('is counted by events and callbacks, not by time, with timing off', async () => {
    const loop = newLoop({ timing: false });
    let metrics: HandleMetrics | undefined;
    const watcher = loop.watch(readableFd(), { read: true }, () => {
      metrics = watcher.metrics;
      if (metrics?.callbacks === 1) watcher.close();
    });
    await drive(loop);
    expect(metrics).toEqual({ ...NOTHING, events: 2, callbacks: 1 });
  });

  it('that takes the place of another starts from nothing', async () => {
    const loop = newLoop();
    const first = loop.watch(readableFd(), { read: true }, () => first.close());
    await drive(loop);
    const second = loop.watch(silentFd(), { read: true }, () => {});
    expect(second.metrics).toEqual(NOTHING);
  });

  it('that another one replaces in its own callback leaves nothing to that one', async () => {
    const loop = newLoop();
    const first = loop.watch(readableFd(), { read: true }, () => {
      first.close();
      loop.watch(silentFd(), { read: true }, () => {}).unref();
    });
    await drive(loop);
    expect(loop.metrics().handles).toMatchObject([{ kind: 'Watcher', ...NOTHING }]);
  });
});

describe('metrics().handles', () => {
  it('lists active handles with kind, descriptor and counters', () => {
    const loop = newLoop();
    expect(loop.metrics().handles).toEqual([]);
    const fd = silentFd();
    const watcher = loop.watch(fd, { read: true }, () => {});
    loop.listen({ port: 0 }, {});
    expect(loop.metrics().handles).toEqual([
      { kind: 'Watcher', label: 'Watcher', fd, ...NOTHING },
      {
        kind: 'Server',
        label: expect.stringMatching(/^Server .+:\d+$/),
        fd: expect.any(Number),
        ...NOTHING,
      },
    ]);
    watcher.close();
    expect(loop.metrics().handles).toMatchObject([{ kind: 'Server' }]);
  });

  it('is one list, made when it is first read', () => {
    const loop = newLoop();
    const metrics = loop.metrics();
    loop.watch(silentFd(), { read: true }, () => {});
    const { handles } = metrics;
    expect(handles).toHaveLength(1);
    loop.watch(silentFd(), { read: true }, () => {});
    expect(metrics.handles).toBe(handles);
    expect(loop.metrics().handles).toHaveLength(2);
  });
});

it('the counters keep what they hold when they grow', () => {
  const counters = new HandleCounters();
  for (const slot of [0, 63, 64, 1000]) counters.begin(slot);
  counters.called(63, 2);
  counters.called(63, 3);
  counters.reported(1000);
  counters.begin(5000);
  expect(counters.read(63)).toEqual({
    events: 0,
    callbacks: 2,
    callbackMs: 5,
    longestCallbackMs: 3,
  });
  expect(counters.read(1000)).toEqual({ ...NOTHING, events: 1 });
  counters.begin(63);
  expect(counters.read(63)).toEqual(NOTHING);
});
