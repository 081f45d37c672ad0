// Options objects and objects of handlers: read once, own members only, and names that
// are not known refused with the one that was meant.
import vm from 'node:vm';
import { afterEach, describe, expect, it } from 'vitest';
import { nearestName } from '../../lib/base/nearest.js';
import { checkHandlerNames, type OptionNames, readOptions } from '../../lib/base/options.js';
import { thrownBy } from '../loop/support.js';

interface Place {
  host?: string;
  port?: number;
  noDelay?: boolean;
}
const NAMES: OptionNames<Place> = { host: true, port: true, noDelay: true };
const TYPE = { name: 'TypeError', code: 'ERR_INVALID_ARG_TYPE' };
const VALUE = { name: 'TypeError', code: 'ERR_INVALID_ARG_VALUE' };

const read = (given: unknown) => readOptions('options', given as Place, NAMES);

describe('an options object', () => {
  it('is copied without a prototype, and left as it was', () => {
    const given = Object.freeze({ port: 5 });
    const copy = read(given);
    expect(copy).not.toBe(given);
    expect(Object.getPrototypeOf(copy)).toBeNull();
    expect({ ...copy }).toEqual({ port: 5 });
  });

  it('names itself when it is none', () => {
    for (const value of [null, undefined, 5, 'host', () => {}, [], ['host'], Symbol('s')]) {
      expect(thrownBy(() => read(value))).toMatchObject({
        ...TYPE,
        message: 'The "options" argument must be an object',
      });
    }
  });

  it('has a list of its names that the compiler compares with the interface', () => {
    // @ts-expect-error: one is missing
    const less: OptionNames<Place> = { host: true, port: true };
    // @ts-expect-error: there is no such option
    const more: OptionNames<Place> = { ...NAMES, colour: true };
    expect([less, more].map((names) => Object.keys(names).length)).toEqual([2, 4]);
  });

  it('is refused for a name that is not known, with the one that was meant', () => {
    expect(thrownBy(() => read({ hostname: '127.0.0.1' }))).toMatchObject({
      ...VALUE,
      message: `The "options.hostname" argument is not known: did you mean 'host'?`,
    });
    expect(thrownBy(() => read({ colour: 'red' }))).toMatchObject({
      ...VALUE,
      message: 'The "options.colour" argument is not known: known are host, port, noDelay',
    });
    const hostile = [{ toString: 1 }, { constructor: 1 }, JSON.parse('{ "__proto__": 1 }')];
    for (const given of [...hostile, { ['x'.repeat(1e6)]: 1 }, { '': 1 }]) {
      const error = thrownBy(() => read(given)) as Error;
      expect(error).toMatchObject(VALUE);
      expect(error.message.length).toBeLessThan(200);
    }
  });

  it('that is undefined is not given, and symbols are not options', () => {
    expect({ ...read({ host: undefined, colour: undefined, [Symbol('s')]: 1 }) }).toEqual({});
  });

  it('has what is its own alone, whatever its class is', () => {
    class Configuration {
      port = 7;
      get colour() {
        return 'red';
      }
      method() {}
    }
    expect({ ...read(new Configuration()) }).toEqual({ port: 7 });
    expect({ ...read(Object.create({ port: 7, colour: 'red' })) }).toEqual({});
  });

  it('is read once: a getter cannot answer twice', () => {
    let reads = 0;
    const given = {
      get port() {
        reads++;
        return reads === 1 ? 16 : Number.NaN;
      },
    };
    expect(read(given).port).toBe(16);
    expect(reads).toBe(1);
  });

  it('may come from another realm', () => {
    expect({ ...read(vm.runInNewContext('({ port: 7 })')) }).toEqual({ port: 7 });
    expect(thrownBy(() => read(vm.runInNewContext('({ prt: 7 })')))).toMatchObject(VALUE);
  });
});

describe('a prototype that is polluted', () => {
  const polluted = Object.prototype as Record<string, unknown>;
  afterEach(() => {
    delete polluted['port'];
    delete polluted['colour'];
  });

  it('neither adds an option nor refuses one', () => {
    polluted['port'] = 7;
    polluted['colour'] = 'red';
    expect({ ...read({}) }).toEqual({});
  });
});

interface Handlers {
  open?(): void;
  data?(): void;
}
const HANDLERS: OptionNames<Handlers> = { open: true, data: true };
const check = (given: unknown) => checkHandlerNames('handlers', given as Handlers, HANDLERS);

describe('an object of handlers', () => {
  it('is an object', () => {
    for (const value of [null, undefined, 7, 'data', () => {}, [() => {}]]) {
      expect(thrownBy(() => check(value))).toMatchObject(TYPE);
    }
  });

  it('has functions by the names that are known, or nothing', () => {
    check({});
    check({ open() {}, data: undefined });
    for (const value of [null, 5, 'open', {}]) {
      expect(thrownBy(() => check({ open: value }))).toMatchObject({
        ...TYPE,
        message: 'The "handlers.open" argument must be a function',
      });
    }
  });

  it('has no other functions when it is plain, of any realm', () => {
    const message = `The "handlers.dta" argument is not known: did you mean 'data'?`;
    const plain = { dta() {} };
    const bare = Object.assign(Object.create(null), plain);
    const foreign: unknown = vm.runInNewContext('({ dta() {} })');
    for (const given of [plain, bare, foreign, { open() {}, ...plain }]) {
      expect(thrownBy(() => check(given))).toMatchObject({ ...VALUE, message });
    }
  });

  it('may have data of its own, and getters that nobody asks', () => {
    check({
      state: 1,
      list: [],
      get dta(): never {
        throw new Error('asked');
      },
      [Symbol('s')]: () => {},
    });
  });

  it('may have what it likes when it is of a class', () => {
    class Base {
      handle = () => {};
      open() {}
      helper() {}
    }
    class Derived extends Base {
      count = 0;
      override helper() {}
    }
    check(new Derived());
    check(Object.create({ dta() {} }));
    check(Object.assign(Object.create({}), { dta() {} }));
    check(vm.runInNewContext('new (class { constructor() { this.dta = () => {}; } })()'));
    class Wrong {
      data = 5;
    }
    expect(thrownBy(() => check(new Wrong()))).toMatchObject(TYPE);
  });
});

describe('the name that was meant', () => {
  const known = ['host', 'port', 'poolSize', 'data', 'noDelay', 'highWaterMark', 'localAddress'];
  it.each([
    ['hostname', 'host'],
    ['hots', 'host'],
    ['dta', 'data'],
    ['onData', 'data'],
    ['pollSize', 'poolSize'],
    ['nodelay', 'noDelay'],
    ['highWatermark', 'highWaterMark'],
    ['address', 'localAddress'],
    ['prot', 'port'],
  ])('of %s is %s', (given, name) => {
    expect(nearestName(given, known)).toBe(name);
  });

  it.each(['colour', 'x', '', 'x'.repeat(65)])('of %j is none', (given) => {
    expect(nearestName(given, known)).toBeUndefined();
  });
});
