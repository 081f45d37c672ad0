// Several recorders of one loop, and what a recorder remembers of names.
import { describe, expect, it, vi } from 'vitest';
import { FlightRecorder } from '../../lib/inspect/index.js';
import { newLoop, outside, readableFd } from '../loop/support.js';
import { callbacksOf, echo } from './support.js';

const namesOf = (recorder: FlightRecorder) => callbacksOf(recorder).map(({ name }) => name);

describe('several recorders of a loop', () => {
  it('record side by side, also when one stops', async () => {
    const loop = newLoop();
    const [first, second] = [new FlightRecorder(loop).start(), new FlightRecorder(loop).start()];
    echo(loop);
    await outside(() => loop.run());
    expect(first.recording && second.recording).toBe(true);
    expect(namesOf(first)).toContain('Socket data');
    expect(second.records()).toEqual(first.records());
    first.stop();
    loop.setImmediate(function later() {});
    await outside(() => loop.run());
    expect(namesOf(first)).not.toContain('Immediate later');
    expect(namesOf(second)).toContain('Immediate later');
  });

  it('may start and stop from callbacks of the loop', async () => {
    const loop = newLoop();
    const recorder = new FlightRecorder(loop);
    const before = new FlightRecorder(loop).start();
    loop.setImmediate(function starts() {
      recorder.start();
    });
    loop.setImmediate(function between() {
      before.stop();
    });
    loop.setImmediate(function stops() {
      recorder.stop();
    });
    await outside(() => loop.run());
    expect(namesOf(before)).toEqual(['Immediate starts']);
    expect(namesOf(recorder)).toEqual(['Immediate starts', 'Immediate between']);
  });
});

describe('the names in a recording', () => {
  it('are right also when there were more than are kept', async () => {
    const loop = newLoop();
    const recorder = new FlightRecorder(loop, { capacity: 4 }).start();
    // Each looks back at those before it, whatever was forgotten meanwhile.
    const wrong: string[][] = [];
    for (let i = 0; i < 10_000; i++) {
      const look = () => {
        const names = namesOf(recorder);
        const due = [i - 3, i - 2, i - 1].filter((n) => n >= 0).map((n) => `Immediate number${n}`);
        if (names.slice(-3).join() !== due.join()) wrong.push(names);
      };
      loop.setImmediate(Object.defineProperty(look, 'name', { value: `number${i}` }));
    }
    await outside(() => loop.run());
    expect(wrong).toEqual([]);
    const { port } = echo(loop);
    await outside(() => loop.run());
    expect(callbacksOf(recorder).at(-1)?.handle).toBe(`Server 127.0.0.1:${port}`);
  });

  it('are asked for once, not for each callback', () => {
    const loop = newLoop();
    const recorder = new FlightRecorder(loop);
    const watcher = loop.watch(readableFd(), { read: true }, () => {});
    const timer = loop.setTimeout(function tick() {}, 1);
    for (const subject of [watcher, timer]) {
      const asked = vi.spyOn(subject, 'describe');
      for (let i = 0; i < 3; i++) recorder.callback('poll', subject, i, i + 1, 0);
      expect(asked).toHaveBeenCalledTimes(1);
    }
    expect(namesOf(recorder)).toEqual([
      ...Array.from({ length: 3 }, () => 'Watcher (anonymous)'),
      ...Array.from({ length: 3 }, () => 'Timer tick'),
    ]);
    timer.close();
    watcher.close();
  });

  it('are of whom the slot belongs to now', async () => {
    const loop = newLoop();
    const recorder = new FlightRecorder(loop).start();
    // Open after its first callback, so that the recorder knows it by its slot.
    const twice = (name: string, then: () => void) => {
      let calls = 0;
      const called = (_ready: unknown, watcher: { close(): void }) => {
        if (++calls < 2) return;
        watcher.close();
        then();
      };
      Object.defineProperty(called, 'name', { value: name });
      loop.watch(readableFd(), { read: true }, called);
    };
    twice('first', () => loop.setImmediate(() => twice('second', () => {})));
    await outside(() => loop.run());
    const polled = callbacksOf(recorder).filter(({ phase }) => phase === 'poll');
    const names = ['Watcher first', 'Watcher first', 'Watcher second', 'Watcher second'];
    expect(polled.map(({ name }) => name)).toEqual(names);
  });
});
