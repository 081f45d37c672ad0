// The poller contract, fourth part: arguments of every kind. Nothing crashes, and what
// is refused leaves nothing behind.
import { expect, it } from 'vitest';
import { Interest, type Poller, ReadyList } from '../../lib/poller/index.js';
import { countDescriptors, Opened } from '../support/descriptors.js';
import { HOSTILE, isErrno, isFromObject, outcomeOf } from '../support/hostile.js';
import { eachWithPoller, found, type OpenPoller } from './support.js';

type Call = (poller: Poller, value: never) => unknown;

export function misuseContract(open: OpenPoller): void {
  const opened = new Opened();
  const test = eachWithPoller(open);
  const list = new ReadyList(4);

  const calls = (fd: number): Record<string, Call> => ({
    'add, the descriptor': (poller, value) => poller.add(value, Interest.READ, 1),
    'add, the token': (poller, value) => poller.add(fd, Interest.READ, value),
    'modify, the descriptor': (poller, value) => poller.modify(value, Interest.READ, 1),
    'modify, the interest': (poller, value) => poller.modify(fd, value, 1),
    'delete, the descriptor': (poller, value) => poller.delete(value),
    'wait, the list': (poller, value) => poller.wait(value, 0),
    'rebuild, the list': (poller, value) => poller.rebuild(value, () => {}),
  });

  it.each(Object.keys(calls(0)))('%s may be anything', (name) => {
    const fd = opened.eventfd(1);
    const call = calls(fd)[name] as Call;
    const before = countDescriptors();
    for (const [kind, value] of Object.entries(HOSTILE)) {
      const outcome = outcomeOf(() => call(test.poller, value as never));
      // What is taken, an empty interest or list, is harmless; the token 2^31 is one.
      if ('thrown' in outcome) {
        const { thrown } = outcome;
        const known = thrown instanceof Error || isFromObject(thrown);
        expect(known && !isErrno(thrown), `${name}: ${kind}`).toBe(true);
      }
      test.poller.delete(fd);
    }
    expect(countDescriptors()).toBe(before);
    expect(found(test.poller).size).toBe(0);
  });

  it('wait takes -1 and what is 0 or more, and refuses every other timeout', () => {
    test.poller.add(opened.eventfd(1), Interest.READ, 1);
    for (const [kind, value] of Object.entries(HOSTILE)) {
      const wait = () => test.poller.wait(list, value as number);
      if (typeof value !== 'number') {
        expect(wait, kind).toThrow(expect.objectContaining({ code: 'ERR_INVALID_ARG_TYPE' }));
      } else if (value === -1 || value >= 0) {
        expect(wait(), kind).toBe(1);
      } else {
        expect(wait, kind).toThrow(expect.objectContaining({ code: 'ERR_OUT_OF_RANGE' }));
      }
    }
    expect(found(test.poller).size).toBe(1);
  });

  it('wait refuses what is no ReadyList', () => {
    const lookalike = Object.assign(Object.create(ReadyList.prototype), { capacity: 4 });
    for (const [kind, value] of [...Object.entries(HOSTILE), ['a lookalike', lookalike]]) {
      expect(() => test.poller.wait(value as never, 0), String(kind)).toThrow(
        expect.objectContaining({ code: 'ERR_INVALID_ARG_TYPE' }),
      );
    }
  });
}
