// kqueue and kevent under their own names: changes and their receipts, all 64 bits,
// timeouts, arguments. On macOS, the BSDs and libkqueue: npm run test:kqueue.
import { describe, expect, it } from 'vitest';
import * as raw from '../../lib/raw/index.js';
import { put } from '../support/bytes.js';
import { guardDescriptors, isCloseOnExec, Opened } from '../support/descriptors.js';
import { HOSTILE } from '../support/hostile.js';
import { deviates } from '../support/libkqueue.js';
import { ADD, c, eachWithQueue, READ, USER, WRITE } from './support.js';

const ev = (name: string): string => `EV_${name}`;
const note = (name: string): string => `NOTE_${name}`;
const NEVER_OPEN = 2 ** 31 - 1;
const MS = 1e6;
const NO_QUEUE = deviates('kqueue', 'unknownQueue') ? 'ENOENT' : 'EBADF';

describe.runIf(raw.supported.kqueue)('on kqueue', () => {
  guardDescriptors();
  const opened = new Opened();
  const test = eachWithQueue();

  it('a queue is close-on-exec and owned', () => {
    expect(isCloseOnExec(test.queue.kq)).toBe(true);
    const other = raw.kqueue();
    expect(other).not.toBe(test.queue.kq);
    expect(raw.close(other)).toBe(0);
    if (!deviates('kqueue', 'unknownQueue')) {
      expect(raw.kevent(other, null, null, 0)).toBe(-c('EBADF'));
    }
  });

  it('the constants hold every filter, and the flags of each', () => {
    const names = [
      ['READ', 'WRITE', 'TIMER', 'SIGNAL', 'PROC', 'VNODE', 'USER'].map((name) => `EVFILT_${name}`),
      ['ADD', 'DELETE', 'ENABLE', 'DISABLE', 'ONESHOT', 'CLEAR', 'RECEIPT', 'DISPATCH'].map(ev),
      ['EOF', 'ERROR'].map(ev),
      ['LOWAT', 'TRIGGER', 'FFNOP', 'FFAND', 'FFOR', 'FFCOPY', 'FFLAGSMASK'].map(note),
      ['DELETE', 'WRITE', 'EXTEND', 'ATTRIB', 'LINK', 'RENAME', 'EXIT', 'FORK', 'EXEC'].map(note),
      ['SECONDS', 'USECONDS', 'NSECONDS'].map(note),
    ].flat();
    expect(names.filter((name) => raw.constants[name] === undefined)).toEqual([]);
    expect(c('EVFILT_READ')).toBeLessThan(0);
    for (const name of names.filter((one) => !one.startsWith('EVFILT_'))) {
      expect(c(name), name).toBeGreaterThanOrEqual(0);
    }
  });

  describe('a receipt', () => {
    it('is there for each change, in their order, and tells what became of it', () => {
      const [readEnd] = opened.pipe();
      const errors = test.queue.change(
        { ident: readEnd, filter: READ, flags: ADD },
        { ident: NEVER_OPEN, filter: READ, flags: ADD },
        { ident: 7, filter: USER, flags: ADD },
        { ident: readEnd, filter: WRITE, flags: c('EV_DELETE') },
        { ident: readEnd, filter: READ, flags: c('EV_DELETE') },
        { ident: 1, filter: -128, flags: ADD },
      );
      expect(errors).toEqual([0, c('EBADF'), 0, c('ENOENT'), 0, c('EINVAL')]);
    });

    it('has EV_ERROR, the change itself, and its udata', () => {
      const list = new raw.KeventList(1);
      const change = { ident: NEVER_OPEN, filter: READ, flags: ADD | c('EV_RECEIPT'), udata: 9n };
      list.set(0, change);
      expect(raw.kevent(test.queue.kq, list.bytes, list.bytes, 0)).toBe(1);
      expect(list.get(0)).toMatchObject({ ident: BigInt(NEVER_OPEN), filter: READ, udata: 9n });
      expect(list.get(0).flags & c('EV_ERROR')).toBe(c('EV_ERROR'));
      expect(list.get(0).data).toBe(BigInt(c('EBADF')));
    });

    it('keeps the call from waiting, and from finding what is ready', () => {
      const [readEnd, writeEnd] = opened.pipe();
      put(writeEnd);
      expect(test.queue.change({ ident: readEnd, filter: READ, flags: ADD })).toEqual([0]);
      expect(test.queue.next().map(({ ident }) => ident)).toEqual([BigInt(readEnd)]);
    });
  });

  it('an error is the result when there is no room to tell it', () => {
    const list = new raw.KeventList(1);
    list.set(0, { ident: NEVER_OPEN, filter: READ, flags: ADD });
    expect(raw.kevent(test.queue.kq, list.bytes, null, 0)).toBe(-c('EBADF'));
    list.set(0, { ident: 1, filter: USER, flags: c('EV_DELETE') });
    expect(raw.kevent(test.queue.kq, list.bytes, null, 0)).toBe(-c('ENOENT'));
  });

  it('ident and udata come back in all 64 bits', () => {
    for (const wide of [2n ** 53n + 1n, 2n ** 63n, 2n ** 64n - 1n, 0n, 1n]) {
      const trigger = c('NOTE_TRIGGER');
      const errors = test.queue.change(
        { ident: wide, filter: USER, flags: ADD | c('EV_ONESHOT'), udata: wide },
        { ident: wide, filter: USER, flags: 0, fflags: trigger, udata: wide },
      );
      expect(errors).toEqual([0, 0]);
      expect(test.queue.next()).toMatchObject([{ ident: wide, udata: wide }]);
      expect(test.queue.now()).toEqual([]);
    }
  });

  it('a token of a pointer’s width comes back from every filter', () => {
    const [readEnd, writeEnd] = opened.pipe();
    put(writeEnd);
    const [read, write, timer] = [2n ** 64n - 2n, 2n ** 53n + 3n, 2n ** 63n + 1n];
    test.queue.change(
      { ident: readEnd, filter: READ, flags: ADD, udata: read },
      { ident: writeEnd, filter: WRITE, flags: ADD, udata: write },
      { ident: 2n ** 60n + 1n, filter: c('EVFILT_TIMER'), flags: ADD, data: 1, udata: timer },
    );
    const seen = new Set<bigint>();
    while (seen.size < 3) for (const { udata } of test.queue.next()) seen.add(udata);
    expect(seen).toEqual(new Set([read, write, timer]));
  });

  it('a list with room for fewer gives the others next', () => {
    const ends = Array.from({ length: 5 }, () => opened.pipe());
    for (const [readEnd, writeEnd] of ends) {
      put(writeEnd);
      test.queue.change({ ident: readEnd, filter: READ, flags: ADD | c('EV_CLEAR') });
    }
    const idents = [test.queue.now(2), test.queue.now(2), test.queue.now(2)].flat();
    expect(idents.map(({ ident }) => Number(ident)).sort()).toEqual(
      ends.map(([readEnd]) => readEnd).sort(),
    );
    expect(test.queue.now()).toEqual([]);
  });

  it('a wait ends with nothing when nothing comes, however short', () => {
    const events = new raw.KeventList(1).bytes;
    for (const timeout of [0, 1, 999, 0.25 * MS, 1.5 * MS]) {
      expect(raw.kevent(test.queue.kq, null, events, timeout)).toBe(0);
    }
  });

  it('a wait for ever, told in either way, ends when something is ready', () => {
    const [readEnd, writeEnd] = opened.pipe();
    put(writeEnd);
    test.queue.change({ ident: readEnd, filter: READ, flags: ADD });
    const events = new raw.KeventList(1).bytes;
    for (const timeout of [-1, null, undefined, 3600e9]) {
      expect(raw.kevent(test.queue.kq, null, events, timeout)).toBe(1);
    }
  });

  describe('arguments', () => {
    it('a timeout that is none is refused before any change is made', () => {
      const list = new raw.KeventList(1);
      list.set(0, { ident: 1, filter: USER, flags: ADD });
      for (const timeout of [Number.NaN, -2, 0.5, 2 ** 53, 1e308, Number.POSITIVE_INFINITY]) {
        expect(() => raw.kevent(test.queue.kq, list.bytes, null, timeout)).toThrow(RangeError);
      }
      for (const timeout of [1n, '1', {}, true] as unknown[] as number[]) {
        expect(() => raw.kevent(test.queue.kq, list.bytes, null, timeout)).toThrow(TypeError);
      }
      const gone = { ident: 1, filter: USER, flags: c('EV_DELETE') };
      expect(test.queue.change(gone)).toEqual([c('ENOENT')]);
    });

    it('memory that is no whole number of records is refused, and so is too much', () => {
      for (const bytes of [1, 31, 33, 63, 65537 * 32]) {
        const memory = new Uint8Array(bytes);
        expect(() => raw.kevent(test.queue.kq, memory, null, 0)).toThrow(RangeError);
        expect(() => raw.kevent(test.queue.kq, null, memory, 0)).toThrow(RangeError);
      }
      expect(raw.kevent(test.queue.kq, new Uint8Array(0), new Uint8Array(0), 0)).toBe(0);
    });

    it('a buffer that is detached is refused', () => {
      const memory = new ArrayBuffer(32);
      structuredClone(memory, { transfer: [memory] });
      expect(() => raw.kevent(test.queue.kq, memory, null, 0)).toThrow(TypeError);
      expect(() => raw.kevent(test.queue.kq, null, memory, 0)).toThrow(TypeError);
    });

    it('what is no queue is refused, or told as an error', () => {
      const [readEnd] = opened.pipe();
      for (const fd of [NEVER_OPEN, readEnd]) {
        expect(raw.kevent(fd, null, null, 0)).toBe(-c(NO_QUEUE));
      }
      for (const [kind, value] of Object.entries(HOSTILE)) {
        expect(() => raw.kevent(value as number, null, null, 0), kind).toThrow();
      }
    });
  });
});
