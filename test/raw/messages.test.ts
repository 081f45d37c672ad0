// Messages to and from addresses of every kind, on real sockets.
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { constant } from '../../lib/raw/constants.js';
import * as raw from '../../lib/raw/index.js';
import { bytesOf, pattern, textOf, untilReadable } from '../support/bytes.js';
import { guardDescriptors, Opened } from '../support/descriptors.js';
import { temporaryFolder } from '../support/folder.js';

guardDescriptors();
const opened = new Opened();
const AF_INET = constant('AF_INET');
const MSG_PEEK = constant('MSG_PEEK');
const AF_INET6 = constant('AF_INET6');
const AF_UNIX = constant('AF_UNIX');
const DGRAM = constant('SOCK_DGRAM');
const EAGAIN = -constant('EAGAIN');
const EINVAL = -constant('EINVAL');
const EBADF = -constant('EBADF');
const NEVER_OPEN = 2 ** 31 - 1;
const MSG_TRUNC = constant('MSG_TRUNC');
const isLinux = process.platform === 'linux';

const V4: raw.IpAddress = { family: 'ipv4', address: '127.0.0.1', port: 0 };
const V6: raw.IpAddress = { family: 'ipv6', address: '::1', port: 0 };

/** A socket of datagrams, non-blocking, and the name that it is bound to. */
function bound(domain: number, address: raw.Address): [fd: number, name: raw.Address] {
  const fd = opened.keep(raw.socket(domain, DGRAM | constant('SOCK_NONBLOCK')), 'socket');
  raw.check(raw.bind(fd, address), 'bind');
  return [fd, raw.getsockname(fd) as raw.Address];
}

function send(fd: number, text: string, to: raw.Address): number {
  return raw.sendto(fd, bytesOf(text), 0, text.length, 0, to);
}

/** The text that came, and who sent it. */
function receive(fd: number): { text: string; from: raw.Address | undefined } {
  const buffer = new Uint8Array(64);
  untilReadable(fd);
  const { bytes, address } = raw.check(raw.recvfrom(fd, buffer), 'recvfrom');
  return { text: textOf(buffer.subarray(0, bytes)), from: address };
}

const abstract = (name: string): string => `\0rawloop-messages-${process.pid}-${name}`;

const KINDS: [kind: string, domain: number, names: () => [raw.Address, raw.Address]][] = [
  ['IPv4', AF_INET, () => [V4, { ...V4, address: '127.0.0.2' }]],
  ['IPv6', AF_INET6, () => [V6, V6]],
  [
    'Unix paths',
    AF_UNIX,
    () => {
      const folder = temporaryFolder();
      const at = (name: string): raw.Address => ({ family: 'unix', path: join(folder, name) });
      return [at('one'), at('other')];
    },
  ],
  [
    'abstract names',
    AF_UNIX,
    () => [
      { family: 'unix', path: abstract('one') },
      { family: 'unix', path: `${abstract('other')}\0ä` },
    ],
  ],
];

it.each(KINDS)(
  'sendto and recvfrom with %s tell who sent, and reach who is named',
  (_, domain, names) => {
    const [one, other] = names();
    const [left, leftName] = bound(domain, one);
    const [right, rightName] = bound(domain, other);
    expect(send(left, 'ping', rightName)).toBe(4);
    const { text, from } = receive(right);
    expect({ text, from }).toEqual({ text: 'ping', from: leftName });
    expect(send(right, 'pong', from as raw.Address)).toBe(4);
    expect(receive(left)).toEqual({ text: 'pong', from: rightName });
  },
);

