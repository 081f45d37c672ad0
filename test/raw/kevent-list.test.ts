// The records of kevent in memory: exact in all 64 bits, and what they refuse. No
// kqueue is needed.
import { describe, expect, it } from 'vitest';
import {
  constants,
  type Kevent,
  KeventList,
  kevent,
  kqueue,
  supported,
} from '../../lib/raw/index.js';
import { HOSTILE } from '../support/hostile.js';

const ZERO = { ident: 0n, filter: 0, flags: 0, fflags: 0, data: 0n, udata: 0n };
const FULL = {
  ident: 2n ** 64n - 1n,
  filter: -(2 ** 15),
  flags: 2 ** 16 - 1,
  fflags: 2 ** 32 - 1,
  data: -(2n ** 63n),
  udata: 2n ** 64n - 2n,
};
const OTHER = {
  ident: 2n ** 53n + 1n,
  filter: 2 ** 15 - 1,
  flags: 1,
  fflags: 2 ** 31,
  data: 2n ** 63n - 1n,
  udata: 2n ** 53n + 1n,
};

describe('a record', () => {
  it('gives back what it was given, in all 64 bits, and touches no other', () => {
    const list = new KeventList(3);
    list.set(0, FULL);
    list.set(2, OTHER);
    expect([0, 1, 2].map((index) => list.get(index))).toEqual([FULL, ZERO, OTHER]);
    list.set(1, { ident: 7, filter: -1, flags: 1, data: -(2 ** 53 - 1), udata: 2 ** 53 - 1 });
    expect(list.get(1)).toEqual({
      ...ZERO,
      ident: 7n,
      filter: -1,
      flags: 1,
      data: -(2n ** 53n) + 1n,
      udata: 2n ** 53n - 1n,
    });
    expect([0, 2].map((index) => list.get(index))).toEqual([FULL, OTHER]);
  });

  it('takes 0 for what is left out, whatever stood there', () => {
    const list = new KeventList(1);
    list.set(0, FULL);
    list.set(0, { ident: 0, filter: 0, flags: 0 });
    expect(list.get(0)).toEqual(ZERO);
  });

  it('takes fflags as | leaves them, negative with the highest bit', () => {
    const list = new KeventList(1);
    list.set(0, { ...OTHER, fflags: 0x80000000 | 1 });
    expect(list.get(0).fflags).toBe(0x80000001);
  });

  it('refuses each member that does not fit, before anything is written', () => {
    const list = new KeventList(1);
    list.set(0, FULL);
    const none: [keyof Kevent, unknown[]][] = [
      ['ident', [-1, -1n, 1.5, 2 ** 53, 2n ** 64n, Number.NaN, 1e308]],
      ['filter', [2 ** 15, -(2 ** 15) - 1, 0.5, Number.NaN]],
      ['flags', [-1, 2 ** 16, 0.5, Number.NaN, Number.POSITIVE_INFINITY]],
      ['fflags', [-(2 ** 31) - 1, 2 ** 32, 0.5, Number.NaN]],
      ['data', [2 ** 53, -(2 ** 53), 2n ** 63n, -(2n ** 63n) - 1n, 0.5, Number.NaN]],
      ['udata', [-1, -1n, 2 ** 53, 2n ** 64n, Number.NaN]],
    ];
    for (const [member, values] of none) {
      for (const value of values) {
        const change = { ...OTHER, [member]: value } as unknown as Kevent;
        expect(() => list.set(0, change), `${member}: ${value}`).toThrow(RangeError);
      }
      for (const [kind, value] of Object.entries(HOSTILE)) {
        if (typeof value === 'number' || typeof value === 'bigint' || value === undefined) continue;
        const change = { ...OTHER, [member]: value } as unknown as Kevent;
        expect(() => list.set(0, change), `${member}: ${kind}`).toThrow(TypeError);
      }
    }
    for (const member of ['filter', 'flags', 'fflags'] as const) {
      const change = { ...OTHER, [member]: 1n } as unknown as Kevent;
      expect(() => list.set(0, change), member).toThrow(TypeError);
    }
    expect(list.get(0)).toEqual(FULL);
  });
});

describe('a list', () => {
  it('has room for 1 to 65,536 records of 32 bytes', () => {
    expect(new KeventList(1).bytes.byteLength).toBe(32);
    expect(new KeventList(65536).capacity).toBe(65536);
    for (const capacity of [0, -1, 65537, 1.5, Number.NaN]) {
      expect(() => new KeventList(capacity)).toThrow(RangeError);
    }
    expect(() => new KeventList('4' as unknown as number)).toThrow(TypeError);
  });

  it('has no record beyond its end, and none before its beginning', () => {
    const list = new KeventList(2);
    for (const index of [-1, 2, 0.5, Number.NaN]) {
      expect(() => list.get(index)).toThrow(RangeError);
      expect(() => list.set(index, { ident: 0, filter: 0, flags: 0 })).toThrow(RangeError);
    }
    for (const count of [-1, 3, 0.5, Number.NaN]) {
      expect(() => list.first(count)).toThrow(RangeError);
    }
  });

  it('gives its first records as memory of its own', () => {
    const list = new KeventList(3);
    list.set(1, FULL);
    const first = list.first(2);
    expect(first.byteLength).toBe(64);
    expect(first.buffer).toBe(list.bytes.buffer);
    expect(list.first(0).byteLength).toBe(0);
  });
});

it.runIf(!supported.kqueue)('without a kqueue both calls are there, and are -ENOSYS', () => {
  const ENOSYS = -(constants['ENOSYS'] as number);
  expect(kqueue()).toBe(ENOSYS);
  expect(kevent(0, null, new Uint8Array(32), 0)).toBe(ENOSYS);
});
