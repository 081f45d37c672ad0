// What `this` is in a callback, as in Node: the timer, the immediate, the hook; and what
// clearImmediate touches.
//
// When arguments, or an async context, are bound by an arrow function, `this` is
// undefined there and four of the first tests fail.
import { AsyncLocalStorage } from 'node:async_hooks';
import { describe, expect, it } from 'vitest';
import type { EventLoop } from '../../lib/faces/event-loop.js';
import { newLoop, outside } from './support.js';

type Call = (this: unknown, ...args: unknown[]) => void;

const KINDS: Record<string, (loop: EventLoop, call: Call) => unknown> = {
  setTimeout: (loop, call) => loop.setTimeout(call, 1),
  'setTimeout with arguments': (loop, call) => loop.setTimeout(call, 1, 'a', 'b'),
  setInterval: (loop, call) => loop.setInterval(call, 1),
  'setInterval with arguments': (loop, call) => loop.setInterval(call, 1, 'a', 'b'),
  setImmediate: (loop, call) => loop.setImmediate(call),
  'setImmediate with arguments': (loop, call) => loop.setImmediate(call, 'a', 'b'),
  idle: (loop, call) => loop.idle(call),
  prepare: (loop, call) => loop.prepare(call),
  check: (loop, call) => loop.check(call),
};

const storage = new AsyncLocalStorage<string>();

describe.each(Object.keys(KINDS))('in a callback of %s', (kind) => {
  it.each(['no context', 'an async context'])('this is what it returned, in %s', async (where) => {
    const loop = newLoop();
    // Check hooks come after a wait.
    loop.setImmediate(() => {});
    const seen: unknown[] = [];
    const call: Call = function (...args) {
      seen.push(this, args.length, storage.getStore());
      loop.stop();
    };
    const start = () => KINDS[kind]?.(loop, call);
    const made = where === 'no context' ? start() : storage.run('store', start);
    await outside(() => loop.run());
    const args = kind.endsWith('arguments')
      ? 2
      : ['idle', 'prepare', 'check'].includes(kind)
        ? 1
        : 0;
    expect(seen[0]).toBe(made);
    expect(seen.slice(1)).toEqual([args, where === 'no context' ? undefined : 'store']);
  });
});

describe('clearImmediate', () => {
  // It called whatever `cancel` it found.
  it('touches nothing that is not an immediate', () => {
    const loop = newLoop();
    let touched = 0;
    const touch = () => touched++;
    const trap = new Proxy({}, { get: touch, has: () => touch() > 0 });
    const immediate = loop.setImmediate(touch);
    for (const other of [
      { cancel: touch },
      trap,
      Object.create(immediate),
      1,
      'x',
      null,
      undefined,
    ]) {
      loop.clearImmediate(other as never);
    }
    expect([touched, immediate.active]).toEqual([0, true]);
  });

  it('cancels one of another loop there', () => {
    const [loop, other] = [newLoop(), newLoop()];
    const immediate = loop.setImmediate(() => {});
    other.clearImmediate(immediate);
    expect([immediate.active, loop.alive]).toEqual([false, false]);
  });
});
