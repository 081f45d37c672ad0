// A watcher of a path: what keeps it, how it ends, how watchers share what the kernel has, what is
// told when something was lost.
import { chmodSync, mkdirSync, readFileSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { PathWatcher } from '../../lib/paths/watcher.js';
import { guardDescriptors, openDescriptors } from '../support/descriptors.js';
import { DRIVE_MODES, drive, eachWithLoop, run } from '../support/drive.js';
import { temporaryFolder } from '../support/folder.js';
import { hasFewVnodes } from '../support/libkqueue.js';
import { shown, tellsNames } from './support.js';

guardDescriptors();
const test = eachWithLoop();
const never = () => expect.unreachable();
const isInotify = ([, what]: [number, string]) => what.includes('inotify');
const instances = () => [...openDescriptors()].filter(isInotify);
const QUEUED = Number(
  process.platform === 'linux' ? readFileSync('/proc/sys/fs/inotify/max_queued_events') : 0,
);

// Without `isHeld` in Root.noticed each write is kept, for nobody.
it.runIf(tellsNames)('no more of a file is kept than highWaterMark', async () => {
  const file = join(temporaryFolder(), 'file');
  writeFileSync(file, '');
  const watcher = test.loop.watchPath(file, { highWaterMark: 4, attributes: true });
  await Promise.all([watcher.ready, run(test.loop, 'nowait')]);
  for (let i = 0; i < 40; i++) {
    chmodSync(file, i % 2 === 0 ? 0o600 : 0o640);
    await run(test.loop, 'nowait');
  }
  let count = 0;
  const take = (async () => {
    for await (const { type } of watcher)
      if (type === 'overflow') break;
      else count++;
  })();
  await run(test.loop);
  await take;
  expect(count).toBe(4);
});

// All watchers were asked what they have to tell, and whether they wait for something, for each thing
// that happened: 3 ms of them where 10,000 files were watched.
it.runIf(tellsNames)('asks nobody but those whom it is about, however many there are', async () => {
  const folder = temporaryFolder();
  const files = Array.from({ length: 50 }, (_, i) => join(folder, `file ${i}`));
  for (const file of files) writeFileSync(file, '');
  const told: string[] = [];
  const watchers = files.map((file) =>
    test.loop.watchPath(file, {}, (_, { path }) => told.push(path)),
  );
  await Promise.all([...watchers.map(({ ready }) => ready), run(test.loop, 'nowait')]);
  const asked = vi.spyOn(PathWatcher.prototype, 'hasNews', 'get');
  const settled = vi.spyOn(PathWatcher.prototype, 'settle');
  writeFileSync(files[7] as string, 'written');
  await run(test.loop, 'once');
  const counts = [asked.mock.calls.length < files.length, settled.mock.calls.length];
  asked.mockRestore();
  settled.mockRestore();
  for (const watcher of watchers) watcher.close();
  expect([told, counts]).toEqual([[files[7]], [true, 0]]);
});

it('hears all that it asks for, also when another asks for less of the same folder', async () => {
  const folder = temporaryFolder();
  const [file, other] = [join(folder, 'file'), join(folder, 'other')];
  for (const path of [file, other]) writeFileSync(path, '');
  const told: string[] = [];
  const watcher = test.loop.watchPath(folder, {}, (event) => {
    told.push(shown(event));
    watcher.close();
    // Of the folder it asks for names alone. Without IN_MASK_ADD that is all there is of it then;
    // without Tree.#isThere a file that was there and is not listed yet has not changed.
    less.close();
  });
  const less = test.loop.watchPath(file, {}, never);
  const write = () => writeFileSync(other, 'written');
  // Where folders are listed, a file in one is open from the first list on.
  if (tellsNames) write();
  else watcher.ready.then(write);
  await run(test.loop);
  expect(told).toEqual(['change other']);
});

describe.each(DRIVE_MODES)('a watcher (%s)', (mode) => {
  it('keeps the loop alive while it is referenced, and closes by using', async () => {
    const folder = temporaryFolder();
    {
      using watcher = test.loop.watchPath(folder, {}, never);
      expect([watcher.active, watcher.kind, watcher.label, watcher.path]).toEqual([
        true,
        'PathWatcher',
        `PathWatcher ${folder}`,
        folder,
      ]);
      watcher.unref();
      await drive(test.loop, mode);
      expect(test.loop.alive).toBe(false);
      watcher.ref();
      expect(test.loop.alive).toBe(true);
    }
    writeFileSync(join(folder, 'file'), '');
    await drive(test.loop, mode);
  });

  // The requests by which folders are listed held it, each as long as it took.
  it.runIf(tellsNames)('that is not referenced does not hold it by its looks either', async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'one/other'), { recursive: true });
    const watcher = test.loop.watchPath(folder, { recursive: true }, never).unref();
    expect(test.loop.alive).toBe(false);
    watcher.ref();
    watcher.ready.then(() => watcher.close());
    await drive(test.loop, mode);
    expect(watcher.isClosed).toBe(true);
  });

  it('is iterated, and closes with its signal or when the loop is left', async () => {
    const folder = temporaryFolder();
    const names: string[] = [];
    const work = async () => {
      for await (const { name } of watcher) {
        names.push(name);
        if (names.length === 2) break;
      }
    };
    const watcher = test.loop.watchPath(folder);
    const done = work();
    for (const name of ['a', 'b', 'c']) mkdirSync(join(folder, name));
    await drive(test.loop, mode);
    await done;
    expect([names, watcher.isClosed]).toEqual([['a', 'b'], true]);
    const stop = new AbortController();
    const other = test.loop.watchPath(folder, { signal: stop.signal });
    const waits = expect(other[Symbol.asyncIterator]().next()).rejects.toMatchObject({
      code: 'ABORT_ERR',
    });
    test.loop.setImmediate(() => stop.abort());
    await drive(test.loop, mode);
    await waits;
    expect(() => other[Symbol.asyncIterator]()).toThrow('iterated already');
  });

  it('keeps highWaterMark events for who iterates, and finds out then what else there is', async () => {
    const folder = temporaryFolder();
    const watcher = test.loop.watchPath(folder, { highWaterMark: 8, initial: true });
    const found = new Set<string>();
    const count = hasFewVnodes ? 30 : 100;
    let overflows = 0;
    const work = async () => {
      for await (const { type, name } of watcher) {
        if (type === 'overflow') overflows++;
        if (type !== 'create' || name === '') continue;
        expect(found).not.toContain(name);
        found.add(name);
        if (found.size === count) break;
      }
    };
    for (let i = 0; i < count / 2; i++) mkdirSync(join(folder, `${i}`));
    test.loop.setTimeout(() => {
      for (let i = count / 2; i < count; i++) mkdirSync(join(folder, `${i}`));
      work();
    }, 5);
    await drive(test.loop, mode);
    expect(found.size).toBe(count);
    expect(overflows).toBeGreaterThan(0);
  });

  // Where an overflow itself were one too many (KeptEvents.add), it would be all that is heard.
  it('hears something behind each overflow, also where one event is kept', async () => {
    const folder = temporaryFolder();
    const names = ['a', 'b', 'c'];
    const watcher = test.loop.watchPath(folder, { highWaterMark: 1, initial: true });
    const found: string[] = [];
    const work = async () => {
      let overflows = 0;
      for await (const { type, name } of watcher) {
        if (type === 'create' && name !== '') found.push(name);
        if (type === 'overflow') overflows++;
        if (found.length === names.length || overflows === 50) break;
      }
    };
    for (const name of names) mkdirSync(join(folder, name));
    work();
    await drive(test.loop, mode);
    expect(found.sort()).toEqual(names);
  });

  // Without the look at all folders behind it (Tree.lost), what was lost is never told; without
  // Root.lookAnew nobody hears of a path whose folder came meanwhile.
  it.runIf(tellsNames && QUEUED > 0 && QUEUED <= 65536)(
    'tells an overflow of the kernel’s queue, and then what is there',
    async () => {
      const folder = temporaryFolder();
      const below = join(folder, 'below');
      mkdirSync(below);
      const file = join(below, 'file');
      const gone = join(folder, 'gone', 'below');
      mkdirSync(gone, { recursive: true });
      const told: string[] = [];
      const toldOfGone: string[] = [];
      const watcher = test.loop.watchPath(folder, { recursive: true }, (event) => {
        const what = shown(event);
        if (!/\/(one|two)$/.test(what)) told.push(what);
        if (what === 'create below/last') watcher.close();
      });
      // Its nearest folder above is the watched one, and that there is another is what is lost.
      const other = test.loop.watchPath(gone, {}, (event) => {
        toldOfGone.push(shown(event));
        if (event.type === 'delete') storm();
        if (event.type === 'overflow') mkdirSync(gone);
        if (event.type === 'create') other.close();
      });
      watcher.ready.then(() => rmSync(join(folder, 'gone'), { recursive: true }));
      const storm = () => {
        // Two events for each round, which the kernel does not merge.
        for (let i = 0; i < QUEUED / 2 + 10; i++) {
          writeFileSync(file, '');
          unlinkSync(file);
        }
        mkdirSync(join(folder, 'gone'));
        writeFileSync(join(below, 'last'), '');
      };
      await drive(test.loop, mode);
      expect(told).toContain('overflow /');
      expect(told.at(-1)).toBe('create below/last');
      expect(toldOfGone).toEqual(['delete /', 'overflow ', 'create /']);
    },
  );
});

