// A peer that does not keep up: `write` says so, `drain` says when to go on, and the
// queue has a bound.
import { describe, expect, it } from 'vitest';
import type { Socket } from '../../lib/net/socket.js';
import { constant } from '../../lib/raw/constants.js';
import * as raw from '../../lib/raw/index.js';
import { pattern, untilReadable } from '../support/bytes.js';
import { guardDescriptors, Opened } from '../support/descriptors.js';
import { DRIVE_MODES, drive, eachWithLoop, run } from '../support/drive.js';
import { Received, recording, serve } from './support.js';

guardDescriptors();
const test = eachWithLoop();
const opened = new Opened();
const MEGABYTE = pattern(1 << 20);

/** Reads up to `bytes` that wait in a socket. */
function drainPeer(fd: number, bytes = Number.POSITIVE_INFINITY): Buffer {
  const parts: Buffer[] = [];
  const chunk = new Uint8Array(65536);
  let left = bytes;
  while (left > 0) {
    const n = raw.recv(fd, chunk, 0, Math.min(left, chunk.length));
    if (n <= 0) break;
    parts.push(Buffer.from(chunk.subarray(0, n)));
    left -= n;
  }
  return Buffer.concat(parts);
}

/** A connected socket whose peer is a raw descriptor that nobody reads by itself. */
async function withSlowPeer(events: string[], options = {}): Promise<[Socket, peer: number]> {
  const [listener, { port }] = opened.listening();
  const socket = test.loop.connect(
    { port, ...options },
    {
      ...recording(events),
      open: () => test.loop.stop(),
    },
  );
  await drive(test.loop);
  const peer = opened.accept(listener, constant('SOCK_NONBLOCK'));
  opened.close(listener);
  return [socket, peer];
}

describe('write', () => {
  it('is true up to the high-water mark and false beyond it', async () => {
    const [socket] = await withSlowPeer([], { highWaterMark: 1000 });
    while (socket.bufferedBytes === 0) socket.write(MEGABYTE);
    const [full] = await withSlowPeer([], { highWaterMark: 2 ** 30, maxBufferedBytes: 2 ** 31 });
    while (full.bufferedBytes === 0) expect(full.write(MEGABYTE)).toBe(true);
    expect(full.write(MEGABYTE)).toBe(true);
    const before = socket.bufferedBytes;
    expect(socket.write('x')).toBe(false);
    expect(socket.bufferedBytes).toBe(before + 1);
    socket.destroy();
    full.destroy();
    await run(test.loop);
  });

  it('with a high-water mark of 0 is false as soon as anything waits', async () => {
    const [socket] = await withSlowPeer([], { highWaterMark: 0 });
    let taken = true;
    while (socket.bufferedBytes === 0) taken = socket.write(MEGABYTE);
    expect(taken).toBe(false);
    socket.destroy();
    await run(test.loop);
  });
});

describe('drain', () => {
  it('comes once, after everything went out, and not when write never said no', async () => {
    const events: string[] = [];
    const [socket, peer] = await withSlowPeer(events);
    let total = 0;
    while (socket.write(MEGABYTE)) total += MEGABYTE.length;
    total += MEGABYTE.length;
    socket.write('tail');
    const received: Buffer[] = [];
    while (events.length === 0) {
      await run(test.loop, 'nowait');
      received.push(drainPeer(peer));
    }
    expect(events).toEqual(['drain']);
    expect(socket.bufferedBytes).toBe(0);
    const bytes = () => received.reduce((sum, { length }) => sum + length, 0);
    while (bytes() < total + 4) {
      untilReadable(peer);
      received.push(drainPeer(peer));
    }
    expect(bytes()).toBe(total + 4);
    expect(socket.write('x')).toBe(true);
    await run(test.loop, 'nowait');
    expect(events).toEqual(['drain']);
    socket.destroy();
    await run(test.loop);
  });

  it.each(DRIVE_MODES)(
    'lets a writer that heeds it send everything, in order (%s)',
    async (mode) => {
      const total = 200;
      const piece = pattern(100_003);
      const received = new Received();
      const { server, port } = serve(test.loop, {
        data: (_, chunk) => received.add('', chunk),
        close: () => server.close(),
      });
      let written = 0;
      let waits = 0;
      let most = 0;
      const writeOn = (socket: Socket) => {
        while (written < total) {
          written++;
          const more = socket.write(piece);
          most = Math.max(most, socket.bufferedBytes);
          if (!more) {
            waits++;
            return;
          }
        }
        socket.end();
      };
      test.loop.connect({ port }, { open: writeOn, drain: writeOn });
      await drive(test.loop, mode);
      const bytes = received.of('');
      expect(bytes.length).toBe(total * piece.length);
      for (let i = 0; i < total; i += 17) {
        const at = i * piece.length;
        expect(bytes.subarray(at, at + piece.length).equals(piece)).toBe(true);
      }
      expect(waits).toBeGreaterThan(0);
      expect(most).toBeLessThanOrEqual(65536 + piece.length);
    },
  );

  it('may destroy the socket, or throw, and nothing else is harmed', async () => {
    const events: string[] = [];
    const { server, port } = serve(test.loop, { data() {} });
    const failure = new Error('from drain');
    for (const act of ['destroy', 'throw']) {
      test.loop.connect(
        { port },
        {
          open(socket) {
            while (socket.write(MEGABYTE));
          },
          drain(socket) {
            events.push('drain');
            if (act === 'destroy') return socket.destroy();
            socket.end();
            throw failure;
          },
          close: () => events.push('close'),
        },
      );
    }
    test.loop.setInterval(() => {
      if (server.connections === 0 && events.filter((e) => e === 'close').length === 2) {
        server.close();
        test.loop.stop();
      }
    }, 1);
    await expect(run(test.loop)).rejects.toThrow(failure);
    await run(test.loop);
    expect(events.sort()).toEqual(['close', 'close', 'drain', 'drain']);
  });
});

