// The constants and the list of what is supported.
import os from 'node:os';
import { describe, expect, it } from 'vitest';
import { constant, constants } from '../../lib/raw/constants.js';
import * as raw from '../../lib/raw/index.js';

describe('constants', () => {
  it('agree with those that Node has', () => {
    const ofNode = { ...os.constants.errno, ...os.constants.signals } as Record<string, number>;
    for (const [name, value] of Object.entries(ofNode)) {
      // What this platform lacks, Node leaves out as well.
      if (constants[name] !== undefined) expect([name, constants[name]]).toEqual([name, value]);
    }
    expect(constants['ECONNRESET']).toBe(os.constants.errno.ECONNRESET);
    expect(constants['SIGHUP']).toBe(1);
  });

  it('hold each group that is promised', () => {
    const names = [
      ['EPOLLIN', 'EPOLLOUT', 'EPOLLPRI', 'EPOLLERR', 'EPOLLHUP', 'EPOLLRDHUP', 'EPOLLET'],
      ['EPOLLONESHOT', 'EPOLLEXCLUSIVE', 'EPOLL_CTL_ADD', 'EPOLL_CTL_MOD', 'EPOLL_CTL_DEL'],
      ['AF_INET', 'AF_INET6', 'AF_UNIX', 'SOCK_STREAM', 'SOCK_DGRAM', 'SOCK_SEQPACKET'],
      ['SOCK_NONBLOCK', 'SOCK_CLOEXEC', 'SOL_SOCKET', 'SO_REUSEADDR', 'SO_REUSEPORT', 'SO_ERROR'],
      ['TCP_NODELAY', 'IPPROTO_TCP', 'IPPROTO_UDP', 'IPPROTO_IPV6', 'IPV6_V6ONLY', 'IP_TTL'],
      ['MSG_PEEK', 'MSG_DONTWAIT', 'MSG_NOSIGNAL', 'MSG_TRUNC', 'SHUT_RD', 'SHUT_WR', 'SHUT_RDWR'],
      ['O_NONBLOCK', 'O_CLOEXEC', 'F_GETFL', 'F_SETFL', 'F_GETFD', 'F_SETFD', 'FD_CLOEXEC'],
      ['SIGTERM', 'SIGKILL', 'SIGUSR1', 'EAGAIN', 'EINPROGRESS', 'EMFILE', 'EINTR'],
    ].flat();
    expect(names.filter((name) => typeof constants[name] !== 'number')).toEqual([]);
  });

  it('are integers that a call takes, frozen, under names of the kernel', () => {
    expect(Object.isFrozen(constants)).toBe(true);
    for (const [name, value] of Object.entries(constants)) {
      expect(name).toMatch(/^[A-Z][A-Z0-9_]*$/i);
      expect(Number.isSafeInteger(value)).toBe(true);
    }
    expect(constants['EPOLLET']).toBe(2 ** 31);
  });

  it('have no name that this platform lacks', () => {
    expect(constants['SO_NOSIGPIPE']).toBeUndefined();
    expect(() => constant('SO_NOSIGPIPE')).toThrow('SO_NOSIGPIPE is not defined');
  });
});

describe('supported', () => {
  it('names every call of this module, and no other', () => {
    const calls = Object.entries(raw)
      .filter(
        ([name, value]) =>
          typeof value === 'function' &&
          !/^(check|SystemError|KeventList|inotifyEvents|signalInfos|signalMask)$/.test(name),
      )
      .map(([name]) => name);
    expect(Object.keys(raw.supported).sort()).toEqual(calls.sort());
  });

  it('tells what a call then does: one that is supported does not return -ENOSYS', () => {
    expect(raw.supported.epoll_wait).toBe(true);
    expect(raw.supported.eventfd).toBe(true);
    const epfd = raw.check(raw.epoll_create1(0), 'epoll_create1');
    const result = raw.epoll_pwait2(epfd, new Uint32Array(3), 1, 0);
    raw.close(epfd);
    expect(result).toBe(raw.supported.epoll_pwait2 ? 0 : -constant('ENOSYS'));
    expect(Object.isFrozen(raw.supported)).toBe(true);
  });
});
