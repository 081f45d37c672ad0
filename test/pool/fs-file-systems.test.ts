// What is known of file systems, and for how long: which of them may be asked on the loop's thread, and
// which may be written there.
// Tried without its guard: without `forget` a device is asked for once and, when that is over, a thread's
// for good; without the time in `learn` and isRootLocal what was mounted in its place is taken for it;
// with any other list of kinds, without the looks at how it is mounted and at its room, the tables differ.
import { beforeEach, describe, expect, it } from 'vitest';
import { FileSystems } from '../../lib/pool/fs/inline/file-systems.js';
import type { FileSystem } from '../../lib/pool/fs/values.js';

const EXT4 = 0xef53;
const XFS = 0x58465342;
const BTRFS = 0x9123683e;
const TMPFS = 0x01021994;
const OVERLAY = 0x794c7630;
const NFS = 0x6969;
const FUSE = 0x65735546;
const PROC = 0x9fa0;
const SYNCHRONOUS = 0x10;
const ROOMY = 2 ** 30;

let nowMs: number;
let asked: (string | Uint8Array)[];
let answer: FileSystem | Error;
let known: FileSystems;

beforeEach(() => {
  nowMs = 5000;
  asked = [];
  answer = { type: EXT4, mounted: 0, freeBytes: ROOMY };
  known = new FileSystems(
    async (path) => {
      asked.push(path);
      if (answer instanceof Error) throw answer;
      return answer;
    },
    () => nowMs,
  );
});

async function learnt(device: number, told: FileSystem | Error): Promise<[boolean, boolean]> {
  answer = told;
  known.learn(device, `/${device}`);
  for (let i = 0; i < 5; i++) await undefined;
  return [known.local.includes(device), known.writable.includes(device)];
}

describe('file systems', () => {
  it('are local, and may be written, by their kind', async () => {
    const of = (type: number, mounted = 0, freeBytes = ROOMY) => ({ type, mounted, freeBytes });
    expect(await learnt(1, of(EXT4))).toEqual([true, false]);
    expect(await learnt(2, of(TMPFS))).toEqual([true, false]);
    expect(await learnt(3, of(XFS))).toEqual([true, true]);
    // As a system tells it whose numbers have a sign.
    expect(await learnt(4, of(BTRFS | 0))).toEqual([true, true]);
    for (const [i, type] of [NFS, FUSE, PROC, OVERLAY].entries()) {
      expect(await learnt(5 + i, of(type))).toEqual([false, false]);
    }
    expect(await learnt(9, of(XFS, SYNCHRONOUS))).toEqual([true, false]);
    expect(await learnt(10, of(XFS, 0, ROOMY - 1))).toEqual([true, false]);
    expect([...known.local]).toEqual([1, 2, 3, 4, 9, 10]);
    expect([...known.writable]).toEqual([3, 4]);
  });

  it('are asked for once, again when that failed, and when they may be others', async () => {
    known.learn(1, '/a');
    known.learn(1, '/b');
    expect(asked).toEqual(['/a']);
    expect(await learnt(1, answer)).toEqual([true, false]);
    expect(await learnt(2, new Error('gone'))).toEqual([false, false]);
    expect(asked).toEqual(['/a', '/2']);
    nowMs += 4000;
    expect(await learnt(2, { type: XFS, mounted: 0, freeBytes: ROOMY })).toEqual([true, true]);
    nowMs += 5999;
    expect([...known.local]).toEqual([1, 2]);
    // The first is over, the other not yet.
    nowMs += 1;
    expect([[...known.local], [...known.writable]]).toEqual([[2], [2]]);
    expect(await learnt(1, { type: NFS, mounted: 0, freeBytes: ROOMY })).toEqual([false, false]);
    nowMs += 4000;
    expect([[...known.local], [...known.writable]]).toEqual([[], []]);
    expect(await learnt(2, { type: EXT4, mounted: 0, freeBytes: ROOMY })).toEqual([true, false]);
    expect(asked).toEqual(['/a', '/2', '/2', '/1', '/2']);
  });

  it('have one at the root, which may lie over others, and is no device', async () => {
    const settle = async () => {
      for (let i = 0; i < 5; i++) await undefined;
    };
    answer = { type: OVERLAY, mounted: 0, freeBytes: ROOMY };
    expect([known.isRootLocal(), known.isRootLocal()]).toEqual([false, false]);
    await settle();
    expect([known.isRootLocal(), [...known.local], asked]).toEqual([true, [], ['/']]);
    nowMs += 10_000;
    answer = { type: NFS, mounted: 0, freeBytes: ROOMY };
    expect(known.isRootLocal()).toBe(false);
    await settle();
    expect([known.isRootLocal(), asked]).toEqual([false, ['/', '/']]);
  });
});
