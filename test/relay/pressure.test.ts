// A relay between a peer that sends and one that does not read: what waits between them has a
// bound, nobody spins meanwhile, and it goes on when there is room.
import { describe, expect, it } from 'vitest';
import { fill, take } from '../support/bytes.js';
import { guardDescriptors, Opened } from '../support/descriptors.js';
import { drive, eachWithLoop } from '../support/drive.js';
import { CASES, fourOf, joinBy, PAIR_KINDS } from './support.js';

guardDescriptors();
const opened = new Opened();
const test = eachWithLoop();
/** What a pipe holds, or a queue above its mark and one chunk more. */
const BOUND = 262_144;

describe.each(CASES)('a relay by %s to a peer that does not read, %s', (way, mode) => {
  it.each(PAIR_KINDS)('holds a bounded number of bytes, and waits for room: %s', async (kind) => {
    const { near, a, b, far } = fourOf(test.loop, opened, kind);
    const relay = joinBy(way, a, b);
    let sent = 0;
    let got = 0;
    let isFull = false;
    const seen: [events: number, waiting: number][] = [];
    const turn = test.loop.setInterval(() => {
      if (seen.length < 8) {
        const more = fill(near);
        sent += more;
        // From when the kernel's own buffers are full as well, in all places.
        isFull ||= more === 0 && relay.bufferedBytes > 0;
        const { metrics } = a;
        const events = (metrics?.events ?? 0) + (b.metrics?.events ?? 0);
        if (isFull) seen.push([events, relay.bufferedBytes]);
        else expect(relay.bufferedBytes).toBeLessThanOrEqual(BOUND);
        if (seen.length === 8) opened.close(near);
        return;
      }
      got += take(far).length;
      if (got < sent) return;
      test.loop.clearInterval(turn);
      opened.close(far);
    }, 3);
    await drive(test.loop, mode);
    const waiting = seen.map(([, bytes]) => bytes);
    expect(Math.max(...waiting)).toBeLessThanOrEqual(BOUND);
    expect(Math.max(...waiting)).toBeGreaterThan(0);
    // Nothing tells of it again and again.
    const [before = 0] = seen[0] ?? [];
    const [after = 0] = seen[7] ?? [];
    expect(after - before).toBeLessThan(20);
    expect(got).toBe(sent);
    expect(relay.bytesAToB).toBe(sent);
  });
});

it.each(PAIR_KINDS)(
  'many that are stuck cost a pipe each, and no other waits: %s',
  async (kind) => {
    const stuck = Array.from({ length: 20 }, () => fourOf(test.loop, opened, kind));
    for (const { near, a, b } of stuck) {
      joinBy('splice', a, b);
      fill(near);
    }
    const { near, a, b, far } = fourOf(test.loop, opened, kind);
    joinBy('splice', a, b);
    test.loop.setTimeout(() => {
      fill(near);
      const turn = test.loop.setInterval(() => {
        if (take(far).length === 0) return;
        test.loop.clearInterval(turn);
        for (const each of [...stuck, { near, far }]) opened.close(each.near, each.far);
      }, 1);
    }, 5);
    await drive(test.loop);
    expect([a.active, b.active]).toEqual([false, false]);
  },
);
