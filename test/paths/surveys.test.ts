// Looks at folders of which no notice tells: those of /proc and of some file systems come and go without
// a word. The folders here are such, by a source of notices that has none. Tried without the turn that
// Surveys (lib/paths/surveys.ts) asks for where a folder cannot be watched: nothing was told behind the
// first few that were gone, and the watcher was never ready; and with ready put off as long as
// anything is looked at: it was never ready either.
import { expect, it } from 'vitest';
import type { HandleLoop } from '../../lib/loop/contract.js';
import { Folder } from '../../lib/paths/folder.js';
import { FOLDER_TYPE, type Found, type NoticeSource } from '../../lib/paths/source.js';
import { Tree } from '../../lib/paths/tree.js';
import { constants } from '../../lib/raw/constants.js';
import { DRIVE_MODES, drive, eachWithLoop } from '../support/drive.js';

const test = eachWithLoop();
const ENOENT = -(constants['ENOENT'] as number);
const ROOT = 1;

/** Below '/root' are folders with these names, none of which is there any more when it is looked at. */
class Silent implements NoticeSource {
  readonly position = 0;
  readonly #loop: HandleLoop;
  readonly #names: () => string[];

  constructor(loop: HandleLoop, names: () => string[]) {
    this.#loop = loop;
    this.#names = names;
  }

  ahead(): number {
    return 0;
  }

  add(path: string): number {
    return path === '/root' ? ROOT : ENOENT;
  }

  remove(): void {}

  sharing(): [] {
    return [];
  }

  async list(): Promise<Found> {
    await new Promise<void>((done) => {
      this.#loop.setTimeout(done, 1);
    });
    const names = this.#names();
    return { names, types: new Uint8Array(names.length).fill(FOLDER_TYPE) };
  }
}

function treeOf(loop: HandleLoop, names: () => string[], settled: () => void): [Tree, string[]] {
  const told: string[] = [];
  const news = {
    tell: (type: string, path: string) => told.push(`${type} ${path}`),
    rootLost() {},
    waits() {},
    refused() {},
    fail() {},
    settled,
  };
  const settings = { recursive: true, initial: false };
  const tree = new Tree(news, new Silent(loop, names), loop, '/root', settings);
  const root = new Folder(tree, undefined, '', true);
  root.watch = ROOT;
  tree.plant(root);
  return [tree, told];
}

it.each(DRIVE_MODES)('goes on behind folders that are gone without a word (%s)', async (mode) => {
  const { loop } = test;
  const all = Array.from({ length: 9 }, (_, i) => `folder ${i}`);
  let looks = 0;
  const hold = loop.setInterval(() => {}, 5);
  const done = () => {
    if (told.length === all.length) loop.clearInterval(hold);
  };
  const [tree, told] = treeOf(loop, () => (looks++ === 0 ? all : []), done);
  const watchdog = loop.setTimeout(() => loop.clearInterval(hold), 10_000).unref();
  await drive(loop, mode);
  loop.clearTimeout(watchdog);
  tree.end();
  expect(told.sort()).toEqual(all.map((name) => `delete ${name}`));
});

it.each(DRIVE_MODES)('is ready although others come and go for ever (%s)', async (mode) => {
  const { loop } = test;
  let looks = 0;
  const hold = loop.setInterval(() => {}, 5);
  let isReady = false;
  const done = () => {
    isReady = true;
    loop.clearInterval(hold);
  };
  const [tree] = treeOf(loop, () => [`folder ${looks++}`], done);
  const watchdog = loop.setTimeout(() => loop.clearInterval(hold), 10_000).unref();
  await drive(loop, mode);
  loop.clearTimeout(watchdog);
  tree.end();
  expect(isReady).toBe(true);
});
