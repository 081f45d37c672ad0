// What a relay inside the kernel leaves to the crossing: it moves what has come without a callback,
// and asks JavaScript first where something has changed since.
//
// Without MoveFlows in native/stream/crossing.cc: the first test fails; without IsOpen in relay.cc: the
// second; without the call of `changed` in lib/stream/sending.ts: the third.
import { describe, expect, it } from 'vitest';
import { supported } from '../../lib/raw/index.js';
import { put, take } from '../support/bytes.js';
import { guardDescriptors, Opened } from '../support/descriptors.js';
import { DRIVE_MODES, drive, eachWithLoop } from '../support/drive.js';
import { endOf, fourOf, joinBy, PAIR_KINDS } from './support.js';

guardDescriptors();
const opened = new Opened();
const test = eachWithLoop();

describe.runIf(supported.splice).each(DRIVE_MODES)('a relay inside the kernel, %s', (mode) => {
  it.each(PAIR_KINDS)('moves what comes without a callback, and counts it: %s', async (kind) => {
    const { near, a, b, far } = fourOf(test.loop, opened, kind);
    const relay = joinBy('splice', a, b);
    let got = '';
    const seen: number[][] = [];
    const turn = test.loop.setInterval(() => {
      const { events = 0, callbacks = 0 } = a.metrics ?? {};
      seen.push([relay.bytesAToB, a.bytesRead, b.bytesWritten, events, callbacks]);
      got += take(far);
      if (seen.length < 12) {
        put(near, 'ten bytes.');
        return;
      }
      test.loop.clearInterval(turn);
      opened.close(near, far);
    }, 1);
    await drive(test.loop, mode);
    expect(got).toBe('ten bytes.'.repeat(11));
    // The first has found no pipe yet.
    expect(seen.at(-1)).toEqual([110, 110, 110, 11, 1]);
    expect([relay.bytesAToB, relay.bytesBToA]).toEqual([110, 0]);
    expect([a.bytesRead, b.bytesWritten, b.bytesRead, a.bytesWritten]).toEqual([110, 110, 0, 0]);
  });

  it('gives nothing to who was closed before it came', async () => {
    const { near, a, b, far } = fourOf(test.loop, opened, 'unix');
    const relay = joinBy('splice', a, b);
    put(near, 'before, ');
    const turn = test.loop.setInterval(() => {
      if (relay.bytesAToB === 0) return;
      test.loop.clearInterval(turn);
      put(near, 'behind');
      b.destroy();
    }, 1);
    await drive(test.loop, mode);
    expect([take(far), a.active, await endOf(relay)]).toEqual(['before, ', false, '']);
    expect(relay.bytesAToB).toBe('before, '.length);
    opened.close(near, far);
  });

  it('overtakes nothing that the program has written', async () => {
    const { near, a, b, far } = fourOf(test.loop, opened, 'unix');
    const relay = joinBy('splice', a, b);
    put(near, 'first, ');
    let got = '';
    const begun = test.loop.setInterval(() => {
      if (relay.bytesAToB === 0) return;
      test.loop.clearInterval(begun);
      // More than the kernel takes at once; then there is room, and something to move.
      b.write('x'.repeat(2_000_000));
      got += take(far);
      put(near, ' last');
      const turn = test.loop.setInterval(() => {
        got += take(far);
        if (!got.includes('last')) return;
        test.loop.clearInterval(turn);
        opened.close(near, far);
      }, 1);
    }, 1);
    await drive(test.loop, mode);
    // Not the text itself, which would be shown.
    expect([got.indexOf('first, '), got.indexOf(' last'), got.length]).toEqual([
      0, 2_000_007, 2_000_012,
    ]);
  });
});
