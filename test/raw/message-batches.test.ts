// Many messages by one call, on real sockets.
import { describe, expect, it } from 'vitest';
import { constant } from '../../lib/raw/constants.js';
import * as raw from '../../lib/raw/index.js';
import { bytesOf } from '../support/bytes.js';
import { guardDescriptors, Opened } from '../support/descriptors.js';

guardDescriptors();
const opened = new Opened();
const DGRAM = constant('SOCK_DGRAM');
const EAGAIN = -constant('EAGAIN');
const EINVAL = -constant('EINVAL');
const EBADF = -constant('EBADF');
const NEVER_OPEN = 2 ** 31 - 1;

const V4: raw.IpAddress = { family: 'ipv4', address: '127.0.0.1', port: 0 };

/** A UDP socket, non-blocking, and its name. */
function udp(): [fd: number, name: raw.Address] {
  const type = DGRAM | constant('SOCK_NONBLOCK');
  const fd = opened.keep(raw.socket(constant('AF_INET'), type), 'socket');
  raw.check(raw.bind(fd, V4), 'bind');
  return [fd, raw.getsockname(fd) as raw.Address];
}

describe.runIf(raw.supported.sendmmsg)('sendmmsg and recvmmsg', () => {
  const rooms = (count: number) =>
    Array.from({ length: count }, () => ({ buffers: [new Uint8Array(8)] }));

  it('carry many messages, each with its own address', () => {
    const [left, leftName] = udp();
    const [right, rightName] = udp();
    const [third, thirdName] = udp();
    const messages = ['a', 'bb', 'ccc'].map((text, i) => ({
      buffers: [bytesOf(text)],
      address: i === 1 ? thirdName : rightName,
    }));
    expect(raw.sendmmsg(left, messages)).toEqual([1, 2, 3]);
    const into = rooms(4);
    const got = raw.check(raw.recvmmsg(right, into), 'recvmmsg');
    expect(got).toMatchObject([
      { bytes: 1, address: leftName },
      { bytes: 3, address: leftName },
    ]);
    expect(into.map(({ buffers: [buffer] }) => buffer?.[0])).toEqual([0x61, 0x63, 0, 0]);
    expect(raw.recvfrom(third, new Uint8Array(8))).toEqual({ bytes: 2, address: leftName });
    expect(raw.recvmmsg(right, into)).toBe(EAGAIN);
  });

  it('send none when one of them is wrong, and those before a refused one', () => {
    const [left, right] = opened.pair(DGRAM);
    const good = { buffers: [bytesOf('x')] };
    expect(() => raw.sendmmsg(left, [good, { buffers: [7] } as never])).toThrow(TypeError);
    const noAddress = { ...good, address: { ...V4, address: 'x' } };
    expect(raw.sendmmsg(left, [good, noAddress])).toBe(EINVAL);
    expect(raw.recvmmsg(right, rooms(1))).toBe(EAGAIN);
    const closed = { ...good, ancillary: { fds: [NEVER_OPEN] } };
    expect(raw.sendmmsg(left, [good, closed])).toEqual([1]);
    expect(raw.sendmmsg(left, [closed, good])).toBe(EBADF);
    expect(raw.recvmmsg(right, rooms(2))).toHaveLength(1);
  });

  it('take none, and at most 1024', () => {
    const [left, right] = opened.pair(DGRAM);
    expect(raw.sendmmsg(left, [])).toEqual([]);
    expect(raw.recvmmsg(right, [])).toEqual([]);
    const empty = Array.from({ length: 1025 }, () => ({ buffers: [] }));
    const range = expect.objectContaining({ code: 'ERR_OUT_OF_RANGE' });
    expect(() => raw.sendmmsg(left, empty)).toThrow(range);
    expect(() => raw.recvmmsg(right, empty)).toThrow(range);
    for (const messages of [undefined, {}, 'x', [null]]) {
      expect(() => raw.sendmmsg(left, messages as never)).toThrow(TypeError);
      expect(() => raw.recvmmsg(right, messages as never)).toThrow(TypeError);
    }
  });
});
