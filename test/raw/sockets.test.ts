// Socket calls on real sockets of the loopback and on socket pairs.
import { describe, expect, it } from 'vitest';
import { constant } from '../../lib/raw/constants.js';
import * as raw from '../../lib/raw/index.js';
import { bytesOf, fill, pattern, textOf, untilReadable } from '../support/bytes.js';
import { guardDescriptors, Opened } from '../support/descriptors.js';

guardDescriptors();
const opened = new Opened();
const NEVER_OPEN = 2 ** 31 - 1;
const AF_INET = constant('AF_INET');
const STREAM = constant('SOCK_STREAM');
const DGRAM = constant('SOCK_DGRAM');
const NONBLOCK = constant('SOCK_NONBLOCK');
const EBADF = -constant('EBADF');
const EAGAIN = -constant('EAGAIN');

const any: raw.IpAddress = { family: 'ipv4', address: '127.0.0.1', port: 0 };

describe('socket and socketpair', () => {
  it('open what was asked for, blocking unless told otherwise', () => {
    const fd = opened.keep(raw.socket(AF_INET, STREAM));
    expect(raw.fcntl(fd, constant('F_GETFL')) & constant('O_NONBLOCK')).toBe(0);
    const other = opened.keep(raw.socket(AF_INET, DGRAM | NONBLOCK, constant('IPPROTO_UDP')));
    expect(raw.fcntl(other, constant('F_GETFL')) & constant('O_NONBLOCK')).not.toBe(0);
    expect(raw.getsockopt(other, constant('SOL_SOCKET'), constant('SO_TYPE'))).toBe(DGRAM);
  });

  it('return a negative errno for families and types that do not exist', () => {
    expect(raw.socket(999, STREAM)).toBe(-constant('EAFNOSUPPORT'));
    expect(raw.socket(AF_INET, 99)).toBe(-constant('EINVAL'));
    expect(raw.socket(-1, STREAM)).toBe(-constant('EAFNOSUPPORT'));
    expect(raw.socketpair(AF_INET, STREAM)).toBe(-constant('EOPNOTSUPP'));
  });

  it('a pair is connected both ways', () => {
    const [left, right] = opened.pair();
    const buffer = new Uint8Array(8);
    for (const [from, to] of [
      [left, right],
      [right, left],
    ] as const) {
      expect(raw.send(from, bytesOf('ping'))).toBe(4);
      expect(raw.recv(to, buffer)).toBe(4);
      expect(textOf(buffer.subarray(0, 4))).toBe('ping');
    }
  });
});

describe('bind, listen, accept4 and connect', () => {
  it('connect a client to a server', () => {
    const [client, accepted] = opened.tcpPair();
    expect(raw.getpeername(client)).toEqual(raw.getsockname(accepted));
    expect(raw.getpeername(accepted)).toEqual(raw.getsockname(client));
    expect(raw.fcntl(accepted, constant('F_GETFL')) & constant('O_NONBLOCK')).not.toBe(0);
  });

  it('a non-blocking connect is under way, then writable, then without an error', () => {
    const [, address] = opened.listening();
    const client = opened.keep(raw.socket(AF_INET, STREAM | NONBLOCK));
    expect(raw.connect(client, address)).toBe(-constant('EINPROGRESS'));
    const epfd = opened.keep(raw.epoll_create1(0));
    raw.check(raw.epoll_ctl(epfd, 1, client, constant('EPOLLOUT')), 'epoll_ctl');
    expect(raw.epoll_wait(epfd, new Uint32Array(3), 1, -1)).toBe(1);
    expect(raw.getsockopt(client, constant('SOL_SOCKET'), constant('SO_ERROR'))).toBe(0);
    expect(raw.connect(client, address)).toBe(0);
    expect(raw.connect(client, address)).toBe(-constant('EISCONN'));
  });

  it('tell what is wrong: in use, refused, not listening, nobody there', () => {
    const [listener, address] = opened.listening();
    const other = opened.keep(raw.socket(AF_INET, STREAM));
    expect(raw.bind(other, address)).toBe(-constant('EADDRINUSE'));
    expect(raw.accept4(other)).toBe(-constant('EINVAL'));
    expect(raw.accept4(listener)).toBe(EAGAIN);
    opened.close(listener);
    expect(raw.connect(other, address)).toBe(-constant('ECONNREFUSED'));
  });

  it('return -EBADF for no descriptor and -ENOTSOCK for another kind', () => {
    const [readEnd] = opened.pipe();
    for (const [fd, error] of [
      [NEVER_OPEN, EBADF],
      [readEnd, -constant('ENOTSOCK')],
    ] as const) {
      expect(raw.bind(fd, any)).toBe(error);
      expect(raw.listen(fd, 1)).toBe(error);
      expect(raw.accept4(fd)).toBe(error);
      expect(raw.connect(fd, any)).toBe(error);
      expect(raw.shutdown(fd, constant('SHUT_WR'))).toBe(error);
      expect(raw.getsockname(fd)).toBe(error);
      expect(raw.getpeername(fd)).toBe(error);
      expect(raw.send(fd, new Uint8Array(1))).toBe(error);
      expect(raw.recv(fd, new Uint8Array(1))).toBe(error);
    }
  });
});

