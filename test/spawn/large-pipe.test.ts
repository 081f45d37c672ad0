// Pipes of children through which much goes: they grow, a few at a time, and lose nothing.
//
// Without MAX_LARGE the first finds 70 of them, without the count in `end` 58; without `grow` in
// ChildStream the second finds 65,536.
import { describe, expect, it } from 'vitest';
import { constant } from '../../lib/raw/constants.js';
import * as raw from '../../lib/raw/index.js';
import type { Child } from '../../lib/spawn/child.js';
import { PipeSize } from '../../lib/spawn/large-pipe.js';
import { guardDescriptors, Opened } from '../support/descriptors.js';
import { DRIVE_MODES, drive, eachWithLoop } from '../support/drive.js';
import { guardChildren } from './support.js';

guardDescriptors();
guardChildren();
const test = eachWithLoop();
const opened = new Opened();

const USUAL = 65_536;
const LARGE = 262_144;
const sizeOf = (fd: number) => raw.fcntl(fd, constant('F_GETPIPE_SZ'));

/** Runs `cat` of so many bytes; the sizes of its pipes as it was given and as it gave the last. */
function cat(bytes: number): { sizes: number[]; count: number; done: boolean } {
  const found = { sizes: [] as number[], count: 0, done: false };
  const child: Child = test.loop.spawn(
    'cat',
    [],
    {},
    {
      stdout: (_child, chunk) => {
        found.count += chunk.length;
        found.sizes[1] = sizeOf(child.stdout?.handleFd ?? -1);
      },
      close: () => {
        found.done = true;
      },
    },
  );
  const chunk = new Uint8Array(bytes / 16);
  let left = 16;
  const goOn = (): void => {
    found.sizes[0] = sizeOf(child.stdin?.handleFd ?? -1);
    if (left-- > 0 && child.stdin?.write(chunk) !== undefined) child.stdin.drained.then(goOn);
    else child.stdin?.end();
  };
  goOn();
  return found;
}

it('no more than a quarter of what a user may have are large, and each gives its place back', () => {
  const pipes = Array.from({ length: 70 }, () => ({ size: new PipeSize(), ends: opened.pipe() }));
  const sizes = () => {
    for (const { size, ends } of pipes) size.grow(ends[0], USUAL, LARGE * 4);
    return pipes.filter(({ ends }) => sizeOf(ends[0]) === LARGE).length;
  };
  expect(sizes()).toBe(64);
  for (const { size } of pipes.splice(0, 6)) size.end();
  expect(sizes()).toBe(64);
  for (const { size } of pipes) size.end();
});

describe.each(DRIVE_MODES)('%s', (mode) => {
  it('what much goes through grows, other pipes do not', async () => {
    const [little, much] = [cat(USUAL * 8), cat(LARGE * 32)];
    await drive(test.loop, mode);
    expect(little).toEqual({ sizes: [USUAL, USUAL], count: USUAL * 8, done: true });
    expect(much).toEqual({ sizes: [LARGE, LARGE], count: LARGE * 32, done: true });
  });
});
