// A working tree while git changes it: branches in which folders are renamed, gone, deeper, or files
// in place of folders. Git makes, renames and removes faster than anybody can look, its own files as
// well, which are below the watched folder. Without the look at a folder that is found
// (Tree.found, lib/paths/tree.ts) nothing is told of what is in it.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { guardDescriptors } from '../support/descriptors.js';
import { DRIVE_MODES, eachWithLoop } from '../support/drive.js';
import { temporaryFolder } from '../support/folder.js';
import { hasFewVnodes } from '../support/libkqueue.js';
import { mirrored } from './mirrored.js';

guardDescriptors();
const test = eachWithLoop();

/** Nothing of this machine's or this user's settings. */
const ENV = {
  PATH: process.env['PATH'] ?? '',
  GIT_CONFIG_NOSYSTEM: '1',
  HOME: '/none',
  ...Object.fromEntries(
    ['AUTHOR', 'COMMITTER'].flatMap((who) => [
      [`GIT_${who}_NAME`, 'test'],
      [`GIT_${who}_EMAIL`, 'test@localhost'],
    ]),
  ),
};

/** Each begins with what the one before has. */
const BRANCHES: Record<string, (at: (name: string) => string) => void> = {
  first(at) {
    for (let i = 0; i < 40; i++) put(at(`src/app/part${i % 4}/file${i}`));
    put(at('lib/very/much/deeper/than/that'));
    put(at('place'));
  },
  renamed(at) {
    renameSync(at('src'), at('source'));
    mkdirSync(at('lib/other'));
    renameSync(at('lib/very/much'), at('lib/other/much'));
  },
  deleted(at) {
    rmSync(at('source/app/part1'), { recursive: true });
    rmSync(at('lib'), { recursive: true });
  },
  replaced(at) {
    rmSync(at('source'), { recursive: true });
    put(at('source'));
    rmSync(at('place'));
    for (let i = 0; i < 20; i++) put(at(`place/is/a/folder${i}/with`));
  },
};

function put(path: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, path);
}

const hasGit = spawnSync('git', ['--version']).status === 0;

let origin: string | undefined;

/** One for all tests: what has the branches. */
function repository(): string {
  if (origin !== undefined) return origin;
  const folder = mkdtempSync(join(tmpdir(), 'rawloop-'));
  const git = (...args: string[]) => execFileSync('git', args, { cwd: folder, env: ENV });
  git('init', '--quiet');
  for (const [name, make] of Object.entries(BRANCHES)) {
    git('checkout', '--quiet', '-b', name);
    make((path) => join(folder, path));
    git('add', '--all');
    git('commit', '--quiet', '--message', name);
  }
  origin = folder;
  return folder;
}

afterAll(() => {
  if (origin !== undefined) rmSync(origin, { recursive: true });
});

/** More files than libkqueue has instances of inotify for. */
const canWatch = process.platform === 'linux' && !hasFewVnodes;

describe.runIf(hasGit && canWatch).each(DRIVE_MODES)('git checkout (%s)', (mode) => {
  it('of one branch after the other is told, and the tree told is the tree', async () => {
    const folder = temporaryFolder();
    execFileSync('git', ['clone', '--quiet', repository(), folder], { env: ENV });
    const names = Object.keys(BRANCHES);
    const run = async (script: string) => {
      const child = test.loop.spawn('sh', ['-ec', script], { cwd: folder, env: ENV });
      expect(await child.exited).toMatchObject({ code: 0 });
    };
    const checkout = (name: string) => `git checkout --quiet ${name}\n`;
    const there = names.map((name) => () => run(checkout(name)));
    // And back and forth at once, without a pause.
    const all = [...names.toReversed(), ...names.slice(1)].map(checkout).join('');
    const { told } = await mirrored(test.loop, mode, folder, [...there, () => run(all)]);
    const [, renamed = [], deleted = [], replaced = []] = told;
    expect(renamed).toContain('create source/');
    expect(renamed).toContain('delete src/');
    expect(deleted).toContain('delete lib/');
    expect(replaced).toContain('create place/is/a/folder19/with');
  });
});
