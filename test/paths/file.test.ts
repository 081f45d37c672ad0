// A file that is watched, as editors and others change it. The path is watched, and not the file that
// it led to at first: without Above (lib/paths/above.ts) nothing is told once that file is gone, and
// without the look at the path behind each notice (root.ts) a replaced file is told to be deleted.
import {
  appendFileSync,
  chmodSync,
  linkSync,
  mkdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { guardDescriptors } from '../support/descriptors.js';
import { DRIVE_MODES, eachWithLoop } from '../support/drive.js';
import { temporaryFolder } from '../support/folder.js';
import { mirrored } from './mirrored.js';
import { oneByOne, play, type Step, tellsNames } from './support.js';

guardDescriptors();
const test = eachWithLoop();

/** How editors save, each a path to the steps. */
const SAVES: Record<string, (file: string) => () => void> = {
  'in place, truncated first': (file) => () => writeFileSync(file, 'saved'),
  'in place, cut and written on': (file) => () => {
    truncateSync(file);
    appendFileSync(file, 'saved');
  },
  'a temporary file that is renamed over it': (file) => () => {
    writeFileSync(`${file}.tmp`, 'saved');
    renameSync(`${file}.tmp`, file);
  },
  'a backup by rename, then made anew': (file) => () => {
    renameSync(file, `${file}~`);
    writeFileSync(file, 'saved');
  },
  'deleted and made anew': (file) => () => {
    unlinkSync(file);
    writeFileSync(file, 'saved');
  },
  'a backup by a link, then a rename over it': (file) => () => {
    rmSync(`${file}~`, { force: true });
    linkSync(file, `${file}~`);
    writeFileSync(`${file}.new`, 'saved');
    renameSync(`${file}.new`, file);
  },
};

describe.each(DRIVE_MODES)('a watched file (%s)', (mode) => {
  it.each(Object.keys(SAVES))('has changed when it is saved again and again: %s', async (how) => {
    const file = join(temporaryFolder(), 'file');
    writeFileSync(file, 'first');
    const save = (SAVES[how] as (file: string) => () => void)(file);
    const steps: Step[] = Array.from({ length: 3 }, () => [save, ['change ']]);
    const { told } = await play(test.loop, mode, file, {}, steps);
    // However many steps an editor needs, and writes the kernel told of.
    for (const step of told) expect(new Set(step)).toEqual(new Set(['change ']));
  });

  // Where folders are listed the names are right before anybody was told of the file.
  it.runIf(tellsNames)(
    'is told to have changed in a watched folder, and what is there is what is told',
    async () => {
      const folder = temporaryFolder();
      const file = join(folder, 'file');
      writeFileSync(file, 'first');
      const acts = Object.values(SAVES).flatMap((how) => [how(file), how(file)]);
      const { told } = await mirrored(test.loop, mode, folder, acts);
      const isOfFile = /^(change file|create file|rename file from file\.(tmp|new))$/;
      for (const step of told) expect(step).toContainEqual(expect.stringMatching(isOfFile));
    },
  );

  it('that goes and comes is told so, also with the folders that it is in', async () => {
    const folder = temporaryFolder();
    const inner = join(folder, 'a', 'b');
    const file = join(inner, 'file');
    mkdirSync(inner, { recursive: true });
    writeFileSync(file, '');
    const { told, expected } = await play(test.loop, mode, file, {}, [
      [() => unlinkSync(file), ['delete ']],
      [() => writeFileSync(file, ''), ['create ']],
      [() => renameSync(file, `${file}2`), ['delete ']],
      [() => renameSync(`${file}2`, file), ['create ']],
      [() => renameSync(inner, `${inner}2`), ['delete ']],
      [() => renameSync(`${inner}2`, inner), ['create ']],
      // Without the watches further up (#watchHigher of lib/paths/above.ts) nothing is told of these.
      [() => renameSync(join(folder, 'a'), join(folder, 'z')), ['delete ']],
      [() => renameSync(join(folder, 'z'), join(folder, 'a')), ['create ']],
      [() => writeFileSync(file, 'more'), ['change ']],
      [() => rmSync(join(folder, 'a'), { recursive: true }), ['delete ']],
      [
        () => {
          mkdirSync(inner, { recursive: true });
          writeFileSync(file, '');
        },
        ['create '],
      ],
      [() => unlinkSync(file), ['delete ']],
      [() => mkdirSync(file), ['create /']],
      [() => writeFileSync(join(file, 'in it'), ''), ['create in it']],
      [() => rmSync(file, { recursive: true }), [...oneByOne('delete in it'), 'delete /']],
    ]);
    expect(told).toEqual(expected);
  });

  // Its own attributes are told by Root.noticed, and not by the folder above.
  it.runIf(tellsNames)('is told to have other attributes, where that is asked for', async () => {
    const file = join(temporaryFolder(), 'file');
    writeFileSync(file, '');
    const { told, expected } = await play(test.loop, mode, file, { attributes: true }, [
      [() => chmodSync(file, 0o600), ['attributes ']],
      [() => appendFileSync(file, 'x'), ['change ']],
      [() => chmodSync(file, 0o640), ['attributes ']],
    ]);
    expect(told).toEqual(expected);
  });

  it('by a symbolic link is what that leads to, also when it is turned to another', async () => {
    const folder = temporaryFolder();
    const [one, two, link] = ['one', 'two', 'link'].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ];
    writeFileSync(one, '');
    writeFileSync(two, '');
    symlinkSync(one, link);
    const turn = () => {
      symlinkSync(two, `${link}.new`);
      renameSync(`${link}.new`, link);
    };
    const { told, expected } = await play(test.loop, mode, link, {}, [
      [() => appendFileSync(one, 'x'), ['change ']],
      [turn, ['change ']],
      [() => appendFileSync(two, 'x'), ['change ']],
    ]);
    expect(told).toEqual(expected);
  });
});
