// What is the last of a relay, however little of it waits and wherever: a limit that it reached is told
// behind it, and so is the end. Without `sentAll` in `emptied` of joint.ts both tests of maxBytes fail in the
// copied way; without `end` in `takeOut` of direction.ts the test of `stop` does inside the kernel.
import { describe, expect, it } from 'vitest';
import { fill, put, take } from '../support/bytes.js';
import { guardDescriptors, Opened } from '../support/descriptors.js';
import { drive, eachWithLoop } from '../support/drive.js';
import { CASES, codeOf, endOf, fourOf, joinBy, Peer } from './support.js';

guardDescriptors();
const opened = new Opened();
const test = eachWithLoop();

describe.each(CASES)('a relay by %s, %s', (way, mode) => {
  it('passes all of maxBytes that only has to be gathered, before it ends', async () => {
    const { near, a, b, far } = fourOf(test.loop, opened, 'unix');
    const relay = joinBy(way, a, b, { maxBytes: 1000 });
    const peer = new Peer(test.loop, far, { end: (stream) => stream.end() });
    put(near, 'x'.repeat(1200));
    const ended = endOf(relay);
    await drive(test.loop, mode);
    expect(await ended).toBe('ERR_RELAY_MAX_BYTES');
    expect(peer.bytes.length).toBe(1000);
  });

  // Below the queue's highWaterMark, and above it.
  it.each([20_000, 100_000])(
    'ends once the last of %i bytes that waited is sent',
    async (bytes) => {
      const { near, a, b, far } = fourOf(test.loop, opened, 'unix');
      const before = fill(b.handleFd);
      const relay = joinBy(way, a, b, { maxBytes: bytes });
      put(near, 'x'.repeat(bytes));
      let got = 0;
      const turn = test.loop.setInterval(() => {
        if (relay.bytesAToB < bytes) return;
        got += take(far).length;
        if (relay.error === undefined && a.active) return;
        test.loop.clearInterval(turn);
        got += take(far).length;
      }, 1);
      const ended = endOf(relay);
      await drive(test.loop, mode);
      expect(await ended).toBe('ERR_RELAY_MAX_BYTES');
      expect(got - before).toBe(bytes);
    },
  );

  it('an end that waits behind bytes on their way goes behind them after stop()', async () => {
    const { near, a, b, far } = fourOf(test.loop, opened, 'unix');
    const before = fill(b.handleFd);
    const relay = joinBy(way, a, b);
    put(near, 'x'.repeat(20_000));
    a.end();
    const peer = { bytes: 0, ended: false };
    const turn = test.loop.setInterval(() => {
      if (relay.bytesAToB < 20_000) return;
      // Its own end is behind it: so b outlives it, to send what came.
      a.destroy();
      test.loop.clearInterval(turn);
      test.loop.setTimeout(() => {
        relay.stop();
        new Peer(test.loop, far, {
          data(_, chunk) {
            peer.bytes += chunk.length;
          },
          end: (stream) => {
            peer.ended = true;
            stream.destroy();
            b.destroy();
          },
        });
      }, 1);
    }, 1);
    await drive(test.loop, mode);
    expect(codeOf(relay.error)).toBe('');
    expect(peer).toEqual({ bytes: before + 20_000, ended: true });
  });

  // Without READ_ENDED in `outlive` of joint.ts b waits for an end that never comes.
  it('who outlives one that ended in order closes behind the last byte, whatever it may get', async () => {
    const { near, a, b, far } = fourOf(test.loop, opened, 'unix');
    const before = fill(b.handleFd);
    const relay = joinBy(way, a, b);
    put(near, 'x'.repeat(20_000));
    a.end();
    opened.close(near);
    let got = 0;
    const turn = test.loop.setInterval(() => {
      // Inside the kernel the end is read behind what is in the pipe.
      if (relay.bytesAToB < 20_000 || (way === 'copy' && a.active)) return;
      if (b.active) put(far, 'nobody takes this');
      got += take(far).length;
      if (got === before + 20_000) test.loop.clearInterval(turn);
    }, 1);
    await drive(test.loop, mode);
    expect(b.active).toBe(false);
    expect(got).toBe(before + 20_000);
  });
});
