import { describe, expect, it } from 'vitest';
import type { DescriptorStream } from '../../lib/descriptor/stream.js';
import type { Socket } from '../../lib/net/socket.js';
import { constant } from '../../lib/raw/constants.js';
import * as raw from '../../lib/raw/index.js';
import { noting } from '../descriptor/support.js';
import { fill, put, take } from '../support/bytes.js';
import { guardDescriptors, isOpen, Opened } from '../support/descriptors.js';
import { DRIVE_MODES, drive, eachWithLoop } from '../support/drive.js';
import { deviates, usedBackend } from '../support/libkqueue.js';
import { serve } from './support.js';

guardDescriptors();
const opened = new Opened();
const test = eachWithLoop();

/** What a detached descriptor has left, and that it is ours to close. */
function restOf(fd: number): string {
  const rest = take(fd);
  expect(raw.close(fd)).toBe(0);
  return rest;
}

describe.each(DRIVE_MODES)('a stream that is detached, %s', (mode) => {
  it('leaves what is unread, closes without an error, and its descriptor goes on', async () => {
    const [fd, peer] = opened.pair();
    const noted = noting();
    put(peer, 'told');
    const given: number[] = [];
    const stream = test.loop.stream(
      fd,
      {},
      {
        ...noted.handlers,
        data: (self, chunk) => {
          noted.handlers.data?.(self, chunk);
          put(peer, 'unread');
          given.push(self.detach());
          noted.events.push('detached');
        },
      },
    );
    await drive(test.loop, mode);
    expect(given).toEqual([fd]);
    expect(noted.text).toBe('told');
    expect(noted.events).toEqual(['open', 'data', 'detached', 'close']);
    expect([stream.active, stream.error]).toEqual([false, undefined]);
    expect(() => stream.detach()).toThrow(expect.objectContaining({ code: 'ERR_HANDLE_CLOSED' }));
    expect(restOf(fd)).toBe('unread');
  });

  // Whoever of the two comes first in the batch detaches the other.
  it.each([false, true])(
    'by another’s handler is told what the batch has read (paused: %s)',
    async (paused) => {
      const pairs = [opened.pair(), opened.pair()] as const;
      const told: string[] = [];
      let detached: number | undefined;
      const streams: DescriptorStream[] = pairs.map(([fd, peer], index) => {
        put(peer, `of ${index}`);
        return test.loop.stream(
          fd,
          {},
          {
            data: (_self, chunk) => {
              told.push(Buffer.from(chunk).toString());
              if (detached !== undefined) return;
              detached = -1;
              const other = streams[1 - index] as DescriptorStream;
              if (paused) other.pause();
              detached = other.detach();
              told.push('detached');
              streams[index]?.destroy();
            },
          },
        );
      });
      await drive(test.loop, mode);
      expect(told).toHaveLength(3);
      expect(new Set(told)).toEqual(new Set(['of 0', 'of 1', 'detached']));
      expect(told[2]).toBe('detached');
      expect(restOf(detached as number)).toBe('');
    },
  );

  // The handler of who is detached detaches as well, as it does with any chunk; or has the loop
  // go on in the middle of it.
  it.each(['detaches by itself', 'runs the loop'])(
    'by another’s handler is told once when its own handler %s',
    async (does) => {
      const pairs = [opened.pair(), opened.pair()] as const;
      const told: string[] = [];
      const given: number[] = [];
      const streams: DescriptorStream[] = pairs.map(([fd, peer], index) => {
        put(peer, `of ${index}`);
        const data = (self: DescriptorStream, chunk: Uint8Array) => {
          told.push(Buffer.from(chunk).toString());
          if (told.length === 1) throw new Error('on purpose');
          if (does === 'runs the loop') test.loop.run('nowait');
          else given.push(self.detach());
        };
        return test.loop.stream(fd, {}, { data });
      });
      await expect(drive(test.loop, 'owned')).rejects.toThrow('on purpose');
      // The other one has been read, and is yet to be told.
      const other = told[0] === 'of 0' ? 1 : 0;
      const detach = () => given.push((streams[other] as DescriptorStream).detach());
      if (does === 'runs the loop') detach();
      else expect(detach).toThrow(expect.objectContaining({ code: 'ERR_HANDLE_CLOSED' }));
      streams[1 - other]?.destroy();
      await drive(test.loop, mode);
      expect(told).toEqual([`of ${1 - other}`, `of ${other}`]);
      expect(given.map(restOf)).toEqual(['']);
    },
  );

  it('with a chunk left by a pause is told that, too', async () => {
    const pairs = [opened.pair(), opened.pair()] as const;
    const told: string[] = [];
    const streams: DescriptorStream[] = [];
    for (const [index, [fd, peer]] of pairs.entries()) {
      put(peer, `of ${index}`);
      const data = (_self: DescriptorStream, chunk: Uint8Array) => {
        told.push(Buffer.from(chunk).toString());
        if (told.length > 1) return;
        const other = streams[1 - index] as DescriptorStream;
        other.pause();
        test.loop.setTimeout(() => {
          told.push('detaching');
          const given = other.detach();
          told.push(restOf(given));
          streams[index]?.destroy();
        }, 1);
      };
      streams.push(test.loop.stream(fd, {}, { data }));
    }
    await drive(test.loop, mode);
    expect(told.slice(1)).toEqual(['detaching', told[0] === 'of 0' ? 'of 1' : 'of 0', '']);
  });

  it('sends what was written first; while the peer takes nothing it is refused', async () => {
    const [fd, peer] = opened.pair();
    const noted = noting();
    const large = 'x'.repeat(1_000_000);
    let refused: unknown;
    let text = '';
    const stream = test.loop.stream(
      fd,
      {},
      {
        ...noted.handlers,
        drain: (self) => {
          self.write('last');
          noted.events.push('drain');
          expect(self.detach()).toBe(fd);
          put(fd, ', and after');
        },
      },
    );
    test.loop.setImmediate(() => {
      stream.write(large);
      // With nobody that waits for it, drain comes all the same.
      try {
        stream.detach();
      } catch (error) {
        refused = error;
      }
      noted.events.push(`${stream.active}`);
    });
    const turn = test.loop.setInterval(() => {
      text += take(peer);
      if (stream.active) return;
      test.loop.clearInterval(turn);
    }, 1);
    await drive(test.loop, mode);
    expect(refused).toMatchObject({ code: 'ERR_STREAM_OUTPUT_QUEUED' });
    expect(noted.events).toEqual(['open', 'true', 'drain', 'close']);
    // Not toBe, which would show a million letters.
    expect(text + take(peer) === `${large}last, and after`).toBe(true);
    expect(restOf(fd)).toBe('');
  });

  it('is refused as well while what its turn has written finds no room', async () => {
    const [fd, peer] = opened.pair();
    const noted = noting();
    const refused: unknown[] = [];
    const drain = (self: DescriptorStream) => noted.events.push(`drain ${self.detach() === fd}`);
    const stream = test.loop.stream(fd, {}, { ...noted.handlers, drain });
    test.loop.setImmediate(() => {
      fill(fd);
      // Gathered, and so not sent yet.
      expect(stream.write('last')).toBe(true);
      try {
        stream.detach();
      } catch (error) {
        refused.push(error);
      }
      test.loop.setImmediate(() => noted.events.push(`${take(peer).length > 0}`));
    });
    await drive(test.loop, mode);
    expect(refused).toEqual([expect.objectContaining({ code: 'ERR_STREAM_OUTPUT_QUEUED' })]);
    expect(noted.events).toEqual(['open', 'true', 'drain true', 'close']);
    expect(take(peer)).toBe('last');
    expect(restOf(fd)).toBe('');
  });

  it('whose data handler throws goes on, and is detached the next time', async () => {
    const pairs = [opened.pair(), opened.pair()] as const;
    const events: unknown[] = [];
    const streams: DescriptorStream[] = pairs.map(([fd, peer], index) => {
      put(peer);
      const data = () => {
        // The first of the batch takes the other one's place, which is yet to be told.
        events.push('data');
        if (events.length > 1) throw new Error('on purpose');
        const other = streams[1 - index] as DescriptorStream;
        expect(() => other.detach()).toThrow('on purpose');
        events.push(other.active, restOf(other.detach()));
        streams[index]?.destroy();
      };
      return test.loop.stream(fd, {}, { data });
    });
    await drive(test.loop, mode);
    expect(events).toEqual(['data', 'data', true, '']);
  });

  it('tells who iterates what was read before, and then ends', async () => {
    const [fd, peer] = opened.pair();
    const stream = test.loop.stream(fd);
    put(peer, 'read ahead');
    let text = '';
    const look = test.loop.setInterval(() => {
      if (stream.bytesRead === 0) return;
      test.loop.clearInterval(look);
      expect(stream.detach()).toBe(fd);
      put(peer, 'for who is next');
    }, 1);
    const done = stream.closed.then(async () => {
      for await (const chunk of stream) text += Buffer.from(chunk).toString();
    });
    await drive(test.loop, mode);
    await done;
    expect([text, restOf(fd)]).toEqual(['read ahead', 'for who is next']);
  });

  it.skipIf(deviates(usedBackend, 'errorTaken'))(
    'is told of what ended it, and is not detached then',
    async () => {
      const { server, port } = serve(test.loop, {
        data: (socket) => {
          socket.resetAndDestroy();
          server.close();
        },
      });
      const events: string[] = [];
      const connecting: Socket = test.loop.connect(
        { port },
        {
          open: (socket) => void socket.write('x'),
          close: (_socket, error) => void events.push((error as raw.SystemError).code),
        },
      );
      const unconnected = expect.objectContaining({ code: 'ERR_STREAM_CONNECTING' });
      expect(() => connecting.detach()).toThrow(unconnected);
      await drive(test.loop, mode);
      expect(events).toEqual(['ECONNRESET']);
      const closed = expect.objectContaining({ code: 'ERR_HANDLE_CLOSED' });
      expect(() => connecting.detach()).toThrow(closed);
    },
  );
});

it('what others wait for is not closed by a stream that gave it away', async () => {
  const [fd] = opened.pipe();
  const stream = test.loop.stream(fd, {}, {});
  expect(stream.detach()).toBe(fd);
  test.loop.watch(fd, { read: true }, () => {}).unref();
  await drive(test.loop);
  expect(isOpen(fd)).toBe(true);
  expect(raw.fcntl(fd, constant('F_GETFL')) & constant('O_NONBLOCK')).not.toBe(0);
});