describe('maxBufferedBytes', () => {
  it('closes a socket whose peer never reads, and says why', async () => {
    const events: string[] = [];
    const maxBufferedBytes = 3_000_000;
    const [socket, peer] = await withSlowPeer(events, { maxBufferedBytes });
    let most = 0;
    for (let i = 0; i < 100 && socket.active; i++) {
      socket.write(MEGABYTE);
      most = Math.max(most, socket.bufferedBytes);
    }
    expect(most).toBeLessThanOrEqual(maxBufferedBytes);
    expect(socket.bufferedBytes).toBe(0);
    await run(test.loop);
    expect(events).toEqual(['close ERR_STREAM_MAX_BUFFERED']);
    expect(socket.write('x')).toBe(false);
    expect(drainPeer(peer).length).toBeGreaterThan(0);
  });

  it('holds for what is gathered in a turn as well', async () => {
    const events: string[] = [];
    const [socket] = await withSlowPeer(events, { maxBufferedBytes: 0, highWaterMark: 2 ** 30 });
    test.loop.setImmediate(() => {
      for (let i = 0; i < 10_000 && socket.active; i++) socket.write(MEGABYTE.subarray(0, 4096));
    });
    await run(test.loop);
    expect(events).toEqual(['close ERR_STREAM_MAX_BUFFERED']);
  });

  it('holds before the socket is connected', async () => {
    const events: string[] = [];
    const [listener, { port }] = opened.listening();
    const socket = test.loop.connect({ port, maxBufferedBytes: 10 }, recording(events));
    expect(socket.write('0123456789')).toBe(true);
    expect(socket.write('x')).toBe(false);
    expect(socket.isClosed).toBe(true);
    await run(test.loop);
    expect(events).toEqual(['close ERR_STREAM_MAX_BUFFERED']);
    opened.close(listener);
  });
});

describe('before the socket is connected', () => {
  it('writes wait and go out in order, and drain follows if write said no', async () => {
    const events: string[] = [];
    const received = new Received();
    const { server, port } = serve(test.loop, {
      data: (_, chunk) => received.add('', chunk),
      end: () => server.close(),
    });
    const socket = test.loop.connect(
      { port, highWaterMark: 8 },
      {
        ...recording(events),
        drain(drained) {
          events.push('drain');
          drained.end('third');
        },
      },
    );
    expect(socket.write('first ')).toBe(true);
    expect(socket.write('')).toBe(true);
    expect(socket.write('second ')).toBe(false);
    expect(socket.bufferedBytes).toBe(13);
    await run(test.loop);
    expect(received.text).toBe('first second third');
    expect(events).toEqual(['open', 'drain', 'end', 'close']);
  });

  it('end is kept too', async () => {
    const received = new Received();
    const { server, port } = serve(test.loop, {
      data: (_, chunk) => received.add('', chunk),
      end: () => server.close(),
    });
    const events: string[] = [];
    const socket = test.loop.connect({ port }, recording(events));
    socket.end('only this');
    expect(socket.write('x')).toBe(false);
    await run(test.loop);
    expect(received.text).toBe('only this');
    expect(events).toEqual(['open', 'end', 'close ERR_STREAM_WRITE_AFTER_END']);
  });
});
