// What goes along with a message over Unix sockets: descriptors and credentials, both ways.
import { closeSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { constant } from '../../lib/raw/constants.js';
import * as raw from '../../lib/raw/index.js';
import { bytesOf } from '../support/bytes.js';
import {
  countDescriptors,
  guardDescriptors,
  isCloseOnExec,
  isOpen,
  Opened,
} from '../support/descriptors.js';
import { ONE_BYTE, receive as receiveFrom, send } from './ancillary-messages.js';

guardDescriptors();
const opened = new Opened();
const isLinux = process.platform === 'linux';
const DGRAM = constant('SOCK_DGRAM');
const SEQPACKET = constant('SOCK_SEQPACKET');
const STREAM = constant('SOCK_STREAM');
const SOL_SOCKET = constant('SOL_SOCKET');
const EINVAL = -constant('EINVAL');
const NEVER_OPEN = 2 ** 31 - 1;

const receive = (fd: number, room?: Partial<raw.MessageRoom>, flags?: number) =>
  receiveFrom(opened, fd, room, flags);
const ancillaryOf = (fd: number, room?: Partial<raw.MessageRoom>) => receive(fd, room).ancillary;

const isSame = (one: number, other: number): boolean => {
  const [a, b] = [fstatSync(one), fstatSync(other)];
  return a.dev === b.dev && a.ino === b.ino;
};

describe.each(Object.entries({ STREAM, DGRAM, SEQPACKET }))(
  'descriptors over SOCK_%s',
  (_, type) => {
    it('arrive in order, close-on-exec, and are the receiver’s to close', () => {
      const [left, right] = opened.pair(type);
      const pipe = opened.pipe();
      expect(send(left, { fds: [...pipe, pipe[0]] })).toBe(1);
      const { fds, truncated } = ancillaryOf(right, { maxFds: 3 });
      expect(truncated).toBe(false);
      expect(fds.map((fd, i) => isSame(fd, pipe[i % 2] as number))).toEqual([true, true, true]);
      for (const fd of fds) {
        expect(isCloseOnExec(fd)).toBe(true);
        expect(raw.close(fd)).toBe(0);
      }
      expect(pipe.every(isOpen)).toBe(true);
    });
  },
);

describe('descriptors', () => {
  it('may be closed by who sent them', () => {
    const [left, right] = opened.pair();
    const [readEnd, writeEnd] = opened.pipe();
    send(left, { fds: [readEnd] });
    opened.close(readEnd);
    raw.write(writeEnd, bytesOf('through'));
    const [passed] = ancillaryOf(right, { maxFds: 1 }).fds;
    expect(raw.read(passed as number, new Uint8Array(16))).toBe(7);
  });

  it('that nobody asked for are closed, and that is told', () => {
    const [left, right] = opened.pair();
    const [readEnd] = opened.pipe();
    const before = countDescriptors();
    for (const [sent, maxFds] of [
      [1, 0],
      [1, undefined],
      [2, 1],
      [3, 2],
      [40, 1],
      [253, 1],
      [253, 252],
    ]) {
      send(left, { fds: Array<number>(sent as number).fill(readEnd) });
      const got = receive(right, { maxFds });
      expect(got).toMatchObject({ bytes: 1, ancillary: { truncated: true } });
      expect(got.ancillary.fds).toHaveLength(maxFds ?? 0);
      opened.close(...got.ancillary.fds);
      expect(countDescriptors()).toBe(before);
    }
    // By a call that does not know of them.
    send(left, { fds: [readEnd] });
    expect(raw.recv(right, new Uint8Array(1))).toBe(1);
    expect(countDescriptors()).toBe(before);
  });

  it('go with a message by 253', () => {
    const [left, right] = opened.pair();
    const [readEnd] = opened.pipe();
    expect(send(left, { fds: Array<number>(253).fill(readEnd) })).toBe(1);
    const { fds, truncated } = ancillaryOf(right, { maxFds: 253 });
    expect([fds.length, new Set(fds).size, truncated]).toEqual([253, 253, false]);
    const range = expect.objectContaining({ code: 'ERR_OUT_OF_RANGE' });
    expect(() => send(left, { fds: Array<number>(254).fill(readEnd) })).toThrow(range);
    // Two records of one kind are the kernel's to count.
    const rights = {
      level: SOL_SOCKET,
      type: constant('SCM_RIGHTS'),
      data: Int32Array.of(readEnd),
    };
    const tooMany = { fds: Array<number>(253).fill(readEnd), raw: [rights] };
    expect(send(left, tooMany)).toBe(isLinux ? EINVAL : expect.any(Number));
    expect(raw.recvmsg(right, { buffers: ONE_BYTE })).toBe(-constant('EAGAIN'));
  });

  it('are looked at by MSG_PEEK as duplicates', () => {
    const [left, right] = opened.pair();
    send(left, { fds: [left] });
    const peeked = receive(right, { maxFds: 1 }, constant('MSG_PEEK')).ancillary.fds;
    const taken = ancillaryOf(right, { maxFds: 1 }).fds;
    expect(taken).toHaveLength(1);
    if (isLinux) expect(peeked).toHaveLength(1);
  });

  it('that are none are -EBADF, and no numbers a TypeError', () => {
    const [left, right] = opened.pair();
    expect(send(left, { fds: [left, NEVER_OPEN] })).toBe(-constant('EBADF'));
    for (const fds of ['x', 7, {}, [null], [1.5], [-1], ['1']]) {
      const misuse = expect.objectContaining({ code: expect.stringMatching(/^ERR_/) });
      expect(() => send(left, { fds } as never)).toThrow(misuse);
    }
    expect(raw.recv(right, new Uint8Array(1))).toBe(-constant('EAGAIN'));
    // A descriptor over a socket that carries none.
    const [client] = opened.tcpPair();
    expect(send(client, { fds: [left] })).toSatisfy((n) => n === 1 || n < 0);
  });

  it('not a one is left of 600 messages, half of them not taken', () => {
    const [left, right] = opened.pair(DGRAM);
    const file = openSync(import.meta.filename, 'r');
    const before = countDescriptors();
    for (let i = 0; i < 600; i++) {
      send(left, { fds: [file, file] });
      const got = raw.check(raw.recvmsg(right, { buffers: ONE_BYTE, maxFds: i % 2 }), 'recvmsg');
      for (const fd of got.ancillary.fds) raw.close(fd);
      if (i % 3 === 0 && raw.supported.recvmmsg) {
        const message = { buffers: ONE_BYTE, ancillary: { fds: [file, file] } };
        raw.sendmmsg(left, [message, message]);
        const room = { buffers: ONE_BYTE, maxFds: 1 };
        for (const one of raw.check(raw.recvmmsg(right, [room, room]), 'recvmmsg')) {
          for (const fd of one.ancillary.fds) expect(raw.close(fd)).toBe(0);
        }
      }
    }
    expect(countDescriptors()).toBe(before);
    expect(readSync(file, new Uint8Array(1))).toBe(1);
    closeSync(file);
  });
});

describe.runIf(isLinux)('credentials', () => {
  const own = { pid: process.pid, uid: process.getuid?.(), gid: process.getgid?.() };

  it('come where SO_PASSCRED asks for them, whoever tells them', () => {
    const [left, right] = opened.pair();
    send(left, {});
    expect(ancillaryOf(right).credentials).toBe(undefined);
    raw.check(raw.setsockopt(right, SOL_SOCKET, constant('SO_PASSCRED'), 1), 'setsockopt');
    send(left, {});
    expect(ancillaryOf(right).credentials).toEqual(own);
    send(left, { credentials: own as raw.Credentials });
    expect(ancillaryOf(right).credentials).toEqual(own);
  });

  it('of nobody are refused', () => {
    const [left] = opened.pair();
    const nobody = { pid: 2 ** 31 - 1, uid: 0, gid: 0 };
    expect(send(left, { credentials: nobody })).toBeLessThan(0);
    for (const credentials of [
      7,
      {},
      { pid: 1 },
      { ...nobody, uid: -1 },
      { ...nobody, gid: 2 ** 32 },
    ]) {
      const misuse = expect.objectContaining({ code: expect.stringMatching(/^ERR_/) });
      expect(() => send(left, { credentials } as never)).toThrow(misuse);
    }
  });

  it('may be a descriptor of the process, which is closed like any', () => {
    const [left, right] = opened.pair();
    const SO_PASSPIDFD = 76;
    // Linux 6.5
    if (raw.setsockopt(right, SOL_SOCKET, SO_PASSPIDFD, 1) < 0) return;
    send(left, {});
    const { pidfd } = ancillaryOf(right);
    expect(isCloseOnExec(pidfd as number)).toBe(true);
    const info = readFileSync(`/proc/self/fdinfo/${pidfd}`, 'utf8');
    expect(info).toMatch(new RegExp(`^Pid:\\s+${process.pid}$`, 'm'));
    expect(raw.close(pidfd as number)).toBe(0);
  });
});
