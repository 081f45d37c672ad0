// Names that are moved away from a watched tree, many at a time: what each of them costs does not grow
// with their number, and those that have no second half are told to be gone also while notices
// never come to an end. Tried with the places of halves looked for among all of them: 4,000 looks for
// each name; and with the end put off as long as notices wait: never.
import { expect, it } from 'vitest';
import { Folder } from '../../lib/paths/folder.js';
import { Halves } from '../../lib/paths/halves.js';
import { Renames } from '../../lib/paths/renames.js';
import type { NoticeSource } from '../../lib/paths/source.js';
import { drive, eachWithLoop } from '../support/drive.js';

const test = eachWithLoop();
const MANY = 4000;

function folderOf(names: Iterable<string>): Folder {
  const folder = new Folder({ noticed() {} }, undefined, '', true);
  for (const name of names) folder.entries.set(name, undefined);
  return folder;
}

it('are found by their place, however many wait', () => {
  const folder = folderOf([]);
  const halves = new Halves();
  let looks = 0;
  let dropped = 0;
  for (let i = 0; i < MANY; i++) {
    const name = `name ${i}`;
    if (halves.drop(folder, name)) dropped++;
    const half = {
      get folder() {
        looks++;
        return folder;
      },
      name,
    };
    halves.add(i, half);
  }
  expect([dropped, looks < MANY * 3]).toEqual([0, true]);
  expect(halves.drop(folder, 'name 7')).toBe(true);
  expect(halves.drop(folder, 'name 7')).toBe(false);
  expect(halves.take(7)).toBeUndefined();
  expect(halves.take(8)).toMatchObject({ name: 'name 8' });
  expect([...halves.takeFirst(3)].map(({ name }) => name)).toEqual(['name 0', 'name 1', 'name 2']);
  expect([...halves.takeOf(folder)]).toHaveLength(MANY - 5);
  expect(halves.size).toBe(0);
});

it('end once what had come with them was handed on, and not when nothing more comes', async () => {
  const { loop } = test;
  const names = ['early', 'late'];
  const folder = folderOf(names);
  const gone: string[] = [];
  const tree = {
    waits() {},
    moved() {},
    arrived() {},
    exchanged() {},
    missing: (_folder: Folder, name: string) => gone.push(name),
  };
  // Notices never come to an end: there is always one more.
  const source = { position: 0, ahead: () => source.position + 1 };
  const renames = new Renames(tree, source as unknown as NoticeSource, loop);
  let moved = 0;
  const turn = loop.setInterval(() => {
    source.position++;
    renames.settle();
    const name = names[moved];
    if (moved === gone.length && name !== undefined) renames.away(folder, name, ++moved);
    if (gone.length === names.length || source.position > MANY) loop.clearInterval(turn);
  }, 1);
  await drive(loop, 'owned');
  expect(gone).toEqual(['early', 'late']);
});
