// loop.fs.cp and copyFile: what is where when they say that they are through, what they refuse, and what
// they leave.
// Tried without its guard: without `await` before copyFile or mkdir in copy.ts, or with `unlink` left
// out, it is through before the content is there, or fails; without the looks at `force` and
// `errorOnExist` what is there is replaced; without isSame a file is unlinked before it is copied onto
// itself, without IsSame in fs_copy.cc it is cut, without ftruncate there the end of a longer one stays;
// without the looks at folders in #check they are written over by another error.
import { spawnSync } from 'node:child_process';
import * as nodeFs from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CopyOptions } from '../../lib/pool/fs/copy-options.js';
import { guardDescriptors } from '../support/descriptors.js';
import { temporaryFolder } from '../support/folder.js';
import { MODES, TestLoop } from './support.js';

guardDescriptors();
const RECURSIVE = { recursive: true };
let home: string;
let loop: TestLoop;
const at = (name: string) => join(home, name);
const text = (name: string) => nodeFs.readFileSync(at(name), 'latin1');

beforeEach(() => {
  home = temporaryFolder();
  loop = new TestLoop();
  nodeFs.writeFileSync(at('a'), 'a'.repeat(100_000), { mode: 0o640 });
  nodeFs.utimesSync(at('a'), 1000, 2000.5);
  nodeFs.writeFileSync(at('b'), 'b');
  nodeFs.mkdirSync(at('tree/inner'), { recursive: true });
  nodeFs.writeFileSync(at('tree/inner/c'), 'c');
  nodeFs.symlinkSync('inner/c', at('tree/link'));
  nodeFs.chmodSync(at('tree/inner'), 0o750);
});
afterEach(() => loop.close());

it.each(MODES)(
  'copyFile leaves what was longer no longer, and the same file as it was, %s',
  async (mode) => {
    const content = text('a');
    nodeFs.linkSync(at('a'), at('same'));
    nodeFs.writeFileSync(at('longer'), Buffer.alloc(200_000, 'l'));
    for (const to of ['longer', 'b', 'a', 'same', 'new']) {
      await loop.outcome(mode, loop.fs.copyFile(at('a'), at(to)));
      expect([text('a') === content, text(to) === content]).toEqual([true, true]);
    }
    await loop.outcome(mode, loop.fs.copyFile(at('tree/inner/c'), at('longer')));
    expect(text('longer')).toBe('c');
  },
);

