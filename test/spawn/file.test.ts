// Files for a child's descriptors, by path: opening them never holds the loop.
//
// Without the look at what is there in `wantedFile` the first stands still, or finds that the other
// end was touched; without the one in `openFile` the second does; without `letBlock` there the last
// finds O_NONBLOCK in the child.
import { execFileSync } from 'node:child_process';
import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { constant, constants } from '../../lib/raw/constants.js';
import * as raw from '../../lib/raw/index.js';
import { openFile, wantedFile } from '../../lib/spawn/file.js';
import { thrownBy } from '../loop/support.js';
import { countDescriptors, guardDescriptors } from '../support/descriptors.js';
import { DRIVE_MODES, eachWithLoop } from '../support/drive.js';
import { temporaryFolder } from '../support/folder.js';
import { guardChildren, shell } from './support.js';

guardDescriptors();
guardChildren();
const test = eachWithLoop();

const O_RDONLY = constant('O_RDONLY');
const O_WRONLY = constant('O_WRONLY');
const O_NONBLOCK = constant('O_NONBLOCK');
const REFUSED = { code: 'ERR_INVALID_ARG_VALUE', message: expect.stringContaining('loop.fs.open') };

function newFifo(path = join(temporaryFolder(), 'fifo')): string {
  execFileSync('mkfifo', [path]);
  return path;
}

it('a FIFO is refused before it is opened: whoever is at its other end sees nothing', () => {
  const path = newFifo();
  const readEnd = openSync(path, O_RDONLY | O_NONBLOCK);
  for (const stdio of [[{ path }], ['null', { path }], ['null', 'null', 'null', { path }]]) {
    const call = () => test.loop.spawn('/bin/true', [], { stdio: stdio as never });
    expect(thrownBy(call)).toMatchObject(REFUSED);
  }
  // Had somebody come and gone there were a hangup.
  const asked = Int32Array.of(readEnd, constant('POLLIN'), 0);
  expect([raw.poll(asked, 1, 0), asked[2]]).toEqual([0, 0]);
  closeSync(readEnd);
});

it('one that has come since the path was checked is refused as well', () => {
  const path = join(temporaryFolder(), 'later');
  const wanted = [wantedFile('read', { path }, 0), wantedFile('write', { path, flags: 'r+' }, 1)];
  newFifo(path);
  const before = countDescriptors();
  for (const each of wanted) expect(thrownBy(() => openFile(each))).toMatchObject(REFUSED);
  expect(countDescriptors()).toBe(before);
});

describe.each(DRIVE_MODES)('%s', (mode) => {
  it('a FIFO is opened without its other end for who says so, and given by its descriptor', async () => {
    const path = newFifo();
    const flags = O_WRONLY | O_NONBLOCK;
    const alone = () => test.loop.spawn('/bin/true', [], { stdio: ['null', { path, flags }] });
    expect(thrownBy(alone)).toMatchObject({ code: 'ENXIO', syscall: 'open', path });
    const both = openSync(path, 'r+');
    await shell(test.loop, mode, 'echo by path', { stdio: ['null', { path, flags }, 'inherit'] });
    await shell(test.loop, mode, 'echo by number', { stdio: ['null', both, 'inherit'] });
    const bytes = Buffer.alloc(64);
    expect(bytes.toString('utf8', 0, readSync(both, bytes))).toBe('by path\nby number\n');
    closeSync(both);
  });

  it.runIf(constants['O_PATH'])('may be open for its path alone', async () => {
    const path = temporaryFolder();
    const stdio = ['null', 'pipe', 'inherit', { path, flags: constant('O_PATH') }];
    const script = 'readlink /proc/$$/fd/3';
    const before = countDescriptors();
    const { stdout } = await shell(test.loop, mode, script, { stdio: stdio as never });
    expect(stdout).toBe(`${path}\n`);
    // What was opened for the child is its own.
    expect(countDescriptors()).toBe(before);
  });

  it('blocks in the child, also above 2, unless its flags say otherwise', async () => {
    const path = join(temporaryFolder(), 'flags');
    const flags = O_RDONLY | O_NONBLOCK;
    const stdio = [
      'null',
      { path },
      'inherit',
      { path: '/dev/zero' },
      { path: '/dev/zero', flags },
    ];
    const script = 'for fd in 3 4; do grep flags /proc/$$/fdinfo/$fd; done';
    await shell(test.loop, mode, script, { stdio: stdio as never });
    const found = readFileSync(path, 'utf8')
      .match(/\d+/g)
      ?.map((each) => Number.parseInt(each, 8));
    expect(found?.map((each) => (each & O_NONBLOCK) !== 0)).toEqual([false, true]);
  });
});
