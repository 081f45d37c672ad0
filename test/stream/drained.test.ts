// `socket.drained`: room to write as a promise. A proxy that waits for it holds little, loses
// no byte, and hears of it when nobody takes what it has in its hands.
// Tried without its guards: with `settleDrained` left out of `sendQueued` the proxy hangs, with
// `drainedByClose` left out of `onClosed` those of a close; without `refusal` the one of an end
// resolves.
import { describe, expect, it } from 'vitest';
import type { Stream } from '../../lib/stream/stream.js';
import { pattern } from '../support/bytes.js';
import { guardDescriptors, Opened } from '../support/descriptors.js';
import { DRIVE_MODES, drive, eachWithLoop } from '../support/drive.js';

guardDescriptors();
const test = eachWithLoop();
const opened = new Opened();

const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'resolved',
    (error: { code: string }) => error.code,
  );

describe.each(DRIVE_MODES)('drained (%s)', (mode) => {
  async function during<T>(work: () => Promise<T>): Promise<T> {
    const done = work();
    done.catch(() => test.loop.close());
    await drive(test.loop, mode);
    return await done;
  }

  /** A stream with more queued than its peer takes. */
  function full(): Stream {
    const [mine] = opened.pair();
    const stream = test.loop.stream(mine, { highWaterMark: 1000 }, {});
    expect(stream.write(new Uint8Array(4_000_000))).toBe(false);
    return stream;
  }

  it('has a proxy hold little, and pass on every byte', async () => {
    const bytes = pattern(4_000_000);
    let most = 0;
    async function copy(from: Stream, to: Stream): Promise<void> {
      for await (const chunk of from) {
        if (to.write(chunk)) continue;
        most = Math.max(most, to.bufferedBytes);
        await to.drained;
      }
      to.end();
    }
    const received = await during(async () => {
      const { loop } = test;
      const small = { socketOptions: { SO_SNDBUF: 32768, SO_RCVBUF: 32768 } };
      const place = { ...small, host: '127.0.0.1', port: 0, allowHalfOpen: true };
      const back = loop.listen(place);
      const front = loop.listen(place);
      const client = loop.connect({ ...small, port: front.address.port });
      client.end(bytes);
      const { value: far } = await front[Symbol.asyncIterator]().next();
      const near = loop.connect({ ...place, port: back.address.port });
      const { value: server } = await back[Symbol.asyncIterator]().next();
      const done = Promise.all([copy(far, near), copy(near, far), copy(server, server)]);
      // Nobody reads until it is full all the way.
      while (most === 0) await new Promise<void>((resolve) => loop.setTimeout(() => resolve(), 1));
      const parts: Uint8Array[] = [];
      for await (const part of client) parts.push(part);
      await done;
      front.close();
      back.close();
      return Buffer.concat(parts);
    });
    expect(received.equals(bytes)).toBe(true);
    expect(most).toBeLessThan(1_000_000);
  });

  it('resolves at once where nothing is queued, and is one promise for all who wait', async () => {
    const [mine] = opened.pair();
    const stream = test.loop.stream(mine, {}, {});
    const idle = codeOf(stream.drained);
    const busy = full();
    expect(busy.drained).toBe(busy.drained);
    const codes = await during(async () => {
      const code = await idle;
      busy.destroy();
      stream.destroy();
      return code;
    });
    expect(codes).toBe('resolved');
  });

  it('rejects where nothing more is taken: of a stream that is closed, or ends', async () => {
    const stream = full();
    const waiting = codeOf(stream.drained);
    const [mine] = opened.pair();
    const ended = test.loop.stream(mine, {}, {});
    ended.end();
    const afterEnd = codeOf(ended.drained);
    stream.destroy(Object.assign(new Error('over'), { code: 'OVER' }));
    ended.destroy();
    const closed = full();
    const byClose = codeOf(closed.drained);
    closed.close();
    const codes = await during(async () => {
      const first = await Promise.all([waiting, afterEnd, byClose]);
      return [...first, await codeOf(closed.drained)];
    });
    expect(codes).toEqual([
      'OVER',
      'ERR_STREAM_WRITE_AFTER_END',
      'ERR_HANDLE_CLOSED',
      'ERR_HANDLE_CLOSED',
    ]);
  });
});
