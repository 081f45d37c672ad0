// Locks by flock and by fcntl, the place of a file, and what a file system has room for.
import { closeSync, openSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { constant, constants } from '../../lib/raw/constants.js';
import * as raw from '../../lib/raw/index.js';
import { guardDescriptors, Opened } from '../support/descriptors.js';
import { temporaryFolder } from '../support/folder.js';

guardDescriptors();
const opened = new Opened();
let path: string;

beforeEach(() => {
  path = join(temporaryFolder(), 'file');
  writeFileSync(path, '0123456789');
});

/** Two files of their own, of one name. */
function twice(work: (one: number, other: number) => void): void {
  const fds = [openSync(path, 'r+'), openSync(path, 'r+')] as const;
  try {
    work(...fds);
  } finally {
    for (const fd of fds) closeSync(fd);
  }
}

describe('flock', () => {
  it('keeps who asks out, until it is given back', () => {
    const [EX, NB, UN] = ['LOCK_EX', 'LOCK_NB', 'LOCK_UN'].map(constant) as [
      number,
      number,
      number,
    ];
    twice((one, other) => {
      expect(raw.flock(one, EX)).toBe(0);
      expect(raw.flock(other, EX | NB)).toBe(-constant('EWOULDBLOCK'));
      expect(raw.flock(one, UN)).toBe(0);
      expect(raw.flock(other, EX | NB)).toBe(0);
      expect(raw.flock(other, 0)).toBe(-constant('EINVAL'));
    });
    expect(raw.flock(2 ** 31 - 1, EX)).toBe(-constant('EBADF'));
  });
});

describe('fcntl', () => {
  const lock = (type: string, start: number, length: number) =>
    BigInt64Array.of(BigInt(constant(type)), 0n, BigInt(start), BigInt(length), 0n);

  it.skipIf(constants['F_OFD_SETLK'] === undefined)('locks a part, and tells who has it', () => {
    const [set, get] = [constant('F_OFD_SETLK'), constant('F_OFD_GETLK')];
    twice((one, other) => {
      expect(raw.fcntl(one, set, lock('F_WRLCK', 2, 3))).toBe(0);
      expect(raw.fcntl(other, set, lock('F_WRLCK', 5, 3))).toBe(0);
      expect(raw.fcntl(other, set, lock('F_WRLCK', 4, 1))).toBe(-constant('EAGAIN'));
      const found = lock('F_RDLCK', 0, 0);
      expect(raw.fcntl(other, get, found)).toBe(0);
      expect([...found]).toEqual([BigInt(constant('F_WRLCK')), 0n, 2n, 3n, -1n]);
      expect(raw.fcntl(one, set, lock('F_UNLCK', 0, 0))).toBe(0);
      expect(raw.fcntl(other, set, lock('F_WRLCK', 4, 1))).toBe(0);
    });
  });

  it('refuses less than a lock, and what is cut off', () => {
    const [, writeEnd] = opened.pipe();
    const set = constant('F_SETLK');
    expect(() => raw.fcntl(writeEnd, set, new BigInt64Array(4))).toThrow(RangeError);
    expect(() => raw.fcntl(writeEnd, set)).toThrow(TypeError);
    const cut = lock('F_WRLCK', 0, 0);
    cut[0] = 2n ** 32n + 1n;
    expect(raw.fcntl(writeEnd, set, cut)).toBe(-constant('EINVAL'));
  });
});

it('lseek moves where a file stands, from 0 to 2^53-1', () => {
  const [SET, CUR, END] = ['SEEK_SET', 'SEEK_CUR', 'SEEK_END'].map(constant);
  twice((one) => {
    expect(raw.lseek(one, 4, SET as number)).toBe(4);
    expect(raw.lseek(one, -1, CUR as number)).toBe(3);
    expect(raw.lseek(one, -2, END as number)).toBe(8);
    expect(raw.lseek(one, 2 ** 40, SET as number)).toBe(2 ** 40);
    expect(raw.lseek(one, -1, SET as number)).toBe(-constant('EINVAL'));
    expect(() => raw.lseek(one, 0.5, SET as number)).toThrow(RangeError);
  });
  expect(raw.lseek(opened.pipe()[0], 0, SET as number)).toBe(-constant('ESPIPE'));
});

it('statvfs fills what node:fs tells, and more', () => {
  const fields = new Float64Array(11);
  expect(raw.statvfs('/', fields)).toBe(0);
  const { bsize, blocks, files } = statfsSync('/');
  expect([fields[0], fields[2], fields[5]]).toEqual([bsize, blocks, files]);
  expect(fields[10]).toBeGreaterThan(0);
  expect(raw.statvfs(`${path}x`, fields)).toBe(-constant('ENOENT'));
  expect(() => raw.statvfs('/', new Float64Array(10))).toThrow(RangeError);
});
