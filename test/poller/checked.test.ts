// The checked poller against pollers that break the contract, one rule each: here a
// fake is the right thing, as no kernel lies in just this way.
import { afterEach, describe, expect, it } from 'vitest';
import { CheckedPoller } from '../../lib/poller/checked.js';
import { createPoller, Interest, type Poller, Ready, ReadyList } from '../../lib/poller/index.js';
import { guardDescriptors, Opened } from '../support/descriptors.js';

guardDescriptors();
const opened = new Opened();
const pollers: Poller[] = [];
afterEach(() => {
  for (const poller of pollers.splice(0)) poller.close();
});

const BROKEN = expect.objectContaining({
  code: 'ERR_POLLER_CONTRACT',
  message: expect.stringMatching(/^poller contract: /),
});
const READ = Interest.READ;
const ready = new ReadyList(4);

/** A checked poller around a real one in which `broken` members lie. */
function around(broken: (real: Poller) => Partial<Poller> = () => ({})): Poller {
  const real = createPoller('epoll');
  const lies = broken(real);
  const inner = new Proxy(real, {
    get(target, name) {
      const value = Reflect.get(Object.hasOwn(lies, name) ? lies : target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  const checked = new CheckedPoller(inner);
  pollers.push(checked);
  return checked;
}

/** One whose wait finds these records. */
const finding = (...records: [events: number, token: number][]): Poller =>
  around(() => ({
    wait(list) {
      records.forEach(([events, token], index) => {
        list.set(index, events, token);
      });
      return records.length;
    },
  }));

describe('what comes out of wait', () => {
  it.each([-1, 5, 1000])('a count of %s in a list of four', (count) => {
    const poller = around(() => ({ wait: () => count }));
    expect(() => poller.wait(ready, 0)).toThrow(BROKEN);
  });

  it('two records of one token', () => {
    const poller = finding([Ready.READ, 1], [Ready.READ, 1]);
    poller.add(opened.eventfd(), READ, 1);
    expect(() => poller.wait(ready, 0)).toThrow(BROKEN);
  });

  it('a record that is ready for nothing', () => {
    const poller = finding([0, 1]);
    poller.add(opened.eventfd(), READ, 1);
    expect(() => poller.wait(ready, 0)).toThrow(BROKEN);
  });

  it('a condition that was not asked for, or is none', () => {
    for (const events of [Ready.WRITE, Ready.READ | Ready.PRIORITY, 0x20, 0x2000]) {
      const poller = finding([events, 1]);
      poller.add(opened.eventfd(), READ, 1);
      expect(() => poller.wait(ready, 0)).toThrow(BROKEN);
    }
  });

  it('but error and hangup pass, and what a duplicate kept alive', () => {
    const poller = finding([Ready.ERROR | Ready.HANGUP, 1], [Ready.WRITE, 99]);
    poller.add(opened.eventfd(), READ, 1);
    expect(poller.wait(ready, 0)).toBe(2);
  });

  it('an error of the poller itself comes through, and the next wait may work', () => {
    let failures = 1;
    const poller = around((real) => ({
      wait(list, timeoutMs) {
        if (failures-- > 0) throw new Error('out of order');
        return real.wait(list, timeoutMs);
      },
    }));
    expect(() => poller.wait(ready, 0)).toThrow('out of order');
    expect(poller.wait(ready, 0)).toBe(0);
  });
});

describe('what goes in', () => {
  it('a token that another descriptor has', () => {
    const poller = around();
    const [first, second, third] = [opened.eventfd(), opened.eventfd(), opened.eventfd()];
    poller.add(first, READ, 1);
    expect(() => poller.add(second, READ, 1)).toThrow(BROKEN);
    poller.add(third, READ, 2);
    expect(() => poller.modify(third, READ, 1)).toThrow(BROKEN);
  });

  it('a timeout that is none', () => {
    const poller = around(() => ({ wait: () => 0 }));
    for (const timeoutMs of [-2, -0.5, Number.NaN]) {
      expect(() => poller.wait(ready, timeoutMs)).toThrow(RangeError);
    }
  });

  it('anything after close', () => {
    const poller = around();
    const fd = opened.eventfd();
    poller.close();
    expect(() => poller.add(fd, READ, 1)).toThrow(BROKEN);
    expect(() => poller.modify(fd, READ, 1)).toThrow(BROKEN);
    expect(() => poller.delete(fd)).toThrow(BROKEN);
    expect(() => poller.wait(ready, 0)).toThrow(BROKEN);
    expect(() => poller.rebuild([], () => {})).toThrow(BROKEN);
  });

  it('a call in the middle of a wait', () => {
    const fd = opened.eventfd();
    const calls: ((poller: Poller) => void)[] = [
      (poller) => poller.add(fd, READ, 1),
      (poller) => poller.modify(fd, READ, 1),
      (poller) => poller.delete(fd),
      (poller) => poller.wait(ready, 0),
    ];
    for (const call of calls) {
      const poller: Poller = around(() => ({
        wait() {
          call(poller);
          return 0;
        },
      }));
      expect(() => poller.wait(ready, 0)).toThrow(BROKEN);
    }
  });
});

describe('what a backend takes that it should not', () => {
  it('modify of what was never added', () => {
    const poller = around(() => ({ modify: () => {} }));
    expect(() => poller.modify(opened.eventfd(), READ, 1)).toThrow(BROKEN);
  });

  it('delete of what was never added', () => {
    const poller = around(() => ({ delete: () => true }));
    expect(() => poller.delete(opened.eventfd())).toThrow(BROKEN);
  });
});

describe('the rest', () => {
  it('is that of the poller inside', () => {
    const real = createPoller('epoll');
    const poller = new CheckedPoller(real);
    pollers.push(poller);
    expect([poller.name, poller.fd, poller.waker]).toEqual(['epoll', real.fd, real.waker]);
    expect(poller.supports).toBe(real.supports);
  });

  it('forgets what a rebuild did not keep', () => {
    const poller = around();
    const fd = opened.eventfd(1);
    poller.add(fd, READ, 1);
    poller.rebuild([], () => {});
    poller.add(fd, READ, 1);
    expect(poller.wait(ready, 0)).toBe(1);
    poller.rebuild([{ fd, interest: READ, token: 2 }], () => {});
    expect(poller.wait(ready, 0)).toBe(1);
    expect(ready.token(0)).toBe(2);
    expect(() => poller.modify(fd, Interest.WRITE, 2)).not.toThrow();
  });
});
