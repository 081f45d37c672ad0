// Which poller and which waker are made, and the small parts beside them.
import { describe, expect, it } from 'vitest';
import {
  createPoller,
  defaultBackend,
  Interest,
  ReadyList,
  toInterest,
  wake,
} from '../../lib/poller/index.js';
import { GENERATION_MASK, tokenOf } from '../../lib/poller/ready-list.js';
import { createWaker } from '../../lib/poller/waker.js';
import { supported } from '../../lib/raw/index.js';
import { runChild } from '../support/child.js';
import { guardDescriptors, isCloseOnExec } from '../support/descriptors.js';
import { HOSTILE } from '../support/hostile.js';
import { onLibkqueue } from '../support/libkqueue.js';
import { BACKENDS, withWaker } from './support.js';

guardDescriptors();

const NAMES = [
  [undefined, process.env['RAWLOOP_BACKEND'] || defaultBackend],
  ['checked', defaultBackend],
  ...BACKENDS.flatMap((name) => [
    [name, name],
    [`checked:${name}`, name],
  ]),
] as const;
const ABSENT = onLibkqueue ? 'select' : supported.epoll_wait ? 'kqueue' : 'epoll';

describe('createPoller', () => {
  it('opens the backend of this platform, or the one that is named', () => {
    for (const [name, expected] of NAMES) {
      const poller = createPoller(name);
      expect(poller.name).toBe(expected);
      expect(isCloseOnExec(poller.fd)).toBe(true);
      expect(isCloseOnExec(poller.waker.fd)).toBe(true);
      poller.close();
    }
  });

  it('refuses a name that this platform does not have', () => {
    for (const name of [
      ABSENT,
      `checked:${ABSENT}`,
      'checked:',
      'select',
      '',
      'constructor',
      '__proto__',
    ]) {
      expect(() => createPoller(name)).toThrow(
        expect.objectContaining({ code: 'ERR_INVALID_ARG_VALUE' }),
      );
    }
  });

  it('heeds RAWLOOP_BACKEND, for loops too', () => {
    const script = `
      const tryIt = (make) => { try { make().close(); return 'made'; } catch (e) { return e.code; } };
      report([tryIt(createPoller), tryIt(() => new EventLoop())]);
    `;
    const made = (backend: string) => runChild(script, { env: { RAWLOOP_BACKEND: backend } });
    expect(made('checked')).toEqual(['made', 'made']);
    expect(made('')).toEqual(['made', 'made']);
    expect(made(ABSENT)).toEqual(['ERR_INVALID_ARG_VALUE', 'ERR_INVALID_ARG_VALUE']);
  });

  it('leaves nothing open when it fails for lack of descriptors', () => {
    const [code, before, after] = runChild<unknown[]>(
      `
      const fds = [];
      const open = () => countDescriptors();
      for (let fd = 0; (fd = raw.eventfd(0)) >= 0; ) fds.push(fd);
      // One left, for the waker; none for the epoll instance.
      raw.close(fds.pop());
      let code;
      for (let i = 0; i < 5; i++) {
        try { createPoller(); } catch (error) { code = error.code; }
      }
      let left = 0;
      while (raw.eventfd(0) >= 0) left++;
      report([code, 1, left]);
    `,
      { maxDescriptors: 64, env: { RAWLOOP_WAKER: 'eventfd' } },
    );
    expect(code).toBe('EMFILE');
    expect(after).toBe(before);
  });
});

describe('RAWLOOP_WAKER', () => {
  it.runIf(supported.eventfd)('is eventfd, pipe or nothing for epoll', () => {
    for (const kind of ['eventfd', 'pipe', '']) {
      const waker = withWaker(kind, () => createWaker('eventfd'));
      expect(waker.edge).toBe(kind !== 'pipe');
      expect(isCloseOnExec(waker.readFd)).toBe(true);
      expect(isCloseOnExec(waker.shared.fd)).toBe(true);
      waker.close();
    }
  });

  it('is refused when it is no waker, or one of another backend', () => {
    const refused = { epoll: ['signal', 'user'], kqueue: ['signal', 'eventfd'] };
    for (const backend of BACKENDS) {
      for (const kind of refused[backend]) {
        expect(() => withWaker(kind, () => createPoller(backend))).toThrow(
          expect.objectContaining({ code: 'ERR_INVALID_ARG_VALUE' }),
        );
      }
    }
  });
});

