// What notices alone do not say of a tree, and looks find: places that were exchanged, folders that
// could not be looked into at first.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { runChild } from '../support/child.js';
import { guardDescriptors } from '../support/descriptors.js';
import { DRIVE_MODES, drive, eachWithLoop } from '../support/drive.js';
import { temporaryFolder } from '../support/folder.js';
import { mirrored } from './mirrored.js';
import { play, tellsNames } from './support.js';

guardDescriptors();
const test = eachWithLoop();
const NOBODY = 65534;
const isRoot = process.getuid?.() === 0;

/** By renameat2(2) with RENAME_EXCHANGE, which mv(1) has of late and Node has not. */
function exchange(folder: string, ...pairs: (readonly [string, string])[]): void {
  const script = `
import ctypes, sys
names = [name.encode() for name in sys.argv[1:]]
for one, other in zip(names[::2], names[1::2]):
    if ctypes.CDLL(None).renameat2(-100, one, -100, other, 2) != 0: sys.exit(1)`;
  execFileSync('python3', ['-c', script, ...pairs.flat()], { cwd: folder });
}

describe.runIf(process.platform === 'linux').each(DRIVE_MODES)('a watched tree (%s)', (mode) => {
  // Without Tree.exchanged (lib/paths/tree.ts) one of the two is told to be gone, and what is in
  // the other is that of the first.
  it('has both places behind an exchange', async () => {
    const folder = temporaryFolder();
    const at = (name: string) => join(folder, name);
    mkdirSync(at('one/of one'), { recursive: true });
    mkdirSync(at('two/of two'), { recursive: true });
    for (const name of ['a', 'b', 'c', 'one/of one/x']) writeFileSync(at(name), name);
    await mirrored(test.loop, mode, folder, [
      () => exchange(folder, ['a', 'b'], ['one', 'two'], ['c', 'two/of one']),
      () => writeFileSync(at('c/y'), ''),
      () => exchange(folder, ['one/of two', 'c']),
      () => writeFileSync(at('one/of two/z'), ''),
    ]);
  });

  // /proc/PID/net of a program that has ended and was not waited for cannot be listed (EINVAL), of which
  // the watch of all that is around it ended, when any EINVAL was taken for the watch's own.
  it('goes on around a folder that cannot be listed', async () => {
    const script =
      'import os, sys\npid = os.fork()\nif not pid: os._exit(0)\nprint(pid, flush=True)\nsys.stdin.read()';
    const parent = spawn('python3', ['-c', script]);
    const [line] = await once(parent.stdout, 'data');
    const zombie = `/proc/${String(line).trim()}`;
    const isZombie = () => expect(readFileSync(`${zombie}/stat`, 'utf8')).toContain(') Z ');
    await vi.waitFor(isZombie, { timeout: 20_000 });
    try {
      expect(() => readdirSync(`${zombie}/net`)).toThrow('EINVAL');
      let ended = 'not ready';
      const watcher = test.loop.watchPath(zombie, { recursive: true }, () => {});
      const end = (how: string) => () => {
        ended = how;
        watcher.close();
      };
      watcher.ready.then(end('ready'), end('failed'));
      await drive(test.loop, mode);
      expect(ended).toBe('ready');
    } finally {
      parent.kill();
      await once(parent, 'close');
    }
  });

  // Without the look at what came in its place (Tree.arrived) nothing is told of what is in it.
  it('is looked into where another folder took the place of an empty one', async () => {
    const folder = temporaryFolder();
    const outside = temporaryFolder();
    mkdirSync(join(folder, 'place'));
    mkdirSync(join(outside, 'with/more in it'), { recursive: true });
    // As long as somebody has it open, the kernel does not say that it is gone.
    const open = openSync(join(folder, 'place'), 'r');
    const { told } = await mirrored(test.loop, mode, folder, [
      () => renameSync(join(outside, 'with'), join(folder, 'place')),
      () => writeFileSync(join(folder, 'place/more in it/file'), ''),
    ]);
    closeSync(open);
    expect(told).toEqual([['create place/more in it/'], ['create place/more in it/file']]);
  });

  // Without the look at isGone in Renames.end (lib/paths/renames.ts) the second is told as well.
  it('tells nothing of what went from a folder that had gone', async () => {
    const folder = temporaryFolder();
    const outside = temporaryFolder();
    mkdirSync(join(folder, 'gone/inner'), { recursive: true });
    const { told } = await mirrored(test.loop, mode, folder, [
      () => {
        renameSync(join(folder, 'gone'), join(outside, 'gone'));
        renameSync(join(outside, 'gone/inner'), join(outside, 'inner'));
      },
    ]);
    // Of a kqueue both folders are listed, by threads: the inner one's list may be the first.
    expect(tellsNames ? told : [told[0]?.slice(-1)]).toEqual([['delete gone/']]);
  });

  // Without Surveys.reopen (lib/paths/surveys.ts) what is in it is never told.
  it('is looked into where its paths were too long, once they are shorter', async () => {
    const folder = temporaryFolder();
    const outside = temporaryFolder();
    const long = 'n'.repeat(254);
    const levels = Array.from({ length: 15 }, () => long);
    const deepest = join(...levels);
    mkdirSync(join(folder, deepest), { recursive: true });
    mkdirSync(join(outside, long));
    writeFileSync(join(outside, long, 'file'), '');
    const shorter = join('short', ...levels.slice(1), 'moved', long, 'file');
    const { told, expected } = await play(test.loop, mode, folder, { recursive: true }, [
      [
        () => renameSync(outside, join(folder, deepest, 'moved')),
        [`create ${deepest}/moved/`, `create ${deepest}/moved/${long}/`],
      ],
      [
        () => renameSync(join(folder, long), join(folder, 'short')),
        [`rename short/ from ${long}`, `create ${shorter}`],
      ],
    ]);
    expect(told).toEqual(expected);
    expect(() => rmdirSync(outside)).toThrow('ENOENT');
  });
});

