// Trap 2: a duplicate, by dup or fork, keeps a registration alive after the descriptor
// is closed. The kernel reports it for ever, and nobody can delete it any more.
//
// Without the rebuild of the poller's set at the end of a batch: every wait returns
// at once, and the loop spins.
import { describe, expect, it } from 'vitest';
import { isReadable } from '../poller/support.js';
import { put, take } from '../support/bytes.js';
import { duplicate, guardDescriptors, Opened } from '../support/descriptors.js';
import { DRIVE_MODES, drive, eachWithLoop, run } from '../support/drive.js';

guardDescriptors();
const test = eachWithLoop();
const opened = new Opened();

describe.each(DRIVE_MODES)('in %s mode', (mode) => {
  it('what a duplicate keeps reporting is got rid of, and the others go on', async () => {
    const [readEnd, writeEnd] = opened.pipe();
    const copy = opened.keep(duplicate(readEnd));
    put(writeEnd);
    let told = 0;
    const watcher = test.loop.watch(readEnd, { read: true }, () => {
      told++;
      // Against the rule: the descriptor first.
      opened.close(readEnd);
      watcher.close();
      // From here: before it, on a busy machine, it would be one batch with this.
      test.loop.setTimeout(() => put(otherWrite), 20);
    });
    const [otherRead, otherWrite] = opened.pipe();
    let others = 0;
    const other = test.loop.watch(otherRead, { read: true }, () => {
      others++;
      take(otherRead);
      // After the batch: a close in it would explain the stale event.
      test.loop.setImmediate(() => other.close());
    });
    await drive(test.loop, mode);
    expect([told, others]).toEqual([1, 1]);
    expect(isReadable(test.loop.poller.fd)).toBe(false);
    put(writeEnd);
    expect(isReadable(test.loop.poller.fd)).toBe(false);
    expect(copy).toBeGreaterThan(0);
  });

  it('the waker works after that', async () => {
    const [readEnd, writeEnd] = opened.pipe();
    opened.keep(duplicate(readEnd));
    const watcher = test.loop.watch(readEnd, { read: true }, () => {});
    opened.close(readEnd);
    watcher.close();
    put(writeEnd);
    const before = test.loop.poller.fd;
    let turns = 0;
    test.loop.setTimeout(() => turns++, 5);
    await drive(test.loop, mode);
    expect(turns).toBe(1);
    // The number may be the same again; the set is not.
    expect(before).toBeGreaterThan(0);
    test.loop.wake();
    expect(isReadable(test.loop.poller.fd)).toBe(true);
    await run(test.loop, 'nowait');
  });
});
