// Calls on one descriptor: what they return when they succeed, and when they fail.
import { describe, expect, it } from 'vitest';
import { constant } from '../../lib/raw/constants.js';
import * as raw from '../../lib/raw/index.js';
import { bytesOf, fill, pattern, put, take, textOf } from '../support/bytes.js';
import { duplicate, guardDescriptors, isOpen, Opened } from '../support/descriptors.js';

guardDescriptors();
const opened = new Opened();
const NEVER_OPEN = 2 ** 31 - 1;
const EAGAIN = -constant('EAGAIN');
const EBADF = -constant('EBADF');
const EINVAL = -constant('EINVAL');
const EPIPE = -constant('EPIPE');

describe('read and write', () => {
  it('carry bytes from one end of a pipe to the other', () => {
    const [readEnd, writeEnd] = opened.pipe();
    expect(raw.write(writeEnd, bytesOf('hello'))).toBe(5);
    const buffer = new Uint8Array(16);
    expect(raw.read(readEnd, buffer)).toBe(5);
    expect(textOf(buffer.subarray(0, 5))).toBe('hello');
  });

  it('keep to the offset and the length', () => {
    const [readEnd, writeEnd] = opened.pipe();
    expect(raw.write(writeEnd, bytesOf('0123456789'), 2, 5)).toBe(5);
    const buffer = bytesOf('----------');
    expect(raw.read(readEnd, buffer, 4, 3)).toBe(3);
    expect(textOf(buffer)).toBe('----234---');
    expect(raw.read(readEnd, buffer, 9)).toBe(1);
    expect(textOf(buffer)).toBe('----234--5');
  });

  it('take an offset without a length, and null for either', () => {
    const [readEnd, writeEnd] = opened.pipe();
    expect(raw.write(writeEnd, bytesOf('abcdef'), 4)).toBe(2);
    const write = raw.write as (...args: unknown[]) => number;
    expect(write(writeEnd, bytesOf('gh'), null, null)).toBe(2);
    expect(take(readEnd)).toBe('efgh');
  });

  it('do nothing with a length of 0, also at the very end of the buffer', () => {
    const [readEnd, writeEnd] = opened.pipe();
    expect(raw.write(writeEnd, new Uint8Array(4), 4)).toBe(0);
    expect(raw.write(writeEnd, new Uint8Array(4), 1, 0)).toBe(0);
    expect(raw.read(readEnd, new Uint8Array(0))).toBe(0);
  });

  it('refuse an offset or a length beyond the buffer, before any byte moves', () => {
    const [readEnd, writeEnd] = opened.pipe();
    const buffer = new Uint8Array(8);
    for (const [offset, length] of [[9], [0, 9], [8, 1], [2, 7], [2 ** 53 - 1, 2 ** 53 - 1]]) {
      const refused = { name: 'RangeError', code: 'ERR_OUT_OF_RANGE' };
      expect(() => raw.write(writeEnd, buffer, offset, length)).toThrow(
        expect.objectContaining(refused),
      );
      expect(() => raw.read(readEnd, buffer, offset, length)).toThrow(
        expect.objectContaining(refused),
      );
    }
    expect(take(readEnd)).toBe('');
  });

  it('return -EAGAIN for an empty and for a full pipe', () => {
    const [readEnd, writeEnd] = opened.pipe();
    expect(raw.read(readEnd, new Uint8Array(1))).toBe(EAGAIN);
    expect(fill(writeEnd)).toBeGreaterThan(0);
    expect(raw.write(writeEnd, new Uint8Array(1))).toBe(EAGAIN);
  });

  it('return 0 at the end, -EPIPE without a reader and -EBADF for no descriptor', () => {
    const [readEnd, writeEnd] = opened.pipe();
    opened.close(writeEnd);
    expect(raw.read(readEnd, new Uint8Array(1))).toBe(0);
    const [otherRead, otherWrite] = opened.pipe();
    opened.close(otherRead);
    expect(raw.write(otherWrite, new Uint8Array(1))).toBe(EPIPE);
    expect(raw.read(NEVER_OPEN, new Uint8Array(1))).toBe(EBADF);
    expect(raw.write(NEVER_OPEN, new Uint8Array(1))).toBe(EBADF);
  });
});

