// Trap 42, between loops: two handles of one thread that both close one number. The second
// close hits whatever has been opened under it since.
//
// Without the look at HELD in Owner.adopt (lib/loop/owners.ts) the second handle is made.
// Without `owns` in Handle.closeOwned what was opened under a number is closed by who had it
// before. With the look at `owners` alone in adopt, who lost a number keeps others from it.
import { closeSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { EventLoop } from '../../lib/faces/event-loop.js';
import { constant } from '../../lib/raw/constants.js';
import * as raw from '../../lib/raw/index.js';
import { put, take } from '../support/bytes.js';
import { guardDescriptors, isOpen, Opened } from '../support/descriptors.js';
import { drive, eachWithLoop } from '../support/drive.js';

guardDescriptors();
const opened = new Opened();
const test = eachWithLoop();

/** Two loops, of which the second is closed at the end. */
async function withSecond(use: (second: EventLoop) => Promise<void> | void): Promise<void> {
  const second = new EventLoop();
  try {
    await use(second);
  } finally {
    second.close();
  }
}

const OWNERS: Record<string, [open: () => number, take: (loop: EventLoop, fd: number) => unknown]> =
  {
    'a stream': [() => opened.pipe(0)[0], (loop, fd) => loop.stream(fd, {}, {})],
    'a server': [() => opened.listening()[0], (loop, fd) => loop.listen({ fd }, {})],
  };

describe.each(Object.entries(OWNERS))('the descriptor of %s', (_name, [open, take]) => {
  it('is refused to another loop of the thread, and stays the first one’s', () =>
    withSecond(async (second) => {
      const fd = open();
      const flags = raw.fcntl(fd, constant('F_GETFL'));
      take(test.loop, fd);
      const mine = raw.fcntl(fd, constant('F_GETFL'));
      const busy = { name: 'SystemError', code: 'EBUSY', syscall: 'adopt' };
      expect(() => take(second, fd)).toThrow(expect.objectContaining(busy));
      expect(() => take(second, fd)).toThrow(/another loop owns it: .*detach/);
      expect([second.alive, raw.fcntl(fd, constant('F_GETFL'))]).toEqual([false, mine]);
      expect(() => take(test.loop, fd)).toThrow(expect.objectContaining({ code: 'EEXIST' }));
      expect(raw.fcntl(fd, constant('F_GETFD'))).toBe(constant('FD_CLOEXEC'));
      expect(flags).toBeGreaterThanOrEqual(0);
      test.loop.close();
      expect(isOpen(fd)).toBe(false);
    }));

  it('may be another loop’s once the first has closed it', () =>
    withSecond((second) => {
      const fd = open();
      take(test.loop, fd);
      test.loop.close();
      expect(raw.dup3(open(), fd)).toBe(fd);
      take(second, fd);
    }));
});

it('a number that others closed is who has it now, and is not closed by who had it', () =>
  withSecond(async (second) => {
    const [fd] = opened.pipe();
    const first = test.loop.stream(fd, {}, {});
    first.unref();
    closeSync(fd);
    const [reader, writer] = opened.pipe();
    if (reader !== fd) expect(raw.dup3(reader, fd)).toBe(fd);
    const told: string[] = [];
    const data = (_stream: unknown, chunk: Uint8Array) => told.push(Buffer.from(chunk).toString());
    const taken = second.stream(fd, {}, { data });
    first.destroy();
    await drive(test.loop);
    put(writer, 'still there');
    opened.close(writer);
    await drive(second);
    expect(told).toEqual(['still there']);
    expect(taken.error).toBeUndefined();
    expect(isOpen(fd)).toBe(false);
  }));

it('a descriptor that is ours, and no handle’s, is taken and given back when it is refused', () => {
  const [fd, peer] = opened.pair();
  test.loop.watch(fd, { read: true }, () => {}).unref();
  const refused = expect.objectContaining({ code: 'EEXIST' });
  expect(() => test.loop.stream(fd, {}, {})).toThrow(refused);
  put(peer, 'unread');
  expect(take(fd)).toBe('unread');
  expect(raw.close(fd)).toBe(0);
});
