// What the kernel has for watched paths: one inotify instance of each loop, and a watch for each thing that
// is watched, as long as somebody watches it.
import { mkdirSync, readFileSync, renameSync, unlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { guardDescriptors, openDescriptors } from '../support/descriptors.js';
import { DRIVE_MODES, eachWithLoop, run } from '../support/drive.js';
import { temporaryFolder } from '../support/folder.js';
import { shown, tellsNames } from './support.js';

guardDescriptors();
const test = eachWithLoop();
const never = () => expect.unreachable();
const isInotify = ([, what]: [number, string]) => what.includes('inotify');
const instances = () => [...openDescriptors()].filter(isInotify);
/** How many watches the kernel has in the instances of this process. */
const watches = () =>
  instances().flatMap(
    ([fd]) => readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8').match(/^inotify wd/gm) ?? [],
  ).length;

describe('watchers of one loop', () => {
  it.runIf(tellsNames)(
    'have one instance and one watch for one folder, and each is told',
    async () => {
      const folder = temporaryFolder();
      const told: string[] = [];
      const watch = (name: string, path: string) =>
        test.loop.watchPath(path, {}, (event, watcher) => {
          told.push(`${name} ${shown(event)}`);
          watcher.close();
        });
      const all = [watch('one', folder), watch('two', folder)];
      const file = join(folder, 'file');
      // The folder, and those above it.
      const above = dirname(folder).split('/').length - 1;
      expect([instances().length, watches()]).toEqual([1, 1 + above]);
      writeFileSync(file, '');
      all.push(watch('three', file));
      expect(watches()).toBe(2 + above);
      await run(test.loop, 'once');
      expect(told).toEqual(['one create file', 'two create file']);
      // The third watches the folders above its file.
      expect(watches()).toBe(2 + above);
      unlinkSync(file);
      await run(test.loop);
      expect(told[2]).toBe('three delete ');
      expect(instances()).toEqual([]);
    },
  );
});

// Without `above.end` and `unwatch` in Root.end, or `clear` in Tree.end, the instance keeps their watches.
it.runIf(tellsNames && DRIVE_MODES.includes('guest'))(
  'a watcher that closes leaves no watch, while others go on',
  async () => {
    const [folder, other] = [temporaryFolder(), temporaryFolder()];
    const [file, below] = [join(other, 'file'), join(other, 'below')];
    writeFileSync(file, '');
    mkdirSync(join(below, 'one'), { recursive: true });
    test.loop.attach();
    const watcher = test.loop.watchPath(folder, {}, never);
    await watcher.ready;
    const before = watches();
    const counts: number[] = [];
    for (const path of [file, below]) {
      const second = test.loop.watchPath(path, { recursive: true }, never);
      await second.ready;
      counts.push(watches() - before);
      second.close();
      await second.closed;
      expect(watches()).toBe(before);
    }
    // The path, what is below it, and the folder above.
    expect(counts).toEqual([2, 3]);
    watcher.close();
    await watcher.closed;
    test.loop.detach();
  },
);

// Without the first line of Above's `#use` the folder that has another name by now stays watched.
it.runIf(tellsNames)('a folder above that is moved away is watched no more', async () => {
  const inner = join(temporaryFolder(), 'a', 'b');
  mkdirSync(inner, { recursive: true });
  const file = join(inner, 'file');
  writeFileSync(file, '');
  const told: [string, number][] = [];
  const watcher = test.loop.watchPath(file, {}, (event) => {
    told.push([shown(event), watches()]);
    watcher.close();
  });
  // Those further up, where the folder of the file is.
  const above = dirname(inner).split('/').length - 1;
  // And that folder, and the file.
  const before = watches();
  renameSync(inner, `${inner}.away`);
  await run(test.loop);
  // Those that are there alone.
  expect([before, told]).toEqual([above + 2, [['delete ', above]]]);
});
