// Removing a tree took a frame of the thread's stack and a descriptor for each of its levels: a tree
// that was deep enough ended the process, or was EMFILE. And names that are no UTF-8 were lost on the
// way: a tree that had one could not be listed, nor copied, and a copy to one had another name.
//
// With a Removal that enters each folder by a call of itself the child ends with SIGSEGV; without
// `Close` in its `Enter` it tells EMFILE, and without `Reopen` EBADF. With names as text in
// lib/pool/fs/folders.ts and copy.ts the other two are ENOENT.
import * as nodeFs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MODES, TestLoop } from '../pool/support.js';
import { runChild } from '../support/child.js';

let root: string;
beforeAll(() => {
  root = nodeFs.mkdtempSync(join(tmpdir(), 'rawloop-trees-'));
});
afterAll(() => nodeFs.rmSync(root, { recursive: true }));

describe('a tree', () => {
  it('may be deeper than a stack has room, and than there are descriptors', () => {
    const script = `
      const home = fs.mkdtempSync(require('node:path').join(require('node:os').tmpdir(), 'rawloop-deep-'));
      const root = home + '/tree';
      fs.mkdirSync(root);
      process.chdir(root);
      for (let level = 0; level < 500; level++) {
        if (level % 50 === 0) fs.writeFileSync('file', 'x');
        fs.mkdirSync('z');
        process.chdir('z');
      }
      process.chdir(home);
      const pool = new rawloop.ThreadPool({ size: 1, stackBytes: 65536 });
      const loop = new EventLoop({ pool });
      loop.fs.rm(root, { recursive: true }).then(() => 'gone', ({ code }) => code).then((told) => {
        report([told, fs.existsSync(root)]);
        fs.rmSync(home, { recursive: true });
      });
      loop.run();
    `;
    expect(runChild(script, { maxDescriptors: 64 })).toEqual(['gone', false]);
  });
});

/** `text`, and a byte that is in no UTF-8. */
const odd = (text: string) => Buffer.concat([Buffer.from(text), Buffer.from([0xff])]);

// APFS takes UTF-8 alone.
describe.runIf(process.platform === 'linux').each(MODES)('names that are no UTF-8, %s', (mode) => {
  it('are listed with what is below them, and copied', async () => {
    const home = nodeFs.mkdtempSync(join(root, 'names-'));
    const tree = join(home, 'tree');
    nodeFs.mkdirSync(odd(`${tree}/folder`), { recursive: true });
    nodeFs.writeFileSync(Buffer.concat([odd(`${tree}/folder`), odd('/file')]), 'content');
    nodeFs.symlinkSync(odd('folder'), odd(`${tree}/link`));
    const loop = new TestLoop();
    const asked = { recursive: true, encoding: 'buffer' } as const;
    const sorted = (names: Uint8Array[]) =>
      names.map((name) => Buffer.from(name)).sort(Buffer.compare);
    const told = (async () => {
      await loop.fs.cp(tree, odd(join(home, 'copy')), { recursive: true, verbatimSymlinks: true });
      return [
        await loop.fs.readdir(tree, asked),
        await loop.fs.readdir(odd(join(home, 'copy')), asked),
      ];
    })();
    const [listed = [], copied = []] = await loop.outcome(mode, told);
    loop.close();
    const all = [odd('folder'), Buffer.concat([odd('folder'), odd('/file')]), odd('link')];
    expect(sorted(listed)).toEqual(all.sort(Buffer.compare));
    expect(sorted(copied)).toEqual(sorted(listed));
    const link = nodeFs.readlinkSync(
      Buffer.concat([odd(join(home, 'copy')), odd('/link')]),
      'buffer',
    );
    expect(link).toEqual(odd('folder'));
  });
});
