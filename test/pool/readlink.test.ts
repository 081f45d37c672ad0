// loop.fs.readlink: what Node's own says of the same links, of any length.
//
// Without the second look at memory that was filled, links of more than 256 bytes are cut
// short. Without the look at where a result lies, shorter ones reject.
import * as nodeFs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { MODES, TestLoop } from './support.js';

let folder: string;
let loop: TestLoop;

beforeAll(() => {
  folder = nodeFs.mkdtempSync(join(tmpdir(), 'rawloop-readlink-'));
});
afterAll(() => nodeFs.rmSync(folder, { recursive: true }));
beforeEach(() => {
  loop = new TestLoop();
});
afterEach(() => loop.close());

let count = 0;
/** A new link; undefined where the file system takes none so long. */
function linkTo(target: string | Buffer): string | undefined {
  const link = join(folder, `link-${count++}`);
  try {
    nodeFs.symlinkSync(target, link);
    return link;
  } catch (error) {
    expect(error).toMatchObject({ code: 'ENAMETOOLONG' });
    return undefined;
  }
}

const AROUND = [256, 1024, 4096].flatMap((size) => [size - 1, size, size + 1]);

describe.each(MODES)('loop.fs.readlink, %s', (mode) => {
  it.each([1, 100, ...AROUND])('reads a link of %i bytes as Node does', async (length) => {
    const link = linkTo('x'.repeat(length));
    if (link === undefined) return;
    const text = loop.fs.readlink(link);
    const bytes = loop.fs.readlink(link, { encoding: 'buffer' });
    const [asText, asBytes] = await loop.outcome(mode, Promise.all([text, bytes]));
    expect(asText).toBe(nodeFs.readlinkSync(link));
    expect(asText).toHaveLength(length);
    expect(asBytes).toEqual(new Uint8Array(nodeFs.readlinkSync(link, 'buffer')));
  });

  it('reads names that are no UTF-8 as bytes, and as text what Node makes of them', async () => {
    const link = linkTo(Buffer.from([0xff, 0x2f, 0xc3, 0xa9, 0xfe])) as string;
    const all = [loop.fs.readlink(link, { encoding: 'buffer' }), loop.fs.readlink(link, {})];
    const [bytes, text] = await loop.outcome(mode, Promise.all<string | Uint8Array>(all));
    expect(bytes).toEqual(new Uint8Array([0xff, 0x2f, 0xc3, 0xa9, 0xfe]));
    expect(text).toBe(nodeFs.readlinkSync(link));
  });

  it('keeps short and long answers apart that come together', async () => {
    const targets = Array.from({ length: 300 }, (_, i) => `${i}-${'x'.repeat((i * 7) % 900)}`);
    const links = targets.map((target) => linkTo(target) as string);
    const all = Promise.all(links.map((link) => loop.fs.readlink(link)));
    expect(await loop.outcome(mode, all)).toEqual(targets);
  });

  it.skipIf(process.platform !== 'linux')(
    'reads links whose length stat does not tell',
    async () => {
      expect(nodeFs.lstatSync('/proc/self/exe').size).toBe(0);
      const program = await loop.outcome(mode, loop.fs.readlink('/proc/self/exe'));
      expect(program).toBe(nodeFs.readlinkSync('/proc/self/exe'));
    },
  );

  it.each([
    ['a missing link', () => join(folder, 'missing'), 'ENOENT'],
    ['what is no link', () => folder, 'EINVAL'],
    ['a file used as a folder', () => '/dev/null/x', 'ENOTDIR'],
    ['a path that is far too long', () => `/${'x/'.repeat(100_000)}`, 'ENAMETOOLONG'],
    ['the empty path', () => '', 'ENOENT'],
  ])('reports %s as Node does', async (_, path, code) => {
    const { errno, syscall } = await nodeFs.promises.readlink(path()).catch((error) => error);
    const request = loop.outcome(mode, loop.fs.readlink(path()));
    await expect(request).rejects.toMatchObject({ code, errno, syscall, path: path() });
  });

  it('has copied the path when it returns', async () => {
    const path = new Uint8Array(Buffer.from(linkTo('target') as string));
    const request = loop.fs.readlink(path);
    structuredClone(path, { transfer: [path.buffer] });
    expect(await loop.outcome(mode, request)).toBe('target');
  });
});

it.each(['', 'utf-16', 'latin1', null, 1, {}])('%j is no encoding', async (encoding) => {
  const options = { encoding } as never;
  const wrong = { name: 'TypeError', code: 'ERR_INVALID_ARG_VALUE' };
  await expect(loop.fs.readlink('/', options)).rejects.toMatchObject(wrong);
  expect(loop.alive).toBe(false);
});