describe('misuse', () => {
  it('is refused before anything is opened', () => {
    const folder = temporaryFolder();
    const watch = (...args: unknown[]) =>
      (test.loop.watchPath as (...args: unknown[]) => PathWatcher)(...args);
    const path = join(folder, 'none');
    expect(() => watch('')).toThrow(expect.objectContaining({ code: 'ENOENT' }));
    expect(() => watch('a\0b')).toThrow(TypeError);
    for (const bad of [1, null, {}, undefined]) expect(() => watch(bad)).toThrow(TypeError);
    for (const bad of [1, {}, 'x']) expect(() => watch(folder, {}, bad)).toThrow(TypeError);
    for (const bad of [{ recursive: 1 }, { encoding: 'x' }, { initial: 'no' }, { signal: 1 }]) {
      expect(() => watch(folder, bad)).toThrow(TypeError);
    }
    for (const highWaterMark of [0, 1.5, 2 ** 31, Number.NaN]) {
      expect(() => watch(folder, { highWaterMark })).toThrow(RangeError);
    }
    expect(instances()).toEqual([]);
    expect(test.loop.metrics().handles).toEqual([]);
    // The kernel says so of this one.
    expect(() => watch(path)).toThrow(expect.objectContaining({ code: 'ENOENT', path }));
    const watcher = watch(folder, {}, never);
    expect(watcher).toBeInstanceOf(PathWatcher);
    expect(() => watcher[Symbol.asyncIterator]()).toThrow('has a callback');
    watcher.close();
  });
});