describe('sendto and recvfrom', () => {
  it('know no name of a sender that has none', () => {
    const path = abstract('named');
    const [fd] = bound(AF_UNIX, { family: 'unix', path });
    const nameless = opened.keep(raw.socket(AF_UNIX, DGRAM));
    expect(send(nameless, 'x', { family: 'unix', path })).toBe(1);
    expect(receive(fd)).toEqual({ text: 'x', from: undefined });
    expect(raw.getsockname(nameless)).toEqual({ family: 'unix', path: '' });
    expect(send(nameless, 'x', { family: 'unix', path: '' })).toBe(EINVAL);
  });

  it('without an address send to the peer, of which a stream tells no name', () => {
    const [client, accepted] = opened.tcpPair();
    expect(raw.sendto(client, bytesOf('0123'), 1, 2)).toBe(2);
    expect(raw.sendto(client, bytesOf('0123'), 3, 1, 0, null)).toBe(1);
    const buffer = bytesOf('-----');
    // All three at once.
    while (Number(raw.recv(accepted, new Uint8Array(3), 0, 3, MSG_PEEK)) < 3)
      untilReadable(accepted);
    expect(raw.recvfrom(accepted, buffer, 1, 3)).toEqual({ bytes: 3, address: undefined });
    expect(textOf(buffer)).toBe('-123-');
    expect(raw.recvfrom(accepted, buffer)).toBe(EAGAIN);
  });

  it('take the bytes of a sockaddr, and give them for a family without a form', () => {
    const [to, name] = bound(AF_INET, V4);
    const [from] = bound(AF_INET, V4);
    const sockaddr = new DataView(new ArrayBuffer(16));
    sockaddr.setUint16(0, AF_INET, true);
    sockaddr.setUint16(2, (name as raw.IpAddress).port);
    sockaddr.setUint32(4, 0x7f000001);
    expect(send(from, 'raw', new Uint8Array(sockaddr.buffer))).toBe(3);
    expect(receive(to).text).toBe('raw');
  });

  it('tell of a datagram that did not fit', () => {
    const [to, name] = bound(AF_INET, V4);
    raw.sendto(to, pattern(100), 0, 100, 0, name);
    untilReadable(to);
    expect(raw.recvfrom(to, new Uint8Array(10), 0, 10, MSG_TRUNC)).toEqual({
      bytes: isLinux ? 100 : 10,
      address: name,
    });
  });

  it('give -errno for what is no socket, no peer, no address', () => {
    const [readEnd] = opened.pipe();
    const [udp] = bound(AF_INET, V4);
    expect(send(NEVER_OPEN, 'x', V4)).toBe(EBADF);
    expect(send(readEnd, 'x', V4)).toBe(-constant('ENOTSOCK'));
    expect(raw.sendto(udp, bytesOf('x'))).toBe(-constant('EDESTADDRREQ'));
    expect(send(udp, 'x', { ...V4, address: 'localhost' })).toBe(EINVAL);
    expect(send(udp, 'x', { family: 'unix', path: '/'.repeat(200) })).toBe(
      -constant('ENAMETOOLONG'),
    );
    expect(raw.recvfrom(udp, new Uint8Array(1))).toBe(EAGAIN);
    expect(raw.recvfrom(NEVER_OPEN, new Uint8Array(1))).toBe(EBADF);
  });
});

describe('scope and flow of IPv6', () => {
  /** The interface of the loopback. */
  const lo = isLinux ? 'lo' : 'lo0';

  it('are told where there are any', () => {
    const group = { family: 'ipv6', address: 'ff02::1', port: 0, scopeId: 1 } as const;
    const [, name] = bound(AF_INET6, group);
    expect(name).toMatchObject({ address: `ff02::1%${lo}`, scopeId: 1 });
    const [, again] = bound(AF_INET6, { ...(name as raw.IpAddress), port: 0 });
    expect(again).toMatchObject({ address: `ff02::1%${lo}`, scopeId: 1 });
    const [, plain] = bound(AF_INET6, V6);
    expect(Object.keys(plain)).toEqual(['family', 'address', 'port']);
  });

  it('contradict neither the text nor their range', () => {
    const fd = opened.keep(raw.socket(AF_INET6, DGRAM));
    const zoned = { ...V6, address: `ff02::1%${lo}` };
    expect(raw.bind(fd, { ...zoned, scopeId: 2 })).toBe(EINVAL);
    for (const wrong of [{ scopeId: -1 }, { scopeId: 2 ** 32 }, { flowInfo: 2 ** 28 }]) {
      expect(() => raw.bind(fd, { ...V6, ...wrong })).toThrow(RangeError);
    }
    expect(() => raw.bind(fd, { ...V6, scopeId: 'lo' } as never)).toThrow(TypeError);
    expect(raw.bind(fd, { ...zoned, scopeId: 1 })).toBe(0);
  });

  it.runIf(isLinux)('the flow of a connected socket is its peer’s', () => {
    const [, name] = bound(AF_INET6, V6);
    const fd = opened.keep(raw.socket(AF_INET6, DGRAM));
    const IPV6_FLOWINFO_SEND = 33;
    raw.check(raw.setsockopt(fd, constant('IPPROTO_IPV6'), IPV6_FLOWINFO_SEND, 1), 'setsockopt');
    // A traffic class alone: a label has to be leased from the kernel first.
    const flowInfo = 0x0b8_00000;
    raw.check(raw.connect(fd, { ...(name as raw.IpAddress), flowInfo }), 'connect');
    expect(raw.getpeername(fd)).toMatchObject({ address: '::1', flowInfo });
  });
});

