// sendfile, splice, memfd_create: bytes that move inside the kernel, files of memory.
import { readlinkSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { constant } from '../../lib/raw/constants.js';
import * as raw from '../../lib/raw/index.js';
import { bytesOf, fill, pattern, put, take, textOf } from '../support/bytes.js';
import { guardDescriptors, isCloseOnExec, Opened } from '../support/descriptors.js';

guardDescriptors();
const opened = new Opened();
const OUT_OF_RANGE = expect.objectContaining({ name: 'RangeError', code: 'ERR_OUT_OF_RANGE' });
const isLinux = process.platform === 'linux';

function memoryFile(text = ''): number {
  const fd = opened.keep(raw.memfd_create('a test'), 'memfd_create');
  if (text !== '') put(fd, text);
  return fd;
}

describe.runIf(isLinux)('memfd_create', () => {
  it('is a file with a name for those who look, and a child does not get it', () => {
    const fd = opened.keep(raw.memfd_create('shown ü'));
    expect(readlinkSync(`/proc/self/fd/${fd}`)).toBe('/memfd:shown ü (deleted)');
    expect(isCloseOnExec(fd)).toBe(true);
    put(fd, 'kept');
    const chunk = new Uint8Array(8);
    expect(raw.pread(fd, chunk, 0, 8, 0)).toBe(4);
    expect(textOf(chunk.subarray(0, 4))).toBe('kept');
  });

  it('can be sealed, if it is asked for', () => {
    const fd = opened.keep(raw.memfd_create('sealed', constant('MFD_ALLOW_SEALING')));
    const seal = constant('F_SEAL_WRITE');
    expect(raw.fcntl(fd, constant('F_ADD_SEALS'), seal)).toBe(0);
    expect(raw.write(fd, bytesOf('x'))).toBe(-constant('EPERM'));
    expect(raw.fcntl(memoryFile(), constant('F_ADD_SEALS'), seal)).toBe(-constant('EPERM'));
  });

  it('refuses a name that is cut or too long, and what is no name', () => {
    const invalid = -constant('EINVAL');
    expect(raw.memfd_create('cut\0off')).toBe(invalid);
    expect(raw.memfd_create('x'.repeat(250))).toBe(invalid);
    expect(raw.memfd_create('x', 0x40000000)).toBe(invalid);
    expect(() => raw.memfd_create(7 as never)).toThrow(TypeError);
  });
});

describe.runIf(isLinux)('sendfile', () => {
  it('goes on from a place, and leaves the own offset of the file', () => {
    const file = memoryFile('0123456789');
    const [left, right] = opened.pair();
    expect(raw.sendfile(left, file, 3, 4)).toBe(4);
    expect(raw.sendfile(left, file, 8, 2 ** 53 - 1)).toBe(2);
    expect(raw.sendfile(left, file, 10, 1)).toBe(0);
    expect(take(right)).toBe('345689');
    // At its end since it was written.
    expect(raw.sendfile(left, file, null, 10)).toBe(0);
  });

  it('or from the own offset, which moves', () => {
    const file = memoryFile();
    raw.pwrite(file, bytesOf('abcdef'), 0, 6, 0);
    const [readEnd, writeEnd] = opened.pipe();
    expect(raw.sendfile(writeEnd, file, null, 4)).toBe(4);
    expect(raw.sendfile(writeEnd, file, null, 4)).toBe(2);
    expect(take(readEnd)).toBe('abcdef');
  });

  it('tells of a reader that does not keep up, and of what cannot be a source', () => {
    const file = memoryFile('x');
    const [left, right] = opened.pair();
    fill(left);
    expect(raw.sendfile(left, file, 0, 1)).toBe(-constant('EAGAIN'));
    expect(raw.sendfile(file, right, null, 1)).toBeLessThan(0);
    expect(() => raw.sendfile(left, file, -1, 1)).toThrow(OUT_OF_RANGE);
    expect(() => raw.sendfile(left, file, 0, 1.5)).toThrow(OUT_OF_RANGE);
  });
});

describe.runIf(isLinux)('splice', () => {
  it('moves from a file through a pipe to another, at places of both', () => {
    const bytes = pattern(5000);
    const source = memoryFile();
    raw.pwrite(source, bytes, 0, bytes.length, 100);
    const target = memoryFile();
    const [readEnd, writeEnd] = opened.pipe();
    expect(raw.splice(source, 100, writeEnd, null, 5000)).toBe(5000);
    expect(raw.splice(readEnd, null, target, 7, 5000, constant('SPLICE_F_MOVE'))).toBe(5000);
    const copied = new Uint8Array(5000);
    expect(raw.pread(target, copied, 0, 5000, 7)).toBe(5000);
    expect(copied).toEqual(bytes);
    expect(raw.splice(readEnd, null, target, null, 1)).toBe(-constant('EAGAIN'));
    opened.close(writeEnd);
    expect(raw.splice(readEnd, null, target, null, 1)).toBe(0);
  });

  it('refuses two that are no pipes, and a place in a pipe', () => {
    const [file, other] = [memoryFile('x'), memoryFile()];
    const [, writeEnd] = opened.pipe();
    expect(raw.splice(file, 0, other, 0, 1)).toBe(-constant('EINVAL'));
    expect(raw.splice(file, 0, writeEnd, 0, 1)).toBe(-constant('ESPIPE'));
    expect(() => raw.splice(file, 2 ** 53, writeEnd, null, 1)).toThrow(OUT_OF_RANGE);
    expect(() => raw.splice(file, 0, writeEnd, null, 1, -1)).toThrow(OUT_OF_RANGE);
  });
});

it.skipIf(isLinux)('elsewhere they are there, and -ENOSYS', () => {
  const enosys = -constant('ENOSYS');
  const { sendfile, splice, memfd_create } = raw;
  expect([memfd_create('x'), sendfile(1, 0, 0, 1), splice(0, 0, 1, 0, 1)]).toEqual([
    enosys,
    enosys,
    enosys,
  ]);
});
