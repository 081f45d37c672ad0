// `for await` over a stream, and `opened`: every byte once, in order, as many at a time as are
// taken; the end, an error, and a loop that is left.
// Tried without its guard: with `hold` left out of `deliver` the one of a slow reader fails; with
// `endAsPeer` called at once in `readFailed` those of an answer behind the end; with `endUnread`
// left out of `onClosed` those of an error hang; without `dropUnread` the one of an abort; with
// CHUNK_BYTES of 0 the one of single bytes.
import { AsyncLocalStorage } from 'node:async_hooks';
import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import type { Socket } from '../../lib/net/socket.js';
import { constant } from '../../lib/raw/constants.js';
import * as raw from '../../lib/raw/index.js';
import type { Stream } from '../../lib/stream/stream.js';
import { pattern, put, take } from '../support/bytes.js';
import { guardDescriptors, Opened } from '../support/descriptors.js';
import { DRIVE_MODES, drive, eachWithLoop } from '../support/drive.js';
import { deviates, usedBackend } from '../support/libkqueue.js';
import { serve } from './support.js';

guardDescriptors();
const test = eachWithLoop();
const opened = new Opened();
const errorTaken = deviates(usedBackend, 'errorTaken');

/** All that `stream` brings, as text, and what it ended with. */
async function taken(stream: AsyncIterable<Uint8Array>): Promise<string> {
  let text = '';
  try {
    for await (const chunk of stream) text += Buffer.from(chunk).toString('latin1');
  } catch (error) {
    text += ` ${(error as { code: string }).code}`;
  }
  return text;
}

/** A moment in which the loop turns, also when it owns the thread. */
function turn(ms = 1): Promise<void> {
  return new Promise((resolve) => test.loop.setTimeout(resolve, ms));
}

/** Both ends of a connection of the loop; the peer is a plain descriptor. */
function withPeer(): [stream: Stream, peer: number] {
  const [mine, peer] = opened.pair();
  return [test.loop.stream(mine), peer];
}

