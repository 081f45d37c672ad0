// The words that TypeScript and C++ share are declared on both sides: they are the same.
import { expect, it } from 'vitest';
import { native } from '../../lib/binding/index.js';
import * as layout from '../../lib/loop/layout.js';
import { Backend, Own } from '../../lib/poller/common.js';
import { Flow, PipeWord } from '../../lib/relay/words.js';

const { NOT_READ, EMPTY_RECORD, LARGE_RECORD, MOVED } = layout;
const RESULTS = { NOT_READ, EMPTY_RECORD, LARGE_RECORD, MOVED };

it('has each word where C++ has it, and no other', () => {
  const words = Object.entries(layout).filter(
    ([name, value]) => typeof value === 'number' && !(name in RESULTS),
  );
  expect(Object.fromEntries(words)).toEqual(
    Object.fromEntries(Object.entries(native.layout()).filter(([name]) => !name.includes('.'))),
  );
});

it('calls kinds and flags by the same numbers as C++', () => {
  const kinds = { Transfer: layout.Transfer, Backend, Own, ReadResult: RESULTS, Flow, PipeWord };
  const named: [string, number][] = Object.entries(kinds).flatMap(([kind, values]) =>
    Object.entries(values).map(([name, value]) => [`${kind}.${name}`, value]),
  );
  expect(Object.fromEntries(named)).toEqual(
    Object.fromEntries(Object.entries(native.layout()).filter(([name]) => name.includes('.'))),
  );
});
