// loop.fs: the same answers as Node's own fs gives, for real files.
import * as nodeFs from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ENTRY_KINDS, MODES, TestLoop } from './support.js';

const DATES = ['atime', 'mtime', 'ctime', 'birthtime'] as const;

let folder: string;
let file: string;
let link: string;
let loop: TestLoop;

beforeAll(() => {
  folder = nodeFs.mkdtempSync(join(tmpdir(), 'rawloop-fs-'));
  file = join(folder, 'näme');
  link = join(folder, 'link');
  nodeFs.writeFileSync(file, 'hello');
  // Fractions that rounding and truncation treat differently, and before the epoch.
  nodeFs.utimesSync(file, 1234567890.9996, -12345.6789);
  nodeFs.symlinkSync(file, link);
});
afterAll(() => nodeFs.rmSync(folder, { recursive: true }));
beforeEach(() => {
  loop = new TestLoop();
});
afterEach(() => loop.close());

/** Number and BigInt fields as Node has them, kinds and dates included. */
function expectSame(
  actual: nodeFs.StatsBase<number> | nodeFs.StatsBase<bigint>,
  expected: nodeFs.Stats | nodeFs.BigIntStats,
) {
  const fields = Object.keys(expected).filter((name) => !DATES.includes(name as never));
  expect(Object.keys(actual).sort()).toEqual(fields.sort());
  expect({ ...actual }).toEqual(Object.fromEntries(fields.map((f) => [f, expected[f as 'ino']])));
  for (const kind of ENTRY_KINDS) expect(actual[kind]()).toBe(expected[kind]());
  for (const name of DATES) {
    expect(actual[name].getTime()).toBe(expected[name].getTime());
    expect(actual[name]).toBe(actual[name]);
  }
}

describe.each(MODES)('loop.fs.stat, %s', (mode) => {
  it('agrees with Node on files of all kinds', async () => {
    const server = createServer().listen(join(folder, `socket-${mode}`));
    const paths = [file, folder, link, join(folder, `socket-${mode}`), '/dev/null', '/usr', '.'];
    const all = Promise.all(paths.map((path) => loop.fs.stat(path)));
    (await loop.outcome(mode, all)).forEach((stats, i) => {
      expectSame(stats, nodeFs.statSync(paths[i] as string));
    });
    server.close();
  });

  it('agrees with Node in BigInts', async () => {
    const stats = await loop.outcome(mode, loop.fs.stat(file, { bigint: true }));
    expectSame(stats, nodeFs.statSync(file, { bigint: true }));
    expect(stats.mtimeNs).toBe(nodeFs.statSync(file, { bigint: true }).mtimeNs);
  });

  it('describes a link itself when asked to', async () => {
    expectSame(await loop.outcome(mode, loop.fs.lstat(link)), nodeFs.lstatSync(link));
    const exact = await loop.outcome(mode, loop.fs.lstat(link, { bigint: true }));
    expectSame(exact, nodeFs.lstatSync(link, { bigint: true }));
  });

  it('keeps requests apart that are in flight together', async () => {
    const stats = Promise.all(
      Array.from({ length: 300 }, (_, i) => loop.fs.stat(i % 2 === 0 ? file : folder)),
    );
    const kinds = (await loop.outcome(mode, stats)).map((one) => one.isDirectory());
    expect(kinds).toEqual(Array.from({ length: 300 }, (_, i) => i % 2 === 1));
  });

  it.each([
    ['a missing file', () => join(folder, 'missing'), 'ENOENT'],
    ['a file used as a folder', () => join(file, 'x'), 'ENOTDIR'],
    ['a name that is too long', () => join(folder, 'x'.repeat(256)), 'ENAMETOOLONG'],
    ['a path that is far too long', () => `/${'x/'.repeat(100_000)}`, 'ENAMETOOLONG'],
    ['the empty path', () => '', 'ENOENT'],
  ])('reports %s as Node does', async (_, path, code) => {
    let expected: unknown;
    try {
      nodeFs.lstatSync(path());
    } catch (error) {
      expected = error;
    }
    const { errno } = expected as NodeJS.ErrnoException;
    for (const syscall of ['stat', 'lstat'] as const) {
      await expect(loop.outcome(mode, loop.fs[syscall](path()))).rejects.toMatchObject({
        code,
        errno,
        syscall,
        path: path(),
      });
    }
  });
});

describe('paths', () => {
  const size = async (path: unknown) =>
    (await loop.outcome('owned', loop.fs.stat(path as string))).size;

  it('may be text, bytes or a file: URL', async () => {
    const inside = new Uint8Array(Buffer.from(`##${file}`)).subarray(2);
    for (const path of [file, Buffer.from(file), inside, pathToFileURL(file)]) {
      expect(await size(path)).toBe(5);
    }
  });

  it('may be bytes that are no UTF-8', async () => {
    const raw = Buffer.concat([Buffer.from(`${folder}/`), Buffer.from([0xff, 0xfe])]);
    nodeFs.writeFileSync(raw, 'raw bytes');
    expect(await size(raw)).toBe(9);
  });

  it.each([1021, 1022, 1023, 1024, 1025, 4000])('may be %i bytes long', async (length) => {
    const padded = `${folder}${'/'.repeat(length - Buffer.byteLength(file))}/${'näme'}`;
    expect(await size(padded)).toBe(5);
  });

  it.each([
    ['text', 'a\0b'],
    ['bytes', Buffer.from('a\0b')],
    ['an encoded URL', new URL('file:///a%00b')],
  ])('with a zero byte are refused: %s', async (_, path) => {
    await expect(loop.fs.stat(path)).rejects.toMatchObject({ code: 'ERR_INVALID_ARG_VALUE' });
    expect(loop.alive).toBe(false);
  });

  it('of another scheme are refused', async () => {
    const request = loop.fs.stat(new URL('http://example.org/'));
    await expect(request).rejects.toMatchObject({ code: 'ERR_INVALID_URL_SCHEME' });
  });
});
