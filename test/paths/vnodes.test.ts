// Paths that are watched by EVFILT_VNODE: what it takes, and what is found out by comparing lists of
// folders. Without the names of before (`begin` of lib/paths/vnodes/contents.ts) what is made before
// the first list is never told, and without its guard not when another begins to watch meanwhile.
// Without `round` (lib/paths/vnodes/listings.ts) what was there is told as made to who watches a folder
// anew. Without `here` (lib/paths/vnodes/comparing.ts) a file with another name is not renamed; without
// letGo behind a comparison and in `forget` (lib/paths/vnodes/contents.ts) what is gone stays open.
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  constants,
  linkSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runChild } from '../support/child.js';
import { countDescriptors, guardDescriptors } from '../support/descriptors.js';
import { DRIVE_MODES, drive, eachWithLoop, run } from '../support/drive.js';
import { temporaryFolder } from '../support/folder.js';
import { deviates, hasFewVnodes, usedBackend } from '../support/libkqueue.js';
import { play, shown, tellsNames } from './support.js';

guardDescriptors();
const test = eachWithLoop();
/** Descriptors for each that is watched: libkqueue has one of its own besides. */
const TAKEN = deviates(usedBackend, 'fewVnodes') ? 2 : 1;

describe.skipIf(tellsNames)('what is open', () => {
  it('is one descriptor for each file and folder, whoever watches it, and none of a FIFO', async () => {
    const folder = temporaryFolder();
    const at = (name: string) => join(folder, name);
    const watch = (path: string) => test.loop.watchPath(path, {}, () => {});
    // The pool is there from now on.
    const first = watch(folder);
    first.ready.then(() => first.close());
    await run(test.loop);
    mkdirSync(at('sub'));
    writeFileSync(at('file'), '');
    symlinkSync('file', at('link'));
    execFileSync('mkfifo', [at('fifo')]);
    const before = countDescriptors();
    const all = [watch(folder), watch(folder), watch(at('file'))];
    let during = 0;
    Promise.all(all.map(({ ready }) => ready)).then(() => {
      during = countDescriptors();
      const write = () => openSync(at('fifo'), constants.O_WRONLY | constants.O_NONBLOCK);
      expect(write).toThrow('ENXIO');
      for (const watcher of all) watcher.close();
    });
    await run(test.loop);
    // The folder and those above it, the file, and the folder in it.
    const above = dirname(folder).split('/').length - 1;
    expect([during - before, countDescriptors() - before]).toEqual([(3 + above) * TAKEN, 0]);
  });

  it('is not more than the process may have: EMFILE, which says why', () => {
    const folder = temporaryFolder();
    for (let i = 0; i < 100; i++) writeFileSync(join(folder, `${i}`), '');
    const told = runChild(
      `const loop = new EventLoop();
      loop.watchPath(${JSON.stringify(folder)}, {}, ({ type, error }) =>
        report([type, error.code, error.syscall, /ulimit -n/.test(error.message)]));
      setImmediate(() => loop.run());`,
      { maxDescriptors: 120 },
    );
    expect(told).toEqual(['error', 'EMFILE', 'open', true]);
  });
});

it.skipIf(tellsNames || process.getuid?.() !== 0)(
  'names are told of what may not be opened',
  () => {
    const folder = temporaryFolder();
    chmodSync(folder, 0o777);
    const told = runChild(
      `const loop = new EventLoop();
    const path = ${JSON.stringify(join(folder, 'mine'))};
    const told = [];
    const watcher = loop.watchPath(${JSON.stringify(folder)}, {}, ({ type, name }) => {
      told.push(type + ' ' + name);
      if (type === 'create') fs.unlinkSync(path);
      else watcher.close();
    });
    watcher.ready.then(() => fs.closeSync(fs.openSync(path, 'w', 0)));
    setImmediate(() => report([loop.run(), told]));`,
      { uid: 65534 },
    );
    expect(told).toEqual([false, ['create mine', 'delete mine']]);
  },
);