describe('readv and writev', () => {
  it('gather many buffers and scatter them again', () => {
    const [readEnd, writeEnd] = opened.pipe();
    const parts = [pattern(10), new Uint8Array(0), pattern(1000, 5), pattern(3, 9)];
    expect(raw.writev(writeEnd, parts)).toBe(1013);
    const into = [new Uint8Array(500), new Uint8Array(0), new Uint8Array(1000)];
    expect(raw.readv(readEnd, into)).toBe(1013);
    expect(Buffer.concat(into).subarray(0, 1013).equals(Buffer.concat(parts))).toBe(true);
  });

  it('take 1,024 buffers and no more', () => {
    const [readEnd, writeEnd] = opened.pipe();
    expect(raw.writev(writeEnd, Array(1024).fill(bytesOf('ab')))).toBe(2048);
    expect(raw.readv(readEnd, Array(1024).fill(new Uint8Array(1)))).toBe(1024);
    const tooMany = Array(1025).fill(new Uint8Array(1));
    expect(() => raw.writev(writeEnd, tooMany)).toThrow(RangeError);
    expect(() => raw.readv(readEnd, tooMany)).toThrow(RangeError);
  });

  it('return 0 for no buffers and at the end, -EAGAIN and -EBADF otherwise', () => {
    const [readEnd, writeEnd] = opened.pipe();
    expect(raw.writev(writeEnd, [])).toBe(0);
    expect(raw.readv(readEnd, [new Uint8Array(1)])).toBe(EAGAIN);
    expect(raw.writev(NEVER_OPEN, [new Uint8Array(1)])).toBe(EBADF);
    opened.close(writeEnd);
    expect(raw.readv(readEnd, [new Uint8Array(1)])).toBe(0);
  });

  it('refuse an array with a member that is no memory, before any byte moves', () => {
    const [readEnd, writeEnd] = opened.pipe();
    for (const member of ['text', 7, null, undefined, {}, [1, 2]]) {
      const buffers = [bytesOf('x'), member] as Uint8Array[];
      const refused = { name: 'TypeError', code: 'ERR_INVALID_ARG_TYPE' };
      expect(() => raw.writev(writeEnd, buffers)).toThrow(expect.objectContaining(refused));
      expect(() => raw.readv(readEnd, buffers)).toThrow(expect.objectContaining(refused));
    }
    expect(take(readEnd)).toBe('');
  });
});

describe('close and adopt', () => {
  it('close ends what was opened here, once', () => {
    const fd = opened.eventfd();
    expect(raw.close(fd)).toBe(0);
    expect(isOpen(fd)).toBe(false);
    expect(raw.close(fd)).toBe(EBADF);
    expect(raw.close(NEVER_OPEN)).toBe(EBADF);
  });

  it('adopt takes what is open, and says -EBADF for what is not', () => {
    const fd = opened.eventfd();
    expect(raw.adopt(fd)).toBe(0);
    expect(raw.adopt(NEVER_OPEN)).toBe(EBADF);
  });
});

describe('fcntl', () => {
  it('reads and sets flags', () => {
    const [readEnd] = opened.pipe(0);
    const flags = raw.fcntl(readEnd, constant('F_GETFL'));
    expect(flags & constant('O_NONBLOCK')).toBe(0);
    expect(raw.fcntl(readEnd, constant('F_SETFL'), flags | constant('O_NONBLOCK'))).toBe(0);
    expect(raw.read(readEnd, new Uint8Array(1))).toBe(EAGAIN);
  });

  it('duplicates a descriptor, which close then serves', () => {
    const [readEnd, writeEnd] = opened.pipe();
    const copy = duplicate(readEnd);
    put(writeEnd, 'once');
    expect(take(copy)).toBe('once');
    expect(raw.fcntl(readEnd, constant('F_DUPFD'), 100)).toBeGreaterThanOrEqual(100);
    expect(raw.close(copy)).toBe(0);
    for (let fd = 100; isOpen(fd); fd++) raw.close(fd);
  });

  it('changes the size of a pipe', () => {
    const [readEnd] = opened.pipe();
    expect(raw.fcntl(readEnd, constant('F_SETPIPE_SZ'), 4096)).toBe(4096);
    expect(raw.fcntl(readEnd, constant('F_GETPIPE_SZ'))).toBe(4096);
  });

  it('refuses commands that take a pointer, and descriptors that are none', () => {
    const [readEnd] = opened.pipe();
    for (const name of ['F_GETLK', 'F_SETLK', 'F_SETLKW', 'F_OFD_GETLK']) {
      expect(() => raw.fcntl(readEnd, constant(name), 4096)).toThrow(TypeError);
    }
    expect(raw.fcntl(readEnd, 987654)).toBe(EINVAL);
    expect(raw.fcntl(NEVER_OPEN, constant('F_GETFD'))).toBe(EBADF);
  });
});

