// pread, pwrite, preadv, pwritev: bytes at a place of a file, whose own offset stays.
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { constant } from '../../lib/raw/constants.js';
import * as raw from '../../lib/raw/index.js';
import { bytesOf, detach, textOf } from '../support/bytes.js';
import { guardDescriptors, Opened } from '../support/descriptors.js';
import { temporaryFolder } from '../support/folder.js';

guardDescriptors();
const opened = new Opened();
const OUT_OF_RANGE = expect.objectContaining({ name: 'RangeError', code: 'ERR_OUT_OF_RANGE' });
const FAR = 2 ** 33 + 5;
let file: number;

beforeEach(() => {
  const fd = openSync(join(temporaryFolder(), 'file'), 'w+');
  file = fd;
  onTestFinished(() => closeSync(fd));
});

describe('bytes at a place', () => {
  it('are written and read there, and the own offset of the file stays', () => {
    expect(raw.pwrite(file, bytesOf('0123456789'), undefined, undefined, 0)).toBe(10);
    expect(raw.pwrite(file, bytesOf('-abcd-'), 1, 4, 2)).toBe(4);
    const chunk = new Uint8Array(8);
    expect(raw.pread(file, chunk, 2, 3, 1)).toBe(3);
    expect([...chunk]).toEqual([0, 0, ...bytesOf('1ab'), 0, 0, 0]);
    expect(raw.read(file, chunk)).toBe(8);
    expect(textOf(chunk)).toBe('01abcd67');
  });

  it('of many buffers go in turn', () => {
    expect(raw.pwritev(file, [bytesOf('ab'), bytesOf(''), bytesOf('cde')], 3)).toBe(5);
    const into = [new Uint8Array(4), new Uint8Array(8)] as const;
    expect(raw.preadv(file, into, 2)).toBe(6);
    expect(into.map(textOf).join('|')).toBe('\0abc|de\0\0\0\0\0\0');
    expect(raw.preadv(file, into, 8)).toBe(0);
  });

  it('are beyond what 32 bits can say', () => {
    expect(raw.pwrite(file, bytesOf('far'), 0, 3, FAR)).toBe(3);
    expect(raw.pwritev(file, [bytesOf('ther')], FAR + 3)).toBe(4);
    const chunk = new Uint8Array(16);
    expect(raw.pread(file, chunk, 0, 16, FAR - 2)).toBe(9);
    expect(textOf(chunk.subarray(0, 9))).toBe('\0\0farther');
    expect(raw.preadv(file, [chunk], FAR)).toBe(7);
  });

  it('at the largest place are none, and the kernel says so of a write', () => {
    const largest = 2 ** 53 - 1;
    expect(raw.pread(file, new Uint8Array(1), 0, 1, largest)).toBe(0);
    const refused = [-constant('EFBIG'), -constant('EINVAL')];
    expect(refused).toContain(raw.pwrite(file, bytesOf('x'), 0, 1, largest));
  });
});

describe('what is refused', () => {
  const calls = {
    pread: (position: number) => raw.pread(file, new Uint8Array(1), 0, 1, position),
    pwrite: (position: number) => raw.pwrite(file, new Uint8Array(1), 0, 1, position),
    preadv: (position: number) => raw.preadv(file, [new Uint8Array(1)], position),
    pwritev: (position: number) => raw.pwritev(file, [new Uint8Array(1)], position),
  };
  it.each(Object.entries(calls))('%s: a position that is none', (_name, call) => {
    for (const position of [-1, 0.5, 2 ** 53, Number.NaN]) {
      expect(() => call(position)).toThrow(OUT_OF_RANGE);
    }
    expect(() => call(undefined as never)).toThrow(TypeError);
  });

  it('a buffer that is too short or detached, before anything is written', () => {
    expect(() => raw.pwrite(file, new Uint8Array(4), 2, 3, 0)).toThrow(OUT_OF_RANGE);
    const gone = new Uint8Array(4);
    detach(gone);
    const detached = expect.objectContaining({ code: 'ERR_INVALID_STATE' });
    expect(() => raw.pread(file, gone, 0, 0, 0)).toThrow(detached);
    expect(() => raw.pwritev(file, [new Uint8Array(1), gone], 0)).toThrow(detached);
    expect(raw.pread(file, new Uint8Array(1), 0, 1, 0)).toBe(0);
  });

  it('what has no places: ESPIPE', () => {
    const [readEnd, writeEnd] = opened.pipe();
    const espipe = -constant('ESPIPE');
    expect(raw.pread(readEnd, new Uint8Array(1), 0, 1, 0)).toBe(espipe);
    expect(raw.pwritev(writeEnd, [new Uint8Array(1)], 0)).toBe(espipe);
  });
});