describe.each(MODES)('cp, %s', (mode) => {
  /** What `look` sees as soon as it is through; or the code of its error. */
  function copied<T>(from: string, to: string, options: CopyOptions, look: () => T) {
    const request = loop.fs.cp(at(from), at(to), options).then(look, ({ code }) => code as string);
    return loop.outcome(mode, request);
  }

  it('is through when all is there: content, permissions, and times where asked', async () => {
    // Another name of what is replaced keeps it.
    nodeFs.linkSync(at('b'), at('kept'));
    const look = () => [text('b') === text('a'), nodeFs.statSync(at('b')).mode & 0o777];
    expect(await copied('a', 'b', {}, look)).toEqual([true, 0o640]);
    expect(text('kept')).toBe('b');
    const times = () => nodeFs.statSync(at('new/a')).mtimeMs;
    expect(await copied('a', 'new/a', {}, times)).toBeGreaterThan(2_000_500);
    expect(await copied('a', 'new/a', { preserveTimestamps: true }, times)).toBe(2_000_500);
  });

  it('leaves what is there, or tells of it', async () => {
    const look = () => text('b');
    expect(await copied('a', 'b', { force: false }, look)).toBe('b');
    expect(await copied('a', 'b', { force: false, errorOnExist: true }, look)).toBe(
      'ERR_FS_CP_EEXIST',
    );
    // Where it may be replaced, that it is there is no error.
    expect(await copied('a', 'b', { errorOnExist: true }, look)).toBe(text('a'));
  });

  it('copies a tree, also into one, and links as they are wanted', async () => {
    const look = () => [
      text('to/inner/c'),
      nodeFs.statSync(at('to/inner')).mode & 0o777,
      nodeFs.readlinkSync(at('to/link')).replace(nodeFs.realpathSync(home), '').replace(home, ''),
    ];
    expect(await copied('tree', 'to', RECURSIVE, look)).toEqual(['c', 0o750, '/tree/inner/c']);
    nodeFs.writeFileSync(at('tree/inner/c'), 'C');
    nodeFs.writeFileSync(at('to/inner/other'), 'other');
    nodeFs.chmodSync(at('to/inner'), 0o700);
    const again = () => [...look(), text('to/inner/other')];
    const verbatim = { ...RECURSIVE, verbatimSymlinks: true };
    expect(await copied('tree', 'to', verbatim, again)).toEqual(['C', 0o700, 'inner/c', 'other']);
    const kept = { ...RECURSIVE, force: false };
    nodeFs.writeFileSync(at('tree/inner/c'), 'third');
    expect(await copied('tree', 'to', kept, again)).toEqual(['C', 0o700, 'inner/c', 'other']);
    const refused = { ...kept, errorOnExist: true };
    expect(await copied('tree/link', 'to/link', refused, again)).toBe('ERR_FS_CP_EEXIST');
    const followed = { ...RECURSIVE, dereference: true };
    const isLink = () => nodeFs.lstatSync(at('whole/link')).isSymbolicLink();
    expect(await copied('tree', 'whole', followed, isLink)).toBe(false);
    expect(text('whole/link')).toBe('third');
  });

  it('copies what `filter` wants', async () => {
    const asked: string[] = [];
    const filter = async (from: string, to: string) => {
      asked.push(`${from.slice(home.length)} ${to.slice(home.length)}`);
      return !from.endsWith('c');
    };
    const list = () => nodeFs.readdirSync(at('to'), { recursive: true }).sort();
    const found = await copied('tree', 'to', { ...RECURSIVE, filter }, list);
    expect(found).toEqual(['inner', 'link']);
    expect(asked).toEqual([
      '/tree /to',
      '/tree/inner /to/inner',
      '/tree/inner/c /to/inner/c',
      '/tree/link /to/link',
    ]);
    expect(await copied('a', 'none', { filter: () => false }, () => 'nothing')).toBe('nothing');
    expect(nodeFs.existsSync(at('none'))).toBe(false);
  });

  it('refuses what cannot be, and leaves all as it was', async () => {
    spawnSync('mkfifo', [at('fifo')]);
    nodeFs.symlinkSync('tree', at('way'));
    nodeFs.linkSync(at('a'), at('same'));
    const server = createServer().listen(at('socket'));
    await new Promise((resolve) => server.once('listening', resolve));
    const outcomes = [
      await copied('a', 'a', {}, () => 'copied'),
      await copied('a', 'same', {}, () => 'copied'),
      await copied('tree', 'other', {}, () => 'copied'),
      await copied('tree', 'a', RECURSIVE, () => 'copied'),
      await copied('a', 'tree', {}, () => 'copied'),
      await copied('tree', 'tree/inner/x/y', RECURSIVE, () => 'copied'),
      await copied('tree', 'way/inner/x', RECURSIVE, () => 'copied'),
      await copied('fifo', 'x', {}, () => 'copied'),
      await copied('socket', 'x', {}, () => 'copied'),
      await copied('none', 'x', {}, () => 'copied'),
      await copied('b', 'a/x', {}, () => 'copied'),
    ];
    server.close();
    expect(outcomes).toEqual([
      'ERR_FS_CP_EINVAL',
      'ERR_FS_CP_EINVAL',
      'ERR_FS_EISDIR',
      'ERR_FS_CP_DIR_TO_NON_DIR',
      'ERR_FS_CP_NON_DIR_TO_DIR',
      'ERR_FS_CP_EINVAL',
      'ERR_FS_CP_EINVAL',
      'ERR_FS_CP_FIFO_PIPE',
      'ERR_FS_CP_SOCKET',
      'ENOENT',
      'ENOTDIR',
    ]);
    expect([text('a'), text('tree/inner/c')]).toEqual(['a'.repeat(100_000), 'c']);
    expect(nodeFs.existsSync(at('x'))).toBe(false);
  });
});
