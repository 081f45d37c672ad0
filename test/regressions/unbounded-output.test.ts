// Trap 12: a peer that never reads costs memory without bound.
//
// Without the comparison in StreamOutput's enqueue: all of the 256 MiB are queued and
// nobody is told.
import { describe, expect, it } from 'vitest';
import type { Socket } from '../../lib/net/socket.js';
import { guardDescriptors, Opened } from '../support/descriptors.js';
import { DRIVE_MODES, drive, eachWithLoop } from '../support/drive.js';

guardDescriptors();
const test = eachWithLoop();
const opened = new Opened();
const MIB = 2 ** 20;

describe.each(DRIVE_MODES)('in %s mode', (mode) => {
  it.each([
    ['large', MIB],
    ['small', 4096],
  ])('a writer of %s pieces who heeds no drain is stopped at 16 MiB', async (_, size) => {
    // Nobody accepts, so nobody reads.
    const [, { port }] = opened.listening();
    const piece = new Uint8Array(size);
    let most = 0;
    let written = 0;
    let failure: Error | undefined;
    const writeOn = (socket: Socket) => {
      for (let i = 0; i < 64 && socket.active && written < 256 * MIB; i++) {
        socket.write(piece);
        written += size;
        most = Math.max(most, socket.bufferedBytes);
      }
      if (socket.active && written < 256 * MIB) test.loop.setImmediate(() => writeOn(socket));
      else socket.destroy();
    };
    test.loop.connect(
      { port },
      {
        open: writeOn,
        close: (__, error) => {
          failure = error;
        },
      },
    );
    await drive(test.loop, mode);
    expect(failure).toMatchObject({ code: 'ERR_STREAM_MAX_BUFFERED' });
    expect(most).toBeLessThanOrEqual(16 * MIB);
  });
});
