// The words that TypeScript and C++ share are declared on both sides: they are the same.
import { expect, it } from 'vitest';
import { native } from '../../lib/binding/index.js';
import * as layout from '../../lib/datagram/layout.js';

it('has each word and each flag where C++ has it, and no other', () => {
  const said: [string, number][] = Object.entries(layout).flatMap(([name, value]) =>
    typeof value === 'number'
      ? [[name, value]]
      : Object.entries(value).map(([flag, bit]): [string, number] => [`${name}.${flag}`, bit]),
  );
  expect(Object.fromEntries(said)).toEqual(native.datagramLayout());
});