describe('wake', () => {
  it('refuses what is no waker, and writes nowhere', () => {
    const state = new Int32Array(new SharedArrayBuffer(4));
    const call = wake as (waker: unknown) => boolean;
    for (const [kind, value] of Object.entries(HOSTILE)) {
      expect(() => call(value), kind).toThrow();
      expect(() => call({ fd: value, state }), kind).toThrow();
      expect(() => call({ fd: 2 ** 31 - 1, state: value }), kind).toThrow();
    }
    for (const memory of [new Int32Array(0), new Uint8Array(8).subarray(1), new Uint8Array(3)]) {
      expect(() => call({ fd: 2 ** 31 - 1, state: memory })).toThrow(TypeError);
    }
    expect(state[0]).toBe(0);
    expect(call({ fd: 2 ** 31 - 1, state })).toBe(true);
    expect(state[0]).toBe(0);
  });
});

describe('an interest', () => {
  it('is bits or names', () => {
    expect(toInterest({})).toBe(0);
    expect(toInterest({ read: true, write: false, priority: true })).toBe(0x003);
    expect(toInterest({ edge: true, oneshot: true, exclusive: true })).toBe(0x700);
    expect(toInterest(Interest.READ | Interest.EDGE)).toBe(0x101);
    expect(Object.isFrozen(Interest)).toBe(true);
  });

  it('has no bits or names that do not exist', () => {
    for (const bits of [8, 0x80, 0x1000, -1, 1.5, Number.NaN, 2 ** 32 + 1, 2 ** 53, Infinity]) {
      expect(() => toInterest(bits)).toThrow(RangeError);
    }
    for (const other of [null, undefined, 'read', 1n, true, Symbol('read')]) {
      expect(() => toInterest(other as unknown as number)).toThrow(TypeError);
    }
    for (const value of [1, 'yes', null, {}]) {
      expect(() => toInterest({ read: value as unknown as boolean })).toThrow(TypeError);
    }
  });

  it('takes nothing from a prototype', () => {
    expect(toInterest(Object.create({ read: true, write: 1 }))).toBe(0);
  });
});

describe('a ready list', () => {
  it('has room for 1 to 65,536 records', () => {
    expect(new ReadyList(1).words.length).toBe(3);
    expect(new ReadyList(65536).words.byteLength).toBe(65536 * 12);
    for (const capacity of [0, -1, 65537, 1.5, Number.NaN, 2 ** 32]) {
      expect(() => new ReadyList(capacity)).toThrow(RangeError);
    }
    expect(() => new ReadyList('4' as unknown as number)).toThrow();
  });

  it('keeps what is set and moves it', () => {
    const list = new ReadyList(3);
    const tokens = [2 ** 53 - 2, 2 ** 32 - 1, 5];
    tokens.forEach((token, index) => {
      list.set(index, index + 1, token);
    });
    expect([0, 1, 2].map((index) => list.token(index))).toEqual(tokens);
    list.move(2, 0);
    expect([list.events(0), list.token(0)]).toEqual([3, 5]);
    expect(list.token(1)).toBe(2 ** 32 - 1);
  });

  it('has tokens of a slot and a generation', () => {
    expect(tokenOf(7, 0)).toBe(7);
    expect(tokenOf(2 ** 31 - 1, GENERATION_MASK)).toBeLessThan(2 ** 53 - 1);
    expect(tokenOf(3, 2)).toBe(2 * 2 ** 32 + 3);
  });
});
