// Trap 30: one descriptor, two owners. The second one is told EEXIST, and the first
// goes on as if nothing had been.
//
// With EEXIST answered by a modify, as some loops do: the second takes over and the
// first hears of nothing more. With the inherited socket adopted before it is served:
// the failing listen closes it under the first server.
import { describe, expect, it } from 'vitest';
import * as raw from '../../lib/raw/index.js';
import { recording } from '../stream/support.js';
import { guardDescriptors, isOpen, Opened } from '../support/descriptors.js';
import { DRIVE_MODES, drive, eachWithLoop } from '../support/drive.js';

guardDescriptors();
const test = eachWithLoop();
const opened = new Opened();
const EEXIST = expect.objectContaining({
  code: 'EEXIST',
  message: expect.stringContaining('already'),
});

describe.each(DRIVE_MODES)('in %s mode', (mode) => {
  it('a second watcher of a descriptor is refused, the first is told as before', async () => {
    const fd = opened.eventfd(1);
    const told: string[] = [];
    const first = test.loop.watch(fd, { read: true }, () => {
      told.push('first');
      expect(() => test.loop.watch(fd, { write: true }, () => told.push('late'))).toThrow(EEXIST);
      if (told.length === 3) first.close();
    });
    expect(() => test.loop.watch(fd, { read: true }, () => told.push('second'))).toThrow(EEXIST);
    await drive(test.loop, mode);
    expect(told).toEqual(['first', 'first', 'first']);
  });

  it('a second server of a descriptor is refused, the first serves on', async () => {
    const [fd, { port }] = opened.listening();
    const events: string[] = [];
    const server = test.loop.listen({ fd }, recording(events));
    expect(() => test.loop.listen({ fd }, recording([]))).toThrow(EEXIST);
    expect(() => test.loop.watch(fd, { read: true }, () => {})).toThrow(EEXIST);
    expect(isOpen(fd)).toBe(true);
    test.loop.connect({ port }, { open: (s) => s.end('hello'), close: () => server.close() });
    await drive(test.loop, mode);
    expect(events).toEqual(['open', 'data hello', 'end', 'close']);
  });
});

it('when the first has gone, or closed its descriptor, the next may come', async () => {
  const fd = opened.eventfd(1);
  test.loop.watch(fd, { read: true }, () => expect.unreachable()).close();
  test.loop.watch(fd, { read: true }, () => expect.unreachable()).close();
  const other = test.loop.watch(fd, { read: true }, (_, self) => {
    raw.read(fd, new BigUint64Array(1));
    self.close();
  });
  await drive(test.loop);
  expect(other.isClosed).toBe(true);
});