describe.each(DRIVE_MODES)('for await over a stream (%s)', (mode) => {
  /** Runs `work` while the loop is driven; one that fails ends it. */
  async function during<T>(work: () => Promise<T>): Promise<T> {
    const done = work();
    done.catch(() => test.loop.close());
    await drive(test.loop, mode);
    return await done;
  }

  it('is an echo, to the end of the peer', async () => {
    const bytes = pattern(1_000_000);
    const { server, port } = serve(test.loop, {
      async open(socket) {
        server.close();
        for await (const chunk of socket) socket.write(chunk);
      },
    });
    const parts = await during(async () => {
      const socket = await test.loop.connect({ port }).opened;
      socket.end(bytes);
      const parts: Uint8Array[] = [];
      for await (const chunk of socket) parts.push(chunk);
      await socket.closed;
      return parts;
    });
    expect(Buffer.concat(parts).equals(bytes)).toBe(true);
  });

  it('who is slow makes the peer wait: no more is read than highWaterMark', async () => {
    const [mine, peer] = opened.pair();
    const stream = test.loop.stream(mine, { highWaterMark: 1000 });
    const bytes = pattern(100_000);
    let at = 0;
    const fill = () => {
      while (at < bytes.length) {
        const sent = raw.write(peer, bytes, at, Math.min(500, bytes.length - at));
        if (sent < 0) return;
        at += sent;
      }
      opened.close(peer);
    };
    const parts: Uint8Array[] = [];
    await during(async () => {
      fill();
      while (stream.bytesRead === 0) await turn();
      const before = stream.bytesRead;
      if (at < bytes.length) fill();
      await turn();
      // One read is of 64 KiB at most, and it was the last.
      expect([stream.bytesRead, before < bytes.length]).toEqual([before, true]);
      for await (const chunk of stream) {
        parts.push(chunk);
        if (at < bytes.length) fill();
      }
    });
    expect(Buffer.concat(parts).equals(bytes)).toBe(true);
  });

  it('a peer that sends single bytes fills no memory by them', async () => {
    const [stream, peer] = withPeer();
    await during(async () => {
      for (let i = 0; i < 400; i++) {
        put(peer, 'x');
        await turn(0);
      }
      // 256 bytes are counted for each chunk, as it costs.
      expect(stream.bytesRead).toBeLessThan(300);
      opened.close(peer);
      expect(await taken(stream)).toBe('x'.repeat(400));
    });
  });

  it('what came before the loop begins is kept when handlers are left out', async () => {
    const [stream, peer] = withPeer();
    put(peer, 'early, ');
    await during(async () => {
      await turn();
      put(peer, 'late');
      opened.close(peer);
      await turn();
      expect(await taken(stream)).toBe('early, late');
    });
  });

  it('an answer may follow the end, in and behind the loop', async () => {
    const [stream, peer] = withPeer();
    put(peer, 'one');
    raw.shutdown(peer, constant('SHUT_WR'));
    await during(async () => {
      await turn();
      for await (const chunk of stream) {
        await turn();
        stream.write(`got ${Buffer.from(chunk)}, `);
      }
      expect(stream.writable).toBe(true);
      stream.write('all of it');
      await stream.closed;
    });
    expect(take(peer)).toBe('got one, all of it');
    expect(raw.recv(peer, new Uint8Array(1))).toBe(0);
  });

  it('who never iterates sees it close all the same', async () => {
    const [stream, peer] = withPeer();
    stream.end('bye');
    put(peer, 'nobody reads this');
    raw.shutdown(peer, constant('SHUT_WR'));
    await drive(test.loop, mode);
    expect([stream.isClosed, stream.error]).toEqual([true, undefined]);
    // It is there for who comes late.
    expect(await taken(stream)).toBe('nobody reads this');
  });

  it.skipIf(errorTaken)('throws the error that ended it, behind what came before', async () => {
    const { server, port } = serve(test.loop, {
      async open(socket) {
        server.close();
        socket.write('last words');
        while (reader.bytesRead === 0) await turn();
        socket.resetAndDestroy();
      },
    });
    const reader = test.loop.connect({ port });
    expect(await during(() => taken(reader))).toBe('last words ECONNRESET');
  });

  it('throws AbortError at once when its signal aborts, and leaves no listener', async () => {
    const [mine, peer] = opened.pair();
    const controller = new AbortController();
    const stream = test.loop.stream(mine, { signal: controller.signal });
    put(peer, 'not told');
    const text = await during(async () => {
      await turn();
      controller.abort();
      return await taken(stream);
    });
    expect(text).toBe(' ABORT_ERR');
    expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
    await expect(stream.closed).rejects.toMatchObject({ name: 'AbortError' });
  });

  it.skipIf(errorTaken)('a connect that fails is thrown by opened and by the loop', async () => {
    const [listener, { port }] = opened.listening();
    opened.close(listener);
    const socket = test.loop.connect({ port });
    const told = await during(async () => [
      await socket.opened.catch((error) => error.code),
      await taken(socket),
    ]);
    expect(told).toEqual(['ECONNREFUSED', ' ECONNREFUSED']);
  });

  it('leaving the loop destroys the stream', async () => {
    for (const leave of ['break', 'throw'] as const) {
      const [stream, peer] = withPeer();
      put(peer, 'first');
      const error = await during(async () => {
        try {
          for await (const chunk of stream) {
            expect(Buffer.from(chunk).toString()).toBe('first');
            if (leave === 'throw') throw new Error('enough');
            break;
          }
        } catch (reason) {
          return reason;
        }
        return undefined;
      });
      expect([stream.isClosed, stream.error]).toEqual([true, undefined]);
      expect((error as Error | undefined)?.message).toBe(leave === 'throw' ? 'enough' : undefined);
      opened.close(peer);
    }
  });

  it('keeps the async context of who iterates', async () => {
    const store = new AsyncLocalStorage<string>();
    const [stream, peer] = withPeer();
    const seen: unknown[] = [];
    await during(() =>
      store.run('mine', async () => {
        store.run('other', () => put(peer, 'x'));
        for await (const _ of stream) {
          seen.push(store.getStore());
          break;
        }
        await stream.closed;
        seen.push(store.getStore());
      }),
    );
    expect(seen).toEqual(['mine', 'mine']);
  });

  it('opened is the socket itself, behind its open callback, and of others at once', async () => {
    const told: string[] = [];
    const { server, port } = serve(test.loop, { open: () => server.close() });
    await during(async () => {
      const socket = test.loop.connect({ port }, { open: () => told.push('open') });
      expect(socket.opened).toBe(socket.opened);
      const same = (await socket.opened) === socket;
      told.push(`opened ${same}`);
      const [stream] = withPeer();
      expect(await stream.opened).toBe(stream);
      stream.destroy();
      socket.destroy();
      expect(await socket.opened).toBe(socket);
    });
    expect(told).toEqual(['open', 'opened true']);
  });

  it('opened of what was closed on its way rejects', async () => {
    const [, { port }] = opened.listening();
    const socket = test.loop.connect({ port }, {});
    const { opened: early } = socket;
    socket.destroy();
    await during(async () => {
      await expect(early).rejects.toMatchObject({ code: 'ERR_HANDLE_CLOSED' });
      await expect(socket.opened).rejects.toMatchObject({ code: 'ERR_HANDLE_CLOSED' });
    });
  });
});

describe('iterating', () => {
  const again = expect.objectContaining({ code: 'ERR_INVALID_STATE' });
  const begin = (stream: Stream) => stream[Symbol.asyncIterator]();

  it('is refused with a data handler, and a second time', () => {
    const { server, port } = serve(test.loop, {});
    const socket = test.loop.connect({ port }, { data: () => {} });
    expect(() => begin(socket)).toThrow(again);
    const other: Socket = test.loop.connect({ port }, {});
    begin(other);
    expect(() => begin(other)).toThrow(again);
    server.close();
  });

  it('serves those who wait in turn, and ends for all', async () => {
    const [stream, peer] = withPeer();
    const chunks = begin(stream);
    const results = Promise.all([chunks.next(), chunks.next(), chunks.next()]);
    put(peer, 'one');
    test.loop.setTimeout(() => opened.close(peer), 2);
    await drive(test.loop, 'owned');
    expect((await results).map(({ done }) => done)).toEqual([false, true, true]);
    expect(await chunks.next()).toEqual({ done: true, value: undefined });
  });

  it('what is written only has ended', async () => {
    const [reader, writer] = opened.pipe();
    const stream = test.loop.stream(writer, {});
    expect(await taken(stream)).toBe('');
    stream.destroy();
    opened.close(reader);
  });
});
