// epoll and eventfd under their own names.
import { describe, expect, it } from 'vitest';
import { constant } from '../../lib/raw/constants.js';
import * as raw from '../../lib/raw/index.js';
import { put } from '../support/bytes.js';
import { guardDescriptors, Opened } from '../support/descriptors.js';

guardDescriptors();
const opened = new Opened();
const EPOLLIN = constant('EPOLLIN');
const EPOLLET = constant('EPOLLET');
const ADD = constant('EPOLL_CTL_ADD');
const MOD = constant('EPOLL_CTL_MOD');
const DEL = constant('EPOLL_CTL_DEL');
const NEVER_OPEN = 2 ** 31 - 1;
const WAITS = { epoll_wait: raw.epoll_wait, epoll_pwait2: raw.epoll_pwait2 };

describe('epoll_ctl', () => {
  it('adds, changes and removes a descriptor', () => {
    const epfd = opened.keep(raw.epoll_create1(0));
    const fd = opened.eventfd(1);
    const records = new Uint32Array(3);
    expect(raw.epoll_ctl(epfd, ADD, fd, { events: EPOLLIN, data: 7 })).toBe(0);
    expect(raw.epoll_wait(epfd, records, 1, 0)).toBe(1);
    expect([...records]).toEqual([EPOLLIN, 7, 0]);
    expect(raw.epoll_ctl(epfd, MOD, fd, { events: EPOLLIN, data: 8 })).toBe(0);
    expect(raw.epoll_wait(epfd, records, 1, 0)).toBe(1);
    expect(records[1]).toBe(8);
    expect(raw.epoll_ctl(epfd, DEL, fd)).toBe(0);
    expect(raw.epoll_wait(epfd, records, 1, 0)).toBe(0);
  });

  it('takes events and data as plain numbers too, and data that is left out as 0', () => {
    const epfd = opened.keep(raw.epoll_create1());
    const records = new Uint32Array(3);
    const fd = opened.eventfd(1);
    expect(raw.epoll_ctl(epfd, ADD, fd, EPOLLIN, 5)).toBe(0);
    expect(raw.epoll_wait(epfd, records, 1, 0)).toBe(1);
    expect(records[1]).toBe(5);
    expect(raw.epoll_ctl(epfd, MOD, fd, { events: EPOLLIN })).toBe(0);
    expect(raw.epoll_wait(epfd, records, 1, 0)).toBe(1);
    expect([...records]).toEqual([EPOLLIN, 0, 0]);
    expect(raw.epoll_ctl(epfd, MOD, fd, EPOLLIN + EPOLLET)).toBe(0);
  });

  it('keeps all 64 bits of the data', () => {
    const epfd = opened.keep(raw.epoll_create1(0));
    const fd = opened.eventfd(1);
    const records = new Uint32Array(3);
    raw.check(raw.epoll_ctl(epfd, ADD, fd, EPOLLIN, 0), 'epoll_ctl');
    for (const data of [2 ** 32 - 1, 2 ** 32, 2 ** 53 - 1, 0n, 2n ** 64n - 1n, 2n ** 63n]) {
      expect(raw.epoll_ctl(epfd, MOD, fd, { events: EPOLLIN, data })).toBe(0);
      expect(raw.epoll_wait(epfd, records, 1, 0)).toBe(1);
      const [, low = 0, high = 0] = records;
      expect((BigInt(high) << 32n) | BigInt(low)).toBe(BigInt(data));
    }
    for (const data of [-1, 2 ** 53, 1.5, Number.NaN, -1n, 2n ** 64n]) {
      expect(() => raw.epoll_ctl(epfd, MOD, fd, { events: EPOLLIN, data })).toThrow(RangeError);
    }
  });

  it('returns a negative errno for what the kernel refuses', () => {
    const epfd = opened.keep(raw.epoll_create1(0));
    const fd = opened.eventfd();
    expect(raw.epoll_ctl(epfd, MOD, fd, EPOLLIN)).toBe(-constant('ENOENT'));
    expect(raw.epoll_ctl(epfd, DEL, fd)).toBe(-constant('ENOENT'));
    raw.check(raw.epoll_ctl(epfd, ADD, fd, EPOLLIN), 'epoll_ctl');
    expect(raw.epoll_ctl(epfd, ADD, fd, EPOLLIN)).toBe(-constant('EEXIST'));
    expect(raw.epoll_ctl(epfd, ADD, epfd, EPOLLIN)).toBe(-constant('EINVAL'));
    expect(raw.epoll_ctl(fd, ADD, epfd, EPOLLIN)).toBe(-constant('EINVAL'));
    expect(raw.epoll_ctl(epfd, 99, fd, EPOLLIN)).toBe(-constant('EINVAL'));
    expect(raw.epoll_ctl(epfd, ADD, NEVER_OPEN, EPOLLIN)).toBe(-constant('EBADF'));
    expect(raw.epoll_ctl(NEVER_OPEN, ADD, fd, EPOLLIN)).toBe(-constant('EBADF'));
  });

  it('takes events as | leaves them, negative with EPOLLET', () => {
    const epfd = opened.keep(raw.epoll_create1(0));
    const fd = opened.eventfd(1);
    const events = EPOLLIN | constant('EPOLLET');
    expect(events).toBeLessThan(0);
    expect(raw.epoll_ctl(epfd, ADD, fd, events, 7)).toBe(0);
    expect(raw.epoll_ctl(epfd, MOD, fd, { events, data: 8 })).toBe(0);
    const records = new Uint32Array(3);
    expect(raw.epoll_wait(epfd, records, 1, 0)).toBe(1);
    expect([...records]).toEqual([EPOLLIN, 8, 0]);
    // By edges: once.
    expect(raw.epoll_wait(epfd, records, 1, 0)).toBe(0);
  });

  it('wants an event, unless it removes', () => {
    const epfd = opened.keep(raw.epoll_create1(0));
    const fd = opened.eventfd();
    const control = raw.epoll_ctl as (...args: unknown[]) => number;
    for (const event of [undefined, null, 'EPOLLIN', {}, { events: 'x' }, () => {}]) {
      expect(() => control(epfd, ADD, fd, event)).toThrow(TypeError);
    }
    for (const events of [-(2 ** 31) - 1, 2 ** 32, 1.5, Number.NaN]) {
      expect(() => control(epfd, ADD, fd, events)).toThrow(RangeError);
      expect(() => control(epfd, ADD, fd, { events })).toThrow(RangeError);
    }
    expect(raw.epoll_ctl(epfd, DEL, fd)).toBe(-constant('ENOENT'));
  });
});

