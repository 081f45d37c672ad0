// rawloop/compat/fs-ext: locks, places and file systems, at once and by callbacks. The tests of npm
// fs-ext are run by `npm run test:compat`.
import * as nodeFs from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import * as fsExt from '../../lib/compat/fs-ext/index.js';
import { temporaryFolder } from '../support/folder.js';

const { constants } = fsExt;
const flock = promisify(fsExt.flock as (fd: number, flags: unknown, done: fsExt.Done) => void);
const seek = promisify(fsExt.seek);
const fcntl = promisify(
  (fd: number, cmd: string | number, arg: number, done: fsExt.Told<number>) =>
    void fsExt.fcntl(fd, cmd, arg, done),
);
let one: number;
let other: number;

beforeEach(() => {
  const path = join(temporaryFolder(), 'file');
  nodeFs.writeFileSync(path, '0123456789');
  [one, other] = [nodeFs.openSync(path, 'r+'), nodeFs.openSync(path, 'r+')];
});
afterEach(() => {
  for (const fd of [one, other]) nodeFs.closeSync(fd);
});

describe('flock', () => {
  it('keeps others out, and one that waits is told', async () => {
    await flock(one, 'ex');
    await expect(flock(other, 'exnb')).rejects.toMatchObject({ code: 'EAGAIN', errno: 11 });
    const waits = flock(other, 'sh');
    setTimeout(() => fsExt.flockSync(one, 'un'), 20);
    await waits;
    expect(() => fsExt.flockSync(one, constants.LOCK_EX | constants.LOCK_NB)).toThrow(/EAGAIN/);
    await flock(other, constants.LOCK_UN);
    fsExt.flockSync(one, 'exnb');
  });

  it('refuses what is none, and has no need of a callback', async () => {
    expect(() => fsExt.flock(one, 'foo')).toThrow('Unknown flock flag: foo');
    expect(() => fsExt.flock(undefined as never, 'ex')).toThrow(TypeError);
    await expect(flock(-9, 'ex')).rejects.toMatchObject({ code: 'EBADF' });
    await expect(flock(one, 0)).rejects.toMatchObject({ code: 'EINVAL' });
    fsExt.flock(one, 'shnb');
  });
});

describe('fcntl', () => {
  it('has the flags of a descriptor, and locks a whole file', async () => {
    expect(await fcntl(one, 'getfd', 0)).toBe(constants.FD_CLOEXEC);
    expect(await fcntl(one, 'setfd', 0)).toBe(0);
    expect(fsExt.fcntlSync(one, constants.F_GETFD)).toBe(0);
    expect(await fcntl(one, 'setlk', constants.F_WRLCK)).toBe(0);
    expect(await fcntl(one, 'setlkw', constants.F_RDLCK)).toBe(0);
    expect(fsExt.fcntlSync(one, 'setlk', constants.F_UNLCK)).toBe(0);
    await new Promise((resolve) => fsExt.fcntl(one, 'getfd', resolve));
    expect(() => fsExt.fcntlSync(-9, 0)).toThrow(expect.objectContaining({ code: 'EBADF' }));
    expect(() => fsExt.fcntlSync(one, 'foo')).toThrow('Unknown fcntl flag: foo');
  });

  it('gives a duplicate that is the program’s to close', () => {
    nodeFs.closeSync(fsExt.fcntlSync(one, 0));
  });
});

describe('seek and statVFS', () => {
  it('move where a file stands', async () => {
    expect(await seek(one, 4, constants.SEEK_SET)).toBe(4);
    expect(fsExt.seekSync(one, 2, constants.SEEK_CUR)).toBe(6);
    expect(await seek(one, -3, constants.SEEK_END)).toBe(7);
    await expect(seek(one, -3, constants.SEEK_SET)).rejects.toMatchObject({ code: 'EINVAL' });
    expect(() => fsExt.seekSync(one, 0.5, 0)).toThrow('Not an integer');
  });

  it('tell what a file system has room for, both alike', async () => {
    const sizes = await new Promise<unknown>((resolve, reject) => {
      fsExt.statVFS('/', (error, value) => (error === null ? resolve(value) : reject(error)));
    });
    const now = fsExt.statVFSSync();
    expect(Object.keys(sizes as object)).toEqual(Object.keys(now));
    expect(now).toMatchObject({ f_bsize: nodeFs.statfsSync('/').bsize });
    expect(() => fsExt.statVFS('/nowhere')).toThrow(/ENOENT.*\/nowhere/);
  });
});
