// The flight recorder, on loops that really ran.
import { AsyncLocalStorage } from 'node:async_hooks';
import { describe, expect, it } from 'vitest';
import type { EventLoop } from '../../lib/faces/event-loop.js';
import { FlightRecorder } from '../../lib/inspect/index.js';
import { newLoop, outside, readableFd, silentFd, stall } from '../loop/support.js';
import { callbacksOf, echo, recorded, waitsOf } from './support.js';

describe('the flight recorder', () => {
  it('records waits, iterations and each callback by name', async () => {
    const recorder = await recorded((loop) => {
      echo(loop);
      loop.setTimeout(function later() {}, 1);
      loop.setImmediate(function soon() {});
    });
    const names = callbacksOf(recorder).map(({ name }) => name);
    for (const name of ['Timer later', 'Immediate soon', 'Server open', 'Socket data']) {
      expect(names).toContain(name);
    }
    expect(recorder.records().map(({ kind }) => kind)).toContain('iteration');
    expect(waitsOf(recorder).map(({ reason }) => reason)).toContain('events');
  });

  it('names functions that have no name by what called them', async () => {
    const recorder = await recorded((loop) => {
      loop.setTimeout(() => {}, 0);
      loop.setImmediate(() => {});
      loop.watch(readableFd(), { read: true }, (_ready, watcher) => watcher.close());
    });
    const names = callbacksOf(recorder).map(({ name }) => name);
    expect(names).toContain('Timer (anonymous)');
    expect(names).toContain('Immediate (anonymous)');
    expect(names).toContain('Watcher (anonymous)');
  });

  it('names functions as they are also where an async context comes with them', async () => {
    const storage = new AsyncLocalStorage<string>();
    const recorder = await recorded((loop) =>
      storage.run('context', () => {
        loop.setTimeout(function later() {}, 0);
        loop.setImmediate(function soon() {});
        loop.check(function hook(own) {
          own.close();
        });
        loop.watch(readableFd(), { read: true }, function onReady(_ready, watcher) {
          watcher.close();
        });
      }),
    );
    const names = callbacksOf(recorder).map(({ name }) => name);
    expect(names).toEqual(
      expect.arrayContaining([
        'Timer later',
        'Immediate soon',
        'PhaseHook hook',
        'Watcher onReady',
      ]),
    );
  });

  it('says which handle and descriptor a callback was for', async () => {
    let port = 0;
    let fd = -1;
    const recorder = await recorded((loop) => {
      ({ port } = echo(loop));
      fd = readableFd();
      loop.watch(fd, { read: true }, (_ready, watcher) => watcher.close());
      loop.setTimeout(function alone() {}, 0);
    });
    const callbacks = callbacksOf(recorder);
    const handles = callbacks.map(({ name, handle }) => `${name}: ${handle}`);
    expect(handles).toContain(`Server open: Server 127.0.0.1:${port}`);
    expect(handles).toContain(`Socket data: Socket of Server 127.0.0.1:${port}`);
    expect(handles).toContain(`Socket open: Socket to 127.0.0.1:${port}`);
    expect(handles).toContain('Timer alone: ');
    const watched = callbacks.find(({ name }) => name === 'Watcher (anonymous)');
    expect(watched).toMatchObject({ fd, handle: 'Watcher', phase: 'poll' });
    expect(callbacks.find(({ name }) => name === 'Timer alone')).toMatchObject({ fd: -1 });
  });

  it('tells by how much a timer was late', async () => {
    const recorder = await recorded((loop) => {
      loop.setImmediate(() => {
        loop.setTimeout(function late() {}, 1);
        stall(20);
      });
    });
    const timer = callbacksOf(recorder).find(({ name }) => name === 'Timer late');
    expect(timer?.phase).toBe('timers');
    expect(timer?.lateMs).toBeGreaterThanOrEqual(19);
  });

  it('counts the iterations of its records as the metrics do', async () => {
    const loop = newLoop();
    const recorder = new FlightRecorder(loop).start();
    // So that there is a wait in every iteration.
    loop.watch(silentFd(), { read: true }, () => {}).unref();
    for (let i = 0; i < 3; i++) loop.setTimeout(() => {}, i);
    await outside(() => loop.run());
    const iterations = waitsOf(recorder).map(({ iteration }) => iteration);
    expect(iterations).toEqual(iterations.map((_, index) => index + 1));
    expect(iterations.at(-1)).toBe(loop.metrics().iterations);
  });

  it('times callbacks also where the loop does not', async () => {
    const loop = newLoop({ timing: false });
    const recorder = new FlightRecorder(loop).start();
    loop.setTimeout(function works() {
      stall(5);
    }, 0);
    await outside(() => loop.run());
    const [record] = callbacksOf(recorder);
    expect(record?.name).toBe('Timer works');
    expect((record?.endMs ?? 0) - (record?.beginMs ?? 0)).toBeGreaterThanOrEqual(5);
  });

  it('is off until it is started and stops when told', async () => {
    const run = async (prepare: (recorder: FlightRecorder) => void) => {
      const loop = newLoop();
      const recorder = new FlightRecorder(loop);
      prepare(recorder);
      echo(loop);
      await outside(() => loop.run());
      return recorder;
    };
    expect((await run(() => {})).records()).toEqual([]);
    const stopped = await run((recorder) => void recorder.start().stop());
    expect(stopped.records()).toEqual([]);
    expect(stopped.recording).toBe(false);
  });

  it('keeps the newest records when the ring is full', async () => {
    const recorder = await recorded(echo, { capacity: 3 });
    const records = recorder.records();
    expect(records).toHaveLength(3);
    expect(recorder.dropped).toBeGreaterThan(0);
    const ends = records.map(({ endMs }) => endMs);
    expect(ends).toEqual([...ends].sort((a, b) => a - b));
  });

  it('holds no handle: a recording does not keep what it recorded', async () => {
    const recorder = await recorded(echo);
    for (const record of recorder.records()) {
      expect(Object.values(record).filter((value) => typeof value === 'object')).toEqual([]);
    }
  });

  it('refuses what is no loop and a capacity that is none', () => {
    const loop: EventLoop = newLoop();
    expect(() => new FlightRecorder({} as never)).toThrow(
      expect.objectContaining({ code: 'ERR_INVALID_ARG_TYPE' }),
    );
    for (const capacity of [0, -1, 1.5, Number.NaN, 2 ** 25]) {
      expect(() => new FlightRecorder(loop, { capacity })).toThrow(
        expect.objectContaining({ code: 'ERR_OUT_OF_RANGE' }),
      );
    }
  });
});