describe.each(Object.entries(WAITS))('%s', (name, wait) => {
  it('fills one record of three words for each that is ready', () => {
    const epfd = opened.keep(raw.epoll_create1(0));
    for (let data = 1; data <= 3; data++) {
      raw.check(raw.epoll_ctl(epfd, ADD, opened.eventfd(1), EPOLLIN, data), 'epoll_ctl');
    }
    const records = new Uint32Array(3 * 8).fill(77);
    expect(wait(epfd, records, 8, 0)).toBe(3);
    expect([records[1], records[4], records[7]].sort()).toEqual([1, 2, 3]);
    expect(records.subarray(9)).toEqual(new Uint32Array(15).fill(77));
    expect(wait(epfd, records, 2, -1)).toBe(2);
  });

  it('writes into a view at its offset', () => {
    const epfd = opened.keep(raw.epoll_create1(0));
    raw.check(raw.epoll_ctl(epfd, ADD, opened.eventfd(1), EPOLLIN, 9), 'epoll_ctl');
    const memory = new Uint32Array(9).fill(77);
    expect(wait(epfd, memory.subarray(3, 6), 1, 0)).toBe(1);
    expect([...memory]).toEqual([77, 77, 77, EPOLLIN, 9, 0, 77, 77, 77]);
  });

  it('ends when something becomes ready, or when the time is over', () => {
    const epfd = opened.keep(raw.epoll_create1(0));
    const [readEnd, writeEnd] = opened.pipe();
    raw.check(raw.epoll_ctl(epfd, ADD, readEnd, EPOLLIN), 'epoll_ctl');
    const records = new Uint32Array(3);
    expect(wait(epfd, records, 1, name === 'epoll_wait' ? 2 : 2e6)).toBe(0);
    put(writeEnd);
    expect(wait(epfd, records, 1, -1)).toBe(1);
  });

  it('refuses a list that is too short, and a count or a timeout out of range', () => {
    const epfd = opened.keep(raw.epoll_create1(0));
    const records = new Uint32Array(6);
    for (const max of [3, 65536]) expect(() => wait(epfd, records, max, 0)).toThrow(RangeError);
    for (const max of [0, -1, 65537, 1.5]) {
      expect(() => wait(epfd, new Uint32Array(300000), max, 0)).toThrow(RangeError);
    }
    for (const timeout of [-2, 1.5, Number.NaN, 2 ** 53]) {
      expect(() => wait(epfd, records, 1, timeout)).toThrow(RangeError);
    }
    expect(() => wait(epfd, [] as unknown as Uint32Array, 1, 0)).toThrow(TypeError);
  });

  it('returns -EBADF and -EINVAL for what is no epoll instance', () => {
    const records = new Uint32Array(3);
    expect(wait(NEVER_OPEN, records, 1, 0)).toBe(-constant('EBADF'));
    expect(wait(opened.eventfd(), records, 1, 0)).toBe(-constant('EINVAL'));
  });
});

describe('epoll_create1', () => {
  it('returns -EINVAL for flags that it lacks', () => {
    expect(raw.epoll_create1(1)).toBe(-constant('EINVAL'));
  });
});

describe('eventfd', () => {
  it('counts what is written to it', () => {
    const fd = opened.keep(raw.eventfd(3, constant('EFD_NONBLOCK')));
    expect(raw.write(fd, new BigUint64Array([4n]))).toBe(8);
    const value = new BigUint64Array(1);
    expect(raw.read(fd, value)).toBe(8);
    expect(value[0]).toBe(7n);
    expect(raw.read(fd, value)).toBe(-constant('EAGAIN'));
  });

  it('as a semaphore gives one at a time', () => {
    const flags = constant('EFD_NONBLOCK') | constant('EFD_SEMAPHORE');
    const fd = opened.keep(raw.eventfd(2, flags));
    const value = new BigUint64Array(1);
    expect(raw.read(fd, value)).toBe(8);
    expect(value[0]).toBe(1n);
    expect(raw.read(fd, value)).toBe(8);
    expect(raw.read(fd, value)).toBe(-constant('EAGAIN'));
  });

  it('takes every start from 0 to 2^32-1, none by default, and no other', () => {
    expect(raw.read(opened.keep(raw.eventfd(2 ** 32 - 1)), new BigUint64Array(1))).toBe(8);
    expect(opened.keep(raw.eventfd())).toBeGreaterThan(2);
    for (const start of [-1, 2 ** 32, 0.5]) expect(() => raw.eventfd(start)).toThrow(RangeError);
    expect(raw.eventfd(0, 1 << 20)).toBe(-constant('EINVAL'));
  });
});