describe('pipe2', () => {
  it('gives a reading and a writing end, in that order', () => {
    const [readEnd, writeEnd] = opened.pipe();
    expect(raw.write(readEnd, new Uint8Array(1))).toBe(EBADF);
    expect(raw.read(writeEnd, new Uint8Array(1))).toBe(EBADF);
    expect(raw.fcntl(readEnd, constant('F_GETFL')) & constant('O_NONBLOCK')).not.toBe(0);
  });

  it('blocks unless told otherwise, and returns -EINVAL for flags that it lacks', () => {
    const [readEnd] = opened.keepPair(raw.pipe2());
    expect(raw.fcntl(readEnd, constant('F_GETFL')) & constant('O_NONBLOCK')).toBe(0);
    expect(raw.pipe2(constant('O_APPEND'))).toBe(EINVAL);
  });
});

describe('dup and dup3', () => {
  it('make another descriptor for the same open file', () => {
    const [readEnd, writeEnd] = opened.pipe();
    const copy = opened.keep(raw.dup(writeEnd), 'dup');
    opened.close(writeEnd);
    expect(raw.write(copy, bytesOf('once'))).toBe(4);
    expect(take(readEnd)).toBe('once');
    opened.close(copy);
    expect(raw.read(readEnd, new Uint8Array(1))).toBe(0);
  });

  it('dup3 puts the file in the place of one of ours, which is closed', () => {
    const [readEnd, writeEnd] = opened.pipe();
    const [otherRead, otherWrite] = opened.pipe();
    expect(raw.dup3(writeEnd, otherWrite)).toBe(otherWrite);
    expect(raw.read(otherRead, new Uint8Array(1))).toBe(0);
    expect(raw.write(otherWrite, bytesOf('moved'))).toBe(5);
    expect(take(readEnd)).toBe('moved');
    // Ours is what is there now.
    expect(raw.close(otherWrite)).toBe(0);
  });

  it('dup3 takes a number that is free, and owns it from then on', () => {
    const free = opened.eventfd();
    opened.close(free);
    const [readEnd] = opened.pipe();
    const number = isOpen(free) ? 1000 : free;
    expect(raw.dup3(readEnd, number, constant('O_CLOEXEC'))).toBe(number);
    expect(raw.close(number)).toBe(0);
  });

  it('dup3 returns -EINVAL for one number twice and for flags that it lacks', () => {
    const [readEnd, writeEnd] = opened.pipe();
    expect(raw.dup3(readEnd, readEnd)).toBe(EINVAL);
    expect(raw.dup3(readEnd, writeEnd, constant('O_NONBLOCK'))).toBe(EINVAL);
    expect(isOpen(writeEnd)).toBe(true);
  });

  it('return -EBADF for no descriptor and beyond the limit of numbers, and close nothing', () => {
    const [readEnd, writeEnd] = opened.pipe();
    expect(raw.dup(NEVER_OPEN)).toBe(EBADF);
    expect(raw.dup3(NEVER_OPEN, writeEnd)).toBe(EBADF);
    expect(raw.dup3(readEnd, NEVER_OPEN)).toBe(EBADF);
    expect(raw.write(writeEnd, new Uint8Array(1))).toBe(1);
    expect(raw.close(writeEnd)).toBe(0);
  });
});