describe('sendmsg and recvmsg', () => {
  it('gather and scatter, with addresses', () => {
    const [left, leftName] = bound(AF_INET, V4);
    const [right, rightName] = bound(AF_INET, V4);
    const buffers = [bytesOf('one '), new Uint8Array(0), bytesOf('message')];
    expect(raw.sendmsg(left, { buffers, address: rightName })).toBe(11);
    const into = [new Uint8Array(3), new DataView(new ArrayBuffer(20))];
    const got = raw.check(raw.recvmsg(right, { buffers: into }), 'recvmsg');
    expect(got).toMatchObject({ bytes: 11, address: leftName, flags: 0 });
    expect(textOf(into[0] as Uint8Array)).toBe('one');
    expect(textOf(new Uint8Array((into[1] as DataView).buffer, 0, 8))).toBe(' message');
    expect(got.ancillary).toEqual({ fds: [], truncated: false, raw: [] });
  });

  it('keep records apart, tell what did not fit and what is empty', () => {
    const [left, right] = opened.pair(constant('SOCK_SEQPACKET'));
    for (const text of ['first', '', 'third']) {
      expect(raw.sendmsg(left, { buffers: [bytesOf(text)] })).toBe(text.length);
    }
    const into = new Uint8Array(3);
    const next = (flags = 0) =>
      raw.check(raw.recvmsg(right, { buffers: [into] }, flags), 'recvmsg');
    expect(next(constant('MSG_PEEK')).bytes).toBe(3);
    const first = next();
    expect([first.bytes, first.flags & MSG_TRUNC, first.address]).toEqual([
      3,
      MSG_TRUNC,
      undefined,
    ]);
    expect(textOf(into)).toBe('fir');
    expect(next().bytes).toBe(0);
    if (isLinux) expect(next(MSG_TRUNC).bytes).toBe(5);
    raw.shutdown(left, constant('SHUT_WR'));
    expect(raw.recvmsg(right, { buffers: [into] })).toMatchObject({ bytes: 0 });
  });

  it('give -errno, and never SIGPIPE', () => {
    const [left, right] = opened.pair();
    const buffers = [new Uint8Array(1)];
    expect(raw.recvmsg(right, { buffers })).toBe(EAGAIN);
    opened.close(right);
    expect(raw.sendmsg(left, { buffers })).toBe(-constant('EPIPE'));
    expect(raw.recvmsg(left, { buffers })).toMatchObject({ bytes: 0 });
    expect(raw.sendmsg(NEVER_OPEN, { buffers })).toBe(EBADF);
    expect(raw.recvmsg(NEVER_OPEN, { buffers })).toBe(EBADF);
    expect(raw.sendmsg(left, { buffers, address: { ...V4, address: 'x' } })).toBe(EINVAL);
  });

  it('refuse messages that are none', () => {
    const [fd] = opened.pair();
    const wrong = (code: string) => expect.objectContaining({ code });
    const type = wrong('ERR_INVALID_ARG_TYPE');
    const range = wrong('ERR_OUT_OF_RANGE');
    for (const message of [undefined, null, 7, 'x', [], {}, { buffers: null }, { buffers: [7] }]) {
      expect(() => raw.sendmsg(fd, message as never)).toThrow(type);
      expect(() => raw.recvmsg(fd, message as never)).toThrow(type);
    }
    const buffers = [new Uint8Array(1)];
    for (const address of [7, {}, { family: 'ipv4', address: 7 }]) {
      expect(() => raw.sendmsg(fd, { buffers, address } as never)).toThrow(type);
    }
    for (const room of [{ maxFds: 254 }, { maxFds: -1 }, { controlBytes: 65537 }]) {
      expect(() => raw.recvmsg(fd, { buffers, ...room })).toThrow(range);
    }
    const many = Array<Uint8Array>(1025).fill(new Uint8Array(1));
    expect(() => raw.recvmsg(fd, { buffers: many })).toThrow(range);
    expect(() => raw.sendmsg(fd, { buffers: many })).toThrow(range);
  });

  it('do not look at what somebody put on a prototype', () => {
    const [left, right] = opened.pair();
    const polluted = Object.prototype as unknown as Record<string, unknown>;
    polluted['ancillary'] = { fds: [right] };
    polluted['maxFds'] = 'many';
    try {
      expect(raw.sendmsg(left, { buffers: [bytesOf('x')] })).toBe(1);
      const got = raw.recvmsg(right, { buffers: [new Uint8Array(1)] });
      expect(got).toMatchObject({ bytes: 1, ancillary: { fds: [], truncated: false } });
    } finally {
      delete polluted['ancillary'];
      delete polluted['maxFds'];
    }
  });
});
