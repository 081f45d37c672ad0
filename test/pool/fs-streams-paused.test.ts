// Files as streams whose bytes nobody wants for now: what a thread brings for a stream that was paused
// meanwhile is kept for it, and before it is open it is asked for nothing.
// Tried without its guard: without `stash` in FileReadStream#arrived bytes are lost, without the look at
// PAUSED there they come to who has paused; without `file.close` in #opened of file-stream.ts what is
// opened for a stream that is over stays open.
import * as nodeFs from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { pattern } from '../support/bytes.js';
import { countDescriptors, guardDescriptors } from '../support/descriptors.js';
import { DRIVE_MODES, drive, eachWithLoop } from '../support/drive.js';
import { temporaryFolder } from '../support/folder.js';

guardDescriptors();
const test = eachWithLoop();
const bytes = Buffer.from(pattern(100_000));
let path: string;

beforeEach(() => {
  path = join(temporaryFolder(), 'file');
  nodeFs.writeFileSync(path, bytes);
});

const WAYS = DRIVE_MODES.flatMap((mode) => [true, false].map((inline) => [mode, inline] as const));

describe.each(WAYS)('a file that is read, %s, without a thread: %s', (mode, inline) => {
  it('may be paused while a read is under way: what that brings is kept', async () => {
    const chunks: Buffer[] = [];
    let pauses = 0;
    let isPaused = false;
    let early = 0;
    test.loop.fs.createReadStream(
      path,
      { highWaterMark: 7000, inline, chunks: 'copy' },
      {
        data: (stream, chunk) => {
          chunks.push(Buffer.from(chunk));
          if (isPaused) early++;
          if (pauses === 3) return;
          pauses++;
          // The next read was begun behind this callback.
          queueMicrotask(() => {
            isPaused = true;
            stream.pause();
          });
          test.loop.setTimeout(() => {
            isPaused = false;
            stream.resume();
          }, 20);
        },
      },
    );
    await drive(test.loop, mode);
    expect([pauses, early]).toEqual([3, 0]);
    expect(Buffer.concat(chunks).equals(bytes)).toBe(true);
  });

  it('that is destroyed before it is open leaves nothing open', async () => {
    // The pool's wake-up comes with the first request.
    await Promise.all([test.loop.fs.access(path), drive(test.loop, mode)]);
    const before = countDescriptors();
    const streams = [
      test.loop.fs.createReadStream(path, { inline }),
      test.loop.fs.createWriteStream(path, { flags: 'r+' }),
    ];
    for (const stream of streams) stream.destroy();
    await drive(test.loop, mode);
    for (const stream of streams) await stream.closed;
    expect(countDescriptors()).toBe(before);
  });

  it('may be paused and resumed before it is open', async () => {
    let size = 0;
    const data = (_stream: unknown, chunk: Uint8Array) => {
      size += chunk.length;
    };
    const resumed = test.loop.fs.createReadStream(path, { inline }, { data });
    resumed.pause();
    resumed.resume();
    const paused = test.loop.fs.createReadStream(path, { inline }, { data });
    paused.pause();
    // Looked at when the other is through.
    void resumed.closed.then(() => {
      expect([size, paused.bytesRead]).toEqual([bytes.length, 0]);
      paused.resume();
    });
    await drive(test.loop, mode);
    expect([size, paused.isClosed]).toEqual([2 * bytes.length, true]);
  });
});
