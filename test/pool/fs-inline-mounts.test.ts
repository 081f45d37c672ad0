// What is done without a thread on file systems that are mounted for the test, by who may mount:
// writes on XFS, which takes them without waiting, and what lies over others. Where one may not,
// or mkfs.xfs(8) is not there, what runs is the same on the file system that is there.
//
// Where EAGAIN of a path that may not leave its mount is believed, what is on another is never read
// without a thread. Without the look at how a file is open (IsSynchronous) 'on the device' counts inline writes. Without
// the look at the limit (IsLimited) SIGXFSZ ends a host that does not ignore it, as Node does. Where
// overlayfs is local at any place, what lies over others is looked at at once.
import { spawnSync } from 'node:child_process';
import * as nodeFs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { MODES, TestLoop } from './support.js';

const { O_RDWR, O_CREAT, O_DSYNC, O_APPEND, O_WRONLY } = nodeFs.constants;
let folder: string;
let xfs: string;
let hasXfs = false;
let hasOverlay = false;
let loop: TestLoop;

const runs = (command: string, ...args: string[]) => spawnSync(command, args).status === 0;

beforeAll(() => {
  folder = nodeFs.mkdtempSync(join(tmpdir(), 'rawloop-mounts-'));
  xfs = join(folder, 'xfs');
  nodeFs.mkdirSync(xfs);
  const image = join(folder, 'image');
  nodeFs.closeSync(nodeFs.openSync(image, 'w'));
  // Of no size on the disk: with less free room a write is a thread's.
  nodeFs.truncateSync(image, 2 ** 31);
  hasXfs = runs('mkfs.xfs', '-q', image) && runs('mount', '-o', 'loop', image, xfs);
  for (const name of ['lower', 'upper', 'work', 'over']) nodeFs.mkdirSync(join(folder, name));
  nodeFs.writeFileSync(join(folder, 'lower', 'file'), 'below');
  const layers = ['lower', 'upper', 'work'].map((name) => `${name}dir=${join(folder, name)}`);
  const over = join(folder, 'over');
  hasOverlay = runs('mount', '-t', 'overlay', 'overlay', '-o', layers.join(), over);
});
afterAll(() => {
  // Also where a test failed that has a file open.
  if (hasXfs) runs('umount', '-l', xfs);
  if (hasOverlay) runs('umount', '-l', join(folder, 'over'));
  nodeFs.rmSync(folder, { recursive: true });
});
beforeEach(() => {
  loop = new TestLoop({}, true);
});
afterEach(() => loop.close());

const inlineOf = (kind: string) => loop.pool.stats().kinds[kind]?.inline ?? 0;

describe.each(MODES)('files without a thread, %s', (mode) => {
  const open = (name: string, flags: number) =>
    nodeFs.openSync(join(xfs, `${name}-${mode}`), flags | O_CREAT);

  /** Writes `count` times 4 KiB to the beginning of what is open. How many without a thread. */
  async function overwrite(fd: number, count = 200): Promise<number> {
    const bytes = Buffer.alloc(4096, 'w');
    nodeFs.writeSync(fd, bytes, 0, 4096, 0);
    const work = async () => {
      // By now it is known what it is.
      await loop.fs.write(fd, bytes, 0, 4096, 0);
      await loop.fs.statfs(xfs);
      const before = inlineOf('write');
      for (let i = 0; i < count; i++) await loop.fs.write(fd, bytes, 0, 4096, 0);
      return inlineOf('write') - before;
    };
    return loop.outcome(mode, work());
  }

  it('are read without one, also of another mount than that at the root', async () => {
    const path = join(xfs, `read-${mode}`);
    nodeFs.writeFileSync(path, 'there');
    const work = async () => {
      const texts = [];
      for (let i = 0; i < 20; i++) texts.push(await loop.fs.readFile(path, 'utf8'));
      return new Set(texts);
    };
    expect(await loop.outcome(mode, work())).toEqual(new Set(['there']));
    if (hasXfs) expect(inlineOf('readFile')).toBeGreaterThan(10);
  });

  it('are written without one, where the file system can', async () => {
    const fd = open('written', O_RDWR);
    const inline = await overwrite(fd);
    expect(nodeFs.readFileSync(fd, 'latin1')).toBe('w'.repeat(4096));
    nodeFs.closeSync(fd);
    if (hasXfs) expect(inline).toBeGreaterThan(20);
  });

  it('are written whole and in order, by where they stand', async () => {
    const path = join(xfs, `ordered-${mode}`);
    const parts = Array.from({ length: 300 }, (_, i) =>
      String.fromCharCode(97 + (i % 26)).repeat(5000),
    );
    const work = async () => {
      await using file = await loop.fs.open(path, 'w');
      const written = [];
      for (const part of parts) written.push((await file.write(part)).bytesWritten);
      return new Set(written);
    };
    expect(await loop.outcome(mode, work())).toEqual(new Set([5000]));
    expect(nodeFs.readFileSync(path, 'latin1') === parts.join('')).toBe(true);
  });

  it('are a thread’s where what is written is to be on the device', async () => {
    const fd = open('synchronous', O_RDWR | O_DSYNC);
    expect(await overwrite(fd, 20)).toBe(0);
    nodeFs.closeSync(fd);
  });

  it('are appended to where they end, whoever wrote last', async () => {
    const fd = open('appended', O_WRONLY | O_APPEND);
    const work = async () => {
      for (let i = 0; i < 100; i++) {
        await loop.fs.write(fd, `${i}\n`);
        nodeFs.writeSync(fd, '-\n');
        await loop.fs.write(fd, '.\n', 0);
      }
    };
    await loop.outcome(mode, work());
    nodeFs.closeSync(fd);
    const expected = Array.from({ length: 100 }, (_, i) => `${i}\n-\n.\n`).join('');
    expect(nodeFs.readFileSync(join(xfs, `appended-${mode}`), 'latin1')).toBe(expected);
  });

  it.runIf(spawnSync('prlimit', ['--version']).status === 0)(
    'are no larger than the process may write: an error, and no signal',
    async () => {
      const limit = (bytes: string) =>
        runs('prlimit', '--pid', String(process.pid), `--fsize=${bytes}:`);
      const fd = open('limited', O_RDWR);
      await overwrite(fd, 20);
      limit('1048576');
      const outcome = await loop
        .outcome(mode, loop.fs.write(fd, Buffer.alloc(4096), 0, 4096, 2 ** 20))
        .catch(({ code }) => code);
      limit('unlimited');
      nodeFs.closeSync(fd);
      expect(outcome).toBe('EFBIG');
    },
  );

  it('are a thread’s where they are what lies over others', async () => {
    const path = join(folder, hasOverlay ? 'over' : 'lower', 'file');
    const work = async () => {
      const sizes = [];
      for (let i = 0; i < 20; i++) sizes.push((await loop.fs.stat(path)).size);
      return sizes;
    };
    expect(await loop.outcome(mode, work())).toEqual(Array.from({ length: 20 }, () => 5));
    if (hasOverlay) expect(inlineOf('stat')).toBe(0);
  });
});
