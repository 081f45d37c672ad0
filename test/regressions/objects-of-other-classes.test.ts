// A method of a native class that is called on something else must not take its memory
// for its own.
//
// V8 itself refuses those by the method's signature, with the type tags or without; other
// engines leave it to the addon, and without the tags crash.

import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { expect, it } from 'vitest';
import { addonCandidates } from '../../lib/binding/load.js';

const load = createRequire(import.meta.url);
const native = load([...addonCandidates()].find((path) => existsSync(path)) as string) as Record<
  string,
  unknown
>;
type Class = { prototype: object };

const CLASSES = ['HostLoop', 'Pool', 'Threads', 'WakerGuard', 'ThreadServer', 'FileWatch'] as const;

it('every method and getter of every class refuses it with a TypeError', () => {
  const state = new Int32Array(new SharedArrayBuffer(4));
  const guard = new (native['WakerGuard'] as new (state: Int32Array) => { retire(): boolean })(
    state,
  );
  type Made = new (...args: unknown[]) => { close(): void };
  const threads = new (native['Threads'] as Made)(1, 65536, -1, 1);
  const pool = new (native['Pool'] as Made)(threads);
  const others: unknown[] = [{}, [], undefined, 1, new Map(), guard, pool, threads];
  let calls = 0;
  for (const name of CLASSES) {
    const { prototype } = native[name] as Class;
    for (const [key, property] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) {
      const call = (property.get ?? property.value) as (...args: unknown[]) => unknown;
      if (key === 'constructor' || typeof call !== 'function') continue;
      for (const other of [...others, prototype, Object.create(prototype)]) {
        if (
          other instanceof (native[name] as unknown as new () => object) &&
          (other === guard || other === pool || other === threads)
        )
          continue;
        expect(() => Reflect.apply(call, other, [0, 0, 0, 0]), `${name}.${key}`).toThrow(TypeError);
        calls++;
      }
    }
  }
  expect(calls).toBeGreaterThan(100);
  guard.retire();
});
