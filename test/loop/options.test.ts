// What users pass: options are read once, from a copy without a prototype, and
// everything is checked before any side effect.
import { afterEach, describe, expect, it } from 'vitest';
import { checkSignal } from '../../lib/base/abort.js';
import { checkDescriptor, checkFunction, checkInteger } from '../../lib/base/validate.js';
import { EventLoop } from '../../lib/faces/event-loop.js';
import { type LoopOptions, readLoopOptions } from '../../lib/loop/options.js';
import { openDescriptors, openedSince } from '../support/descriptors.js';
import { thrownBy } from './support.js';

const TYPE = { name: 'TypeError', code: 'ERR_INVALID_ARG_TYPE' };
const VALUE = { name: 'TypeError', code: 'ERR_INVALID_ARG_VALUE' };
const RANGE = { name: 'RangeError', code: 'ERR_OUT_OF_RANGE' };

describe('the options of a loop', () => {
  it('have defaults', () => {
    const defaults = { maxEvents: 256, slabBytes: 262144, drain: 'each' };
    expect(readLoopOptions()).toMatchObject(defaults);
    expect(readLoopOptions({})).toMatchObject(defaults);
  });

  it('are taken at both ends of their ranges', () => {
    for (const maxEvents of [1, 65536])
      expect(readLoopOptions({ maxEvents }).maxEvents).toBe(maxEvents);
    for (const slabBytes of [65536, 2 ** 30]) {
      expect(readLoopOptions({ slabBytes }).slabBytes).toBe(slabBytes);
    }
    for (const poolSize of [1, 1024]) expect(readLoopOptions({ poolSize }).poolSize).toBe(poolSize);
    for (const drain of ['each', 'batch'] as const) {
      expect(readLoopOptions({ drain }).drain).toBe(drain);
    }
  });

  const BAD: [unknown, object][] = [
    [null, TYPE],
    [5, TYPE],
    ['epoll', TYPE],
    [{ backend: 5 }, VALUE],
    [{ backend: 'io_uring' }, { code: 'ERR_INVALID_ARG_VALUE' }],
    [{ backend: '__proto__' }, { code: 'ERR_INVALID_ARG_VALUE' }],
    [{ maxEvents: 0 }, RANGE],
    [{ maxEvents: 65537 }, RANGE],
    [{ maxEvents: 1.5 }, RANGE],
    [{ maxEvents: Number.NaN }, RANGE],
    [{ maxEvents: -1 }, RANGE],
    [{ maxEvents: 2 ** 32 + 1 }, RANGE],
    [{ maxEvents: '256' }, TYPE],
    [{ maxEvents: 256n }, TYPE],
    [{ maxEvents: null }, TYPE],
    [{ slabBytes: 65535 }, RANGE],
    [{ slabBytes: 2 ** 30 + 1 }, RANGE],
    [{ slabBytes: 1e308 }, RANGE],
    [{ poolSize: 0 }, RANGE],
    [{ poolSize: 1025 }, RANGE],
    [{ poolSize: {} }, TYPE],
    [{ drain: 'never' }, VALUE],
    [{ drain: null }, VALUE],
    [{ colour: 'red' }, VALUE],
    [{ pollSize: 9 }, VALUE],
  ];
  it.each(BAD)('%o is refused, and nothing is opened for it', (options, error) => {
    const before = openDescriptors();
    expect(thrownBy(() => new EventLoop(options as LoopOptions))).toMatchObject(error);
    expect(openedSince(before)).toEqual([]);
  });
});

describe('an options object', () => {
  // The loop read it, then its pool.
  it('is read once by a loop, each option', () => {
    const reads: string[] = [];
    const options = { maxEvents: 64, poolSize: 3, drain: 'each', timing: true };
    const watched = new Proxy(options, {
      get(target, name) {
        reads.push(String(name));
        return Reflect.get(target, name);
      },
    });
    const loop = new EventLoop(watched as LoopOptions);
    expect(loop.pool.size).toBe(3);
    loop.close();
    expect(reads.sort()).toEqual(Object.keys(options).sort());
  });

  const polluted = Object.prototype as Record<string, unknown>;
  afterEach(() => {
    delete polluted['maxEvents'];
  });

  it('is not read through a polluted prototype', () => {
    polluted['maxEvents'] = 7;
    expect(readLoopOptions({}).maxEvents).toBe(256);
    expect(readLoopOptions().maxEvents).toBe(256);
  });

  it('is read once: a getter cannot answer twice', () => {
    let reads = 0;
    const options = {
      get maxEvents() {
        reads++;
        return reads === 1 ? 16 : Number.NaN;
      },
    };
    expect(readLoopOptions(options).maxEvents).toBe(16);
    expect(reads).toBe(1);
  });
});

describe('a number', () => {
  it.each([0, 1, 255])('%d is taken as an integer from 0 to 255', (value) => {
    expect(checkInteger('n', value, 0, 255)).toBe(value);
  });

  it.each([-1, 256, 0.5, Number.NaN, Infinity, -Infinity, 2 ** 32, 2 ** 53, 1e308])(
    '%d is out of the range from 0 to 255',
    (value) => {
      const error = thrownBy(() => checkInteger('n', value, 0, 255));
      expect(error).toMatchObject(RANGE);
      expect((error as Error).message).toContain('"n"');
      expect((error as Error).message).toContain('an integer from 0 to 255');
    },
  );

  it.each([[undefined], [null], ['1'], [1n], [true], [{}], [[1]], [new Date(1)], [Symbol('s')]])(
    '%o is none',
    (value) => {
      expect(thrownBy(() => checkInteger('n', value, 0, 255))).toMatchObject(TYPE);
    },
  );

  it('is a descriptor from 0 to 2^31-1', () => {
    for (const fd of [0, 2 ** 31 - 1]) expect(checkDescriptor('fd', fd)).toBe(fd);
    for (const fd of [-1, 2 ** 31, 1.5]) {
      expect(thrownBy(() => checkDescriptor('fd', fd))).toMatchObject(RANGE);
    }
  });
});

describe('other arguments', () => {
  it('are functions where functions are wanted', () => {
    expect(() => checkFunction('callback', () => {})).not.toThrow();
    for (const value of [undefined, null, {}, 'f', 5]) {
      expect(thrownBy(() => checkFunction('callback', value))).toMatchObject(TYPE);
    }
  });

  it('are abort signals where those are wanted, or nothing', () => {
    const { signal } = new AbortController();
    expect(checkSignal(signal)).toBe(signal);
    expect(checkSignal(undefined)).toBeUndefined();
    for (const value of [null, {}, 'abort', new AbortController()]) {
      expect(thrownBy(() => checkSignal(value))).toMatchObject(TYPE);
    }
  });
});