describe('shutdown and names', () => {
  it('shutdown ends one direction', () => {
    const [client, accepted] = opened.tcpPair();
    expect(raw.shutdown(client, constant('SHUT_WR'))).toBe(0);
    untilReadable(accepted);
    expect(raw.recv(accepted, new Uint8Array(1))).toBe(0);
    expect(raw.send(client, new Uint8Array(1))).toBe(-constant('EPIPE'));
    expect(raw.send(accepted, bytesOf('still'))).toBe(5);
    untilReadable(client);
    expect(raw.recv(client, new Uint8Array(8))).toBe(5);
    expect(raw.shutdown(client, 99)).toBe(-constant('EINVAL'));
  });

  it('a socket without a peer has no peer name', () => {
    const fd = opened.keep(raw.socket(AF_INET, STREAM));
    expect(raw.getpeername(fd)).toBe(-constant('ENOTCONN'));
    expect(raw.shutdown(fd, constant('SHUT_RD'))).toBe(-constant('ENOTCONN'));
    expect(raw.getsockname(fd)).toEqual({ family: 'ipv4', address: '0.0.0.0', port: 0 });
  });
});

describe('send and recv', () => {
  it('keep to offset and length, and peek with MSG_PEEK', () => {
    const [left, right] = opened.pair();
    expect(raw.send(left, bytesOf('0123456789'), 3, 4)).toBe(4);
    const buffer = bytesOf('--------');
    expect(raw.recv(right, buffer, 2, 4, constant('MSG_PEEK'))).toBe(4);
    expect(textOf(buffer)).toBe('--3456--');
    expect(raw.recv(right, buffer)).toBe(4);
    expect(raw.recv(right, buffer)).toBe(EAGAIN);
    expect(raw.recv(right, buffer, 0, 8, constant('MSG_OOB'))).toBeLessThan(0);
  });

  it('send as much as there is room for, then return -EAGAIN', () => {
    const [left, right] = opened.pair();
    const sent = fill(left);
    expect(raw.send(left, new Uint8Array(1))).toBe(EAGAIN);
    let received = 0;
    const buffer = new Uint8Array(65536);
    for (let n = raw.recv(right, buffer); n > 0; n = raw.recv(right, buffer)) received += n;
    expect(received).toBe(sent);
  });

  it('with MSG_TRUNC tell the length of a datagram, and write no more than was asked', () => {
    const [left, right] = opened.pair(DGRAM);
    expect(raw.send(left, pattern(1000))).toBe(1000);
    const buffer = new Uint8Array(64);
    expect(raw.recv(right, buffer, 0, 16, constant('MSG_TRUNC'))).toBe(1000);
    expect(buffer.subarray(0, 16)).toEqual(pattern(16));
    expect(buffer.subarray(16)).toEqual(new Uint8Array(48));
  });

  it('return -EPIPE when nobody reads any more', () => {
    const [left, right] = opened.pair();
    opened.close(right);
    expect(raw.send(left, new Uint8Array(1))).toBe(-constant('EPIPE'));
    expect(raw.recv(left, new Uint8Array(1))).toBe(0);
  });
});
