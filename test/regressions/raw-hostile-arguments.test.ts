// Trap 31: NaN, -1, 1.5, 2^31, 2^32, 1e308, BigInt and objects where a number is
// wanted; and anything at all for every parameter of every raw call.
//
// Without the comparison as a double before the cast: NaN, 1.5 and 2^32 are taken for
// 0, 1 and 0, and the first case here opens a descriptor or writes to another's.
import { expect, it } from 'vitest';
import * as raw from '../../lib/raw/index.js';
import { OPENS, OPENS_PAIR, signatures } from '../raw/signatures.js';
import { newSeed, randomFrom } from '../support/bytes.js';
import {
  countDescriptors,
  guardDescriptors,
  Opened,
  openDescriptors,
} from '../support/descriptors.js';
import {
  HOSTILE,
  isErrno,
  isFromObject,
  isMisuse,
  type Outcome,
  outcomeOf,
} from '../support/hostile.js';

guardDescriptors();
const opened = new Opened();
const CALLS = Object.keys(raw.supported);
const hostile = Object.entries(HOSTILE);

/** Closes what a call opened that was within its rights. */
function closeReturned(name: string, outcome: Outcome): void {
  if (!('returned' in outcome)) return;
  const { returned } = outcome;
  if (OPENS_PAIR.has(name) && Array.isArray(returned)) for (const fd of returned) raw.close(fd);
  if (OPENS.has(name) && !isErrno(returned)) raw.close(returned as number);
}

it('the table has every call', () => {
  expect(Object.keys(signatures(opened)).sort()).toEqual([...CALLS].sort());
});

it.each(CALLS)('%s with its good values works, so that the rest of it means something', (name) => {
  const signature = signatures(opened)[name];
  const args = signature?.parameters.map(({ good }) => good) ?? [];
  const outcome = outcomeOf(() => signature?.call(...args));
  expect(outcome).not.toHaveProperty('thrown');
  closeReturned(name, outcome);
});

it.each(CALLS)('%s refuses what is none of its arguments, and opens nothing', (name) => {
  const { call, parameters } = signatures(opened)[name] ?? { call: () => 0, parameters: [] };
  const before = countDescriptors();
  for (const [index, parameter] of parameters.entries()) {
    for (const [kind, value] of hostile) {
      const args = parameters.map(({ good }) => good);
      args[index] = value;
      const outcome = outcomeOf(() => call(...args));
      const where = `${name}: ${parameter.name} is ${kind}`;
      if (parameter.takes(value)) closeReturned(name, outcome);
      else expect(refusal(outcome), where).toBe('refused');
      expect(countDescriptors(), where).toBe(before);
    }
  }
});

function refusal(outcome: Outcome): unknown {
  if ('returned' in outcome) return isErrno(outcome.returned) ? 'refused' : outcome;
  return isMisuse(outcome.thrown) || isFromObject(outcome.thrown) ? 'refused' : outcome;
}

it.each(CALLS)('%s without arguments, with too many and with new does no harm', (name) => {
  const { call, parameters } = signatures(opened)[name] ?? { call: () => 0, parameters: [] };
  const good = parameters.map(({ good }) => good);
  const many = [...good, ...Array(20).fill({})];
  const asConstructor = call as unknown as new (...args: unknown[]) => unknown;
  const before = openDescriptors();
  for (const action of [
    () => call(),
    () => call.apply(null, []),
    () => call(...many),
    () => new asConstructor(...good),
  ]) {
    const outcome = outcomeOf(action);
    if ('thrown' in outcome) expect(isMisuse(outcome.thrown)).toBe(true);
  }
  for (const [fd, what] of openDescriptors()) if (before.get(fd) !== what) raw.close(fd);
});

it('any mixture of good and hostile arguments ends in a result or in an error', () => {
  const seed = newSeed();
  const random = randomFrom(seed);
  const table = Object.entries(signatures(opened));
  const before = countDescriptors();
  for (let round = 0; round < 20_000; round++) {
    const [name, { call, parameters }] = table[random(table.length)] as (typeof table)[number];
    const args = parameters.map((parameter) => {
      const value = random(2) === 0 ? parameter.good : hostile[random(hostile.length)]?.[1];
      // A timeout that is valid would be waited for: nothing may be ready by then.
      return parameter.name === 'timeout' && parameter.takes(value) ? parameter.good : value;
    });
    const outcome = outcomeOf(() => call(...args));
    closeReturned(name, outcome);
    if ('thrown' in outcome && !isFromObject(outcome.thrown)) {
      expect(isMisuse(outcome.thrown), `seed ${seed}, round ${round}, ${name}`).toBe(true);
    }
  }
  expect(countDescriptors(), `seed ${seed}`).toBe(before);
});