describe.skipIf(tellsNames).each(DRIVE_MODES)('what lists say (%s)', (mode) => {
  it('tells names that lead to one file, and those that changed places', async () => {
    const folder = temporaryFolder();
    const at = (name: string) => join(folder, name);
    for (const name of ['a', 'x', 'y']) writeFileSync(at(name), name);
    const move = (from: string, to: string) => renameSync(at(from), at(to));
    const swap = () => {
      move('x', 't');
      move('y', 'x');
      move('t', 'y');
    };
    const replace = () => {
      unlinkSync(at('k'));
      mkdirSync(at('k'));
    };
    const { told, expected } = await play(test.loop, mode, folder, {}, [
      [() => linkSync(at('a'), at('b')), ['create b']],
      [() => writeFileSync(at('a'), 'both'), ['change a', 'change b']],
      [() => move('a', 'c'), ['rename c from a']],
      [() => unlinkSync(at('c')), ['delete c']],
      [() => writeFileSync(at('n'), ''), ['create n']],
      [() => move('n', 'b'), ['rename b from n']],
      [swap, ['delete x', 'rename x from y', 'create y']],
      // Not opened, and so no other's by another name.
      [() => symlinkSync('n', at('l')), ['create l']],
      [() => move('l', 'm'), ['delete l', 'create m']],
      [() => unlinkSync(at('m')), ['delete m']],
      // The folder may have the inode of what was there.
      [() => execFileSync('mkfifo', [at('k')]), ['create k']],
      [replace, ['delete k', 'create k/']],
    ]);
    expect(told).toEqual(expected);
  });

  it('tells what is moved to another folder, and a folder in the place of another', async () => {
    const folder = temporaryFolder();
    const at = (name: string) => join(folder, name);
    for (const name of ['p', 'q', 'q/below']) mkdirSync(at(name));
    const replace = () => {
      rmSync(at('p'), { recursive: true });
      mkdirSync(at('p'));
      writeFileSync(at('p/g'), '');
    };
    const { told, expected } = await play(test.loop, mode, folder, { recursive: true }, [
      [() => writeFileSync(at('p/f'), ''), ['create p/f']],
      [() => renameSync(at('p/f'), at('q/f')), ['rename q/f from p/f']],
      [() => renameSync(at('q/below'), at('p/below')), ['rename p/below/ from q/below']],
      [() => renameSync(at('p/below'), at('below')), ['rename below/ from p/below']],
      [() => writeFileSync(at('below/in it'), ''), ['create below/in it']],
      [replace, ['create p/g']],
    ]);
    expect(told).toEqual(expected);
  });

  it('tells what is made at once, before the first list', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'old'), '');
    const told: string[] = [];
    const watcher = test.loop.watchPath(folder, {}, (event) => {
      told.push(shown(event));
      if (told.length < 2) return;
      watcher.close();
      later.close();
    });
    writeFileSync(join(folder, 'a'), '');
    mkdirSync(join(folder, 'b'));
    // To whom they are no news.
    const later = test.loop.watchPath(folder, {}, () => {});
    await drive(test.loop, mode);
    expect(told).toEqual(['create a', 'create b/']);
  });

  it('knows nothing of a folder that nobody watches, and has nothing in it open', async () => {
    const folder = temporaryFolder();
    const at = (name: string) => join(folder, name);
    mkdirSync(at('sub'));
    writeFileSync(at('sub/f'), '');
    const { loop } = test;
    const told: string[] = [];
    const ready = (path: string) => {
      const watcher = loop.watchPath(path, {}, () => {});
      return watcher.ready.then(() => watcher);
    };
    const counts: number[] = [];
    /** Behind the closing phase. */
    const count = () =>
      new Promise<void>((done) => {
        const look = () => done(void counts.push(countDescriptors()));
        loop.setImmediate(() => loop.setImmediate(look));
      });
    const look = async () => {
      // By which its folder stays open.
      const above = await ready(folder);
      await count();
      (await ready(at('sub'))).close();
      await count();
      // Closed as it is listed: that list is without what comes now.
      loop.watchPath(at('sub'), {}, () => {}).close();
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
      writeFileSync(at('sub/g'), '');
      const last = loop.watchPath(at('sub'), {}, (event) => {
        told.push(shown(event));
        if (event.type === 'create') writeFileSync(at('sub/f'), 'more');
        if (event.type !== 'change') return;
        last.close();
        above.close();
      });
      writeFileSync(at('sub/h'), '');
    };
    const looked = look();
    await drive(loop, mode);
    await looked;
    expect(told).toEqual(['create h', 'change f']);
    expect(counts[1]).toBe(counts[0]);
  });

  it('has nothing open of what is gone, or was moved elsewhere', async () => {
    const [folder, outside] = [temporaryFolder(), temporaryFolder()];
    const at = (name: string) => join(folder, name);
    const { loop } = test;
    let before = 0;
    const count = () => {
      before = countDescriptors();
    };
    const closed = () => {
      if (countDescriptors() > before) loop.setTimeout(closed, 5);
      else writeFileSync(at('end'), '');
    };
    const { told, expected } = await play(loop, mode, folder, {}, [
      [count, []],
      [() => writeFileSync(at('f'), ''), ['create f']],
      [() => unlinkSync(at('f')), ['delete f']],
      [() => mkdirSync(at('d')), ['create d/']],
      [() => renameSync(at('d'), join(outside, 'd')), ['delete d/']],
      [closed, ['create end']],
    ]);
    expect(told).toEqual(expected);
  });

  it('tells all of a storm, as it is on the disk', async () => {
    const folder = temporaryFolder();
    const at = (i: number) => join(folder, `${i}`);
    const count = hasFewVnodes ? 30 : 3000;
    const names = new Set<string>();
    const faults: string[] = [];
    const expected = new Set<string>();
    const storm = () => {
      for (let i = 0; i < count; i++) writeFileSync(at(i), 'x');
      for (let i = 0; i < count; i += 2) renameSync(at(i), at(i + count));
      for (let i = 1; i < count; i += 4) unlinkSync(at(i));
      for (let i = 0; i < count; i++) {
        if (i % 2 === 0) expected.add(`${i + count}`);
        else if (i % 4 === 3) expected.add(`${i}`);
      }
    };
    const watcher = test.loop.watchPath(folder, {}, ({ type, name, from }) => {
      if (type === 'create' && names.has(name)) faults.push(`${name}: told twice`);
      if (type === 'create' || type === 'rename') names.add(name);
      if (type === 'rename') names.delete((from as string).slice(folder.length + 1));
      if (type === 'delete' && !names.delete(name)) faults.push(`${name}: not there`);
      if (expected.size > 0 && names.size === expected.size) look();
    });
    const look = () => [...expected].every((name) => names.has(name)) && watcher.close();
    watcher.ready.then(storm);
    await drive(test.loop, mode);
    expect(faults).toEqual([]);
    expect([...names].sort()).toEqual([...expected].sort());
  });
});
