// How a connection ends: half by half, both at once, with output still waiting, by
// the peer's reset; and what may still be called afterwards.
import { describe, expect, it } from 'vitest';
import type { Socket } from '../../lib/net/socket.js';
import { constant } from '../../lib/raw/constants.js';
import * as raw from '../../lib/raw/index.js';
import { pattern, put, take, untilReadable } from '../support/bytes.js';
import { guardDescriptors, Opened } from '../support/descriptors.js';
import { DRIVE_MODES, drive, eachWithLoop, run } from '../support/drive.js';
import { deviates, usedBackend } from '../support/libkqueue.js';
import { Received, recording, serve } from './support.js';

guardDescriptors();
const test = eachWithLoop();
const opened = new Opened();
const NONBLOCK = constant('SOCK_NONBLOCK');

/** A socket of the loop with a raw descriptor as its peer. */
async function withPeer(events: string[], options = {}): Promise<[Socket, peer: number]> {
  const [listener, { port }] = opened.listening();
  const handlers = recording(events);
  const socket = test.loop.connect(
    { port, ...options },
    { ...handlers, open: () => test.loop.stop() },
  );
  await drive(test.loop);
  const peer = opened.accept(listener, NONBLOCK);
  opened.close(listener);
  return [socket, peer];
}

/** Makes the peer's close a reset. */
function reset(fd: number): void {
  raw.setsockopt(fd, constant('SOL_SOCKET'), constant('SO_LINGER'), new Int32Array([1, 0]));
  opened.close(fd);
}

/** All that the peer is sent, until its end. */
function takeToEnd(peer: number): string {
  const chunk = new Uint8Array(65536);
  let text = '';
  for (;;) {
    untilReadable(peer);
    const bytes = raw.check(raw.recv(peer, chunk), 'recv');
    if (bytes === 0) return text;
    text += Buffer.from(chunk.subarray(0, bytes)).toString();
  }
}

describe('half-close', () => {
  it('of our side leaves the other open: the answer still comes', async () => {
    const events: string[] = [];
    const [socket, peer] = await withPeer(events);
    socket.write('question');
    socket.end();
    socket.end();
    await run(test.loop, 'nowait');
    expect(takeToEnd(peer)).toBe('question');
    put(peer, 'answer');
    opened.close(peer);
    await run(test.loop);
    expect(events).toEqual(['data answer', 'end', 'close']);
  });

  it("of the peer's side ends ours as well, unless allowHalfOpen", async () => {
    const events: string[] = [];
    const [, peer] = await withPeer(events);
    put(peer, 'last words');
    raw.shutdown(peer, constant('SHUT_WR'));
    await run(test.loop);
    expect(events).toEqual(['data last words', 'end', 'close']);
    expect(takeToEnd(peer)).toBe('');
  });

  it('with allowHalfOpen leaves ours open until end', async () => {
    const events: string[] = [];
    const [socket, peer] = await withPeer(events, { allowHalfOpen: true });
    raw.shutdown(peer, constant('SHUT_WR'));
    await run(test.loop, 'once');
    expect(events).toEqual(['end']);
    expect([socket.open, socket.isClosed]).toEqual([true, false]);
    socket.write('still ');
    await run(test.loop, 'nowait');
    socket.end('here');
    await run(test.loop);
    expect(events).toEqual(['end', 'close']);
    expect(takeToEnd(peer)).toBe('still here');
  });

  it('sends what is queued before it ends', async () => {
    const bytes = pattern(6_000_000);
    const received = new Received();
    const events: string[] = [];
    const { server, port } = serve(test.loop, {
      data: (_, chunk) => received.add('', chunk),
      end: () => server.close(),
    });
    test.loop.connect(
      { port },
      {
        ...recording(events),
        open(socket) {
          socket.write(bytes);
          socket.end();
          expect(socket.bufferedBytes).toBeGreaterThan(0);
        },
      },
    );
    await drive(test.loop);
    expect(received.of('').equals(bytes)).toBe(true);
    expect(events).toEqual(['end', 'close']);
  });

  it.each(DRIVE_MODES)('of both sides at once closes both (%s)', async (mode) => {
    const events: string[] = [];
    const { server, port } = serve(test.loop, {
      ...recording(events, 's '),
      open: (socket) => socket.end('from server'),
    });
    test.loop.connect(
      { port },
      {
        ...recording(events, 'c '),
        open: (socket) => socket.end('from client'),
        close: () => server.close(),
      },
    );
    await drive(test.loop, mode);
    expect(events.filter((event) => event.startsWith('c'))).toEqual([
      'c data from server',
      'c end',
    ]);
    expect(events.filter((event) => event.startsWith('s'))).toEqual([
      's data from client',
      's end',
      's close',
    ]);
  });
});

