// A folder that is watched, with and without what is below it: names that come and go, renames by
// their cookies, folders that are made with something in them before anybody can watch them.
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { EventLoop } from '../../lib/faces/event-loop.js';
import { guardDescriptors } from '../support/descriptors.js';
import { DRIVE_MODES, drive, eachWithLoop } from '../support/drive.js';
import { temporaryFolder } from '../support/folder.js';
import { deviates, hasFewVnodes, usedBackend } from '../support/libkqueue.js';
import { oneByOne, play, shown, tellsNames } from './support.js';

guardDescriptors();
const test = eachWithLoop();
const RECURSIVE = { recursive: true };

describe.each(DRIVE_MODES)('a watched folder (%s)', (mode) => {
  it('tells what happens in it, and nothing of what is further below', async () => {
    const folder = temporaryFolder();
    const at = (name: string) => join(folder, name);
    mkdirSync(at('below'));
    const below = deviates(usedBackend, 'attributesBelow') ? ['attributes /'] : [];
    const { told, expected } = await play(test.loop, mode, folder, { attributes: true }, [
      [() => mkdirSync(at('made')), ['create made/']],
      [() => writeFileSync(at('below/file'), ''), []],
      [() => writeFileSync(at('é'), ''), ['create é']],
      [() => writeFileSync(at('é'), 'x'), ['change é']],
      [() => renameSync(at('é'), at('b')), ['rename b from é']],
      [() => chmodSync(at('b'), 0o600), [...below, 'attributes b']],
      [() => renameSync(at('b'), at('below/b')), ['delete b']],
      [() => renameSync(at('below/b'), at('b')), ['create b']],
      [() => symlinkSync('b', at('link')), ['create link']],
      [() => unlinkSync(at('b')), ['delete b']],
      [() => renameSync(at('made'), at('renamed')), ['rename renamed/ from made']],
    ]);
    expect(told).toEqual(expected);
  });

  it('that goes and comes is watched again, with what is in it by then', async () => {
    const folder = join(temporaryFolder(), 'watched');
    const make = () => {
      mkdirSync(join(folder, 'a'), { recursive: true });
      writeFileSync(join(folder, 'a', 'b'), '');
    };
    make();
    const { told, expected } = await play(test.loop, mode, folder, RECURSIVE, [
      [() => renameSync(folder, `${folder}2`), ['delete /']],
      [() => renameSync(`${folder}2`, folder), ['create /', 'create a/', 'create a/b']],
      [
        () => rmSync(folder, { recursive: true }),
        [...oneByOne('delete a/b', 'delete a/'), 'delete /'],
      ],
      [make, ['create /', 'create a/', 'create a/b']],
      [() => unlinkSync(join(folder, 'a', 'b')), ['delete a/b']],
    ]);
    expect(told).toEqual(expected);
  });

  it('with all below it tells of a tree that is made, moved and removed at once', async () => {
    const folder = temporaryFolder();
    const outside = temporaryFolder();
    const at = (name: string) => join(folder, name);
    const make = (top: string) => {
      mkdirSync(join(top, 'a/b'), { recursive: true });
      writeFileSync(join(top, 'a/b/c'), '');
    };
    make(join(outside, 'tree'));
    const tree = ['', '/a', '/a/b'].map((path) => `create tree${path}/`);
    const { told, expected } = await play(test.loop, mode, folder, RECURSIVE, [
      // More than once: who was watched before the rest was made is chance.
      [() => make(at('tree')), [...tree, 'create tree/a/b/c']],
      [() => renameSync(at('tree'), at('moved')), ['rename moved/ from tree']],
      [() => renameSync(at('moved/a/b'), at('b')), ['rename b/ from moved/a/b']],
      [() => writeFileSync(at('b/d'), ''), ['create b/d']],
      [() => renameSync(at('b'), join(outside, 'b')), ['delete b/']],
      [() => writeFileSync(join(outside, 'b/not told'), ''), []],
      [() => renameSync(join(outside, 'tree'), at('tree')), [...tree, 'create tree/a/b/c']],
      [() => unlinkSync(at('tree/a/b/c')), ['delete tree/a/b/c']],
    ]);
    expect(told).toEqual(expected);
  });

  // Without Surveys.moved what is in the other folder is told to be in the one that was moved.
  // Where folders are listed by their descriptors there is no path to be another's.
  it.runIf(tellsNames)(
    'looks anew at one that is moved while it is listed, as its path leads to another',
    async () => {
      const loop = new EventLoop({ poolSize: 1 });
      const folder = temporaryFolder();
      const at = (name: string) => join(folder, name);
      const fifo = join(temporaryFolder(), 'fifo');
      execFileSync('mkfifo', [fifo]);
      const told: string[] = [];
      const replace = () => {
        renameSync(at('a'), at('b'));
        mkdirSync(at('a'));
        writeFileSync(at('a/in a'), '');
        writer = openSync(fifo, 'r+');
      };
      let writer = -1;
      const watcher = loop.watchPath(folder, RECURSIVE, (event) => {
        told.push(shown(event));
        if (told.length === 1) loop.setImmediate(replace);
        if (told.at(-1) === 'create a/in a') writeFileSync(at('b/last'), '');
        if (told.at(-1) === 'create b/last') watcher.close();
      });
      watcher.ready.then(async () => {
        mkdirSync(at('a'));
        // Holds the only thread, so that the list of `a` waits.
        const file = await loop.fs.open(fifo);
        closeSync(writer);
        await file.close();
      });
      await drive(loop, mode);
      loop.close();
      const expected = ['create a/', 'rename b/ from a', 'create a/', 'create a/in a'];
      expect(told).toEqual([...expected, 'create b/last']);
    },
  );

  // With `ready` as soon as all is watched (settled in lib/paths/watcher.ts) the last are told behind it.
  it('is ready once what was there at first was told', async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'a/b'), { recursive: true });
    for (const name of ['f', 'a/f', 'a/b/f']) writeFileSync(join(folder, name), '');
    const told: string[] = [];
    const watcher = test.loop.watchPath(folder, { recursive: true, initial: true }, ({ name }) => {
      told.push(name);
    });
    watcher.ready.then(() => {
      told.push('ready');
      watcher.close();
    });
    await drive(test.loop, mode);
    expect(told.at(-1)).toBe('ready');
    expect(told.slice(0, -1).sort()).toEqual(['', 'a', 'a/b', 'a/b/f', 'a/f', 'f']);
  });

  it('tells what is there at first when asked, and follows no link', async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'a/b'), { recursive: true });
    symlinkSync(folder, join(folder, 'a/link'));
    const told: string[] = [];
    const watcher = test.loop.watchPath(folder, { recursive: true, initial: true }, (event) => {
      told.push(shown(event));
      if (told.length === 4) watcher.close();
    });
    await drive(test.loop, mode);
    expect(told).toEqual(['create /', 'create a/', 'create a/b/', 'create a/link']);
  });

  it('tells of names that are no text as bytes', async () => {
    const folder = temporaryFolder();
    const name = Buffer.from([0x66, 0xff, 0x80]);
    const path = Buffer.concat([Buffer.from(`${folder}/`), name]);
    const told: unknown[] = [];
    const watcher = test.loop.watchPath(folder, { encoding: 'buffer' }, (event) => {
      told.push(event.type, event.name, event.path);
      watcher.close();
    });
    writeFileSync(path, '');
    await drive(test.loop, mode);
    expect(told).toEqual(['create', name, path]);
    expect(readdirSync(folder, 'buffer')).toEqual([name]);
  });

  it.skipIf(hasFewVnodes)(
    'is deep: hundreds of levels that are made and removed at once',
    async () => {
      const folder = temporaryFolder();
      const levels = 300;
      const deepest = Array.from({ length: levels }, () => 'd').join('/');
      let made = 0;
      let gone = 0;
      const watcher = test.loop.watchPath(folder, RECURSIVE, ({ type }) => {
        if (type === 'create' && ++made === levels) rmSync(join(folder, 'd'), { recursive: true });
        if (type !== 'delete' || ++gone < (tellsNames ? levels : 1)) return;
        watcher.close();
      });
      watcher.ready.then(() => mkdirSync(join(folder, deepest), { recursive: true }));
      await drive(test.loop, mode);
      expect([made, gone]).toEqual([levels, tellsNames ? levels : 1]);
    },
  );
});