it.runIf(process.platform === 'linux' && isRoot)(
  'a folder is looked into once this user may read it, and its name is told before',
  () => {
    const folder = temporaryFolder();
    // `upper` may be listed and not be searched: what is in `lower` cannot be seen either.
    mkdirSync(join(folder, 'upper/lower/in it'), { recursive: true });
    for (const name of ['', 'upper', 'upper/lower', 'upper/lower/in it']) {
      chownSync(join(folder, name), NOBODY, NOBODY);
    }
    chmodSync(join(folder, 'upper/lower'), 0);
    chmodSync(join(folder, 'upper'), 0o400);
    const script = `
      const loop = new EventLoop();
      const upper = process.env.FOLDER + '/upper';
      const told = [];
      const watcher = loop.watchPath(process.env.FOLDER, { recursive: true, initial: true }, ({ type, name }) => {
        told.push(type + ' ' + name);
        if (name === 'upper/lower/in it') watcher.close();
      });
      watcher.ready.then(() => {
        fs.chmodSync(upper, 0o700);
        // One that is still shut, and then not.
        loop.setTimeout(() => fs.chmodSync(upper + '/lower', 0o700), 20);
      });
      setImmediate(() => {
        loop.run();
        report(told);
      });`;
    const told = runChild(script, { uid: NOBODY, env: { FOLDER: folder } });
    expect(told).toEqual([
      'create ',
      'create upper',
      'create upper/lower',
      'create upper/lower/in it',
    ]);
  },
);

// It was asked for its folder by an absolute path as well, and the host's own error was thrown.
it.runIf(process.platform === 'linux')('a path is watched from a folder that is gone', () => {
  const script = `
    process.chdir(process.env.FOLDER);
    fs.rmdirSync(process.env.FOLDER);
    const loop = new EventLoop();
    loop.watchPath('/', {}, () => {}).close();
    try {
      loop.watchPath('relative');
    } catch ({ name, code, syscall }) {
      report([name, code, syscall]);
    }
    loop.close();`;
  const told = runChild(script, { env: { FOLDER: temporaryFolder() } });
  expect(told).toEqual(['SystemError', 'ENOENT', 'getcwd']);
});