describe('end', () => {
  it('with data writes it first; after end nothing is taken, and close tells', async () => {
    const events: string[] = [];
    const [socket, peer] = await withPeer(events);
    socket.write('a');
    expect(socket.writable).toBe(true);
    socket.end('b');
    expect(socket.writable).toBe(false);
    expect(socket.write('c')).toBe(false);
    expect(socket.end('d')).toBeUndefined();
    expect(socket.end()).toBeUndefined();
    await run(test.loop, 'nowait');
    expect(takeToEnd(peer)).toBe('ab');
    opened.close(peer);
    await run(test.loop);
    expect(events).toEqual(['end', 'close ERR_STREAM_WRITE_AFTER_END']);
  });

  it('of no bytes after end is no mistake', async () => {
    const events: string[] = [];
    const [socket, peer] = await withPeer(events);
    socket.end();
    socket.end('');
    expect(socket.write(new Uint8Array(0))).toBe(false);
    opened.close(peer);
    await run(test.loop);
    expect(events).toEqual(['end', 'close']);
  });

  it('of a closed socket does nothing, and wrong types throw all the same', async () => {
    const events: string[] = [];
    const [socket] = await withPeer(events);
    socket.destroy();
    const useIt = () => {
      expect([socket.end(), socket.end('x'), socket.write('x')]).toEqual([
        undefined,
        undefined,
        false,
      ]);
      expect(socket.writable).toBe(false);
      for (const use of [(data: never) => socket.write(data), (data: never) => socket.end(data)]) {
        expect(() => use(7 as never)).toThrow(TypeError);
      }
    };
    useIt();
    await run(test.loop);
    useIt();
    expect(events).toEqual(['close']);
  });

  it('in the end handler answers before the connection is gone', async () => {
    const events: string[] = [];
    const [socket, peer] = await withPeer(events);
    Object.assign(socket.group.handlers, { end: (ended: Socket) => ended.write('thanks') });
    raw.shutdown(peer, constant('SHUT_WR'));
    await run(test.loop);
    expect(takeToEnd(peer)).toBe('thanks');
    expect(events).toEqual(['close']);
  });

  it('handler that throws does not keep the socket open', async () => {
    const events: string[] = [];
    const [socket, peer] = await withPeer(events);
    const failure = new Error('from end');
    Object.assign(socket.group.handlers, {
      end: () => {
        throw failure;
      },
    });
    raw.shutdown(peer, constant('SHUT_WR'));
    await expect(run(test.loop)).rejects.toThrow(failure);
    await run(test.loop);
    expect(events).toEqual(['close']);
  });
});

describe('destroy', () => {
  it('drops what is queued, closes once, and may be called again', async () => {
    const events: string[] = [];
    const [socket, peer] = await withPeer(events);
    while (socket.write(pattern(1 << 20)));
    expect(socket.bufferedBytes).toBeGreaterThan(0);
    const failure = Object.assign(new Error('by us'), { code: 'ERR_OURS' });
    socket.destroy(failure);
    socket.destroy(new Error('too late'));
    socket.close();
    expect([socket.isClosed, socket.active, socket.bufferedBytes]).toEqual([true, false, 0]);
    expect(events).toEqual([]);
    await run(test.loop);
    expect(events).toEqual(['close ERR_OURS']);
    take(peer);
    expect(raw.recv(peer, new Uint8Array(1))).toBeLessThanOrEqual(0);
  });

  it('in any handler is the last thing that socket hears of', async () => {
    for (const name of ['open', 'data', 'end'] as const) {
      const events: string[] = [];
      const { server, port } = serve(test.loop, {
        open: (socket) => socket.end('hello'),
        close: () => server.close(),
      });
      const handlers = recording(events);
      test.loop.connect(
        { port },
        {
          ...handlers,
          [name]: (socket: Socket) => {
            events.push(`destroyed in ${name}`);
            socket.destroy();
          },
        },
      );
      await drive(test.loop);
      expect(events.slice(-2)).toEqual([`destroyed in ${name}`, 'close']);
    }
  });

  it('is what Symbol.dispose does', async () => {
    const events: string[] = [];
    const [socket] = await withPeer(events);
    socket[Symbol.dispose]();
    await run(test.loop);
    expect(events).toEqual(['close']);
  });
});

describe.skipIf(deviates(usedBackend, 'errorTaken'))('the reset of the peer', () => {
  it('is told as ECONNRESET', async () => {
    const events: string[] = [];
    const [, peer] = await withPeer(events);
    reset(peer);
    await run(test.loop);
    expect(events).toEqual(['close ECONNRESET']);
  });

  it('ends a socket that has output queued', async () => {
    const events: string[] = [];
    const [socket, peer] = await withPeer(events);
    while (socket.write(pattern(1 << 20)));
    reset(peer);
    await run(test.loop);
    expect(events.length).toBe(1);
    expect(events[0]).toMatch(/^close (ECONNRESET|EPIPE)$/);
  });
});
