// The end of a handle as a promise, and `await using`.
// Tried without its guard: with `settleClosed` left out of `finishClose` all but the last fail;
// without `promise.catch` in `make` the one of the unhandled rejection; without
// `closeIsAwaited` in `fail` the one without a close handler.
import { describe, expect, it } from 'vitest';
import { CLOSE_AWAITED } from '../../lib/loop/handle-flags.js';
import type { Socket } from '../../lib/net/socket.js';
import type { SystemError } from '../../lib/raw/index.js';
import { serve } from '../stream/support.js';
import { guardDescriptors, Opened } from '../support/descriptors.js';
import { DRIVE_MODES, drive, eachWithLoop } from '../support/drive.js';
import { deviates, usedBackend } from '../support/libkqueue.js';

guardDescriptors();
const test = eachWithLoop();
const opened = new Opened();

/** A port of the loopback where nobody listens. */
function deadPort(): number {
  const [listener, { port }] = opened.listening();
  opened.close(listener);
  return port;
}

describe.each(DRIVE_MODES)('handle.closed (%s)', (mode) => {
  it('resolves behind the close callback, and is the same promise each time', async () => {
    const told: string[] = [];
    const { server, port } = serve(test.loop, { close: () => server.close() });
    const socket = test.loop.connect(
      { port },
      { open: (self) => self.end(), close: () => told.push('close') },
    );
    const { closed } = socket;
    closed.then(() => told.push('closed'));
    expect([closed === socket.closed, socket.isClosed]).toEqual([true, false]);
    await drive(test.loop, mode);
    await Promise.all([closed, server.closed, socket.closed]);
    expect([told, socket.isClosed]).toEqual([['close', 'closed'], true]);
  });

  it.skipIf(deviates(usedBackend, 'errorTaken'))(
    'rejects with the error that closed it, looked at before or after',
    async () => {
      const port = deadPort();
      const errors: unknown[] = [];
      const close = (_: Socket, error?: Error) => void errors.push(error);
      const socket = test.loop.connect({ port }, { close });
      const early = socket.closed.catch((error) => error);
      const late = test.loop.connect({ port }, { close });
      await drive(test.loop, mode);
      expect((socket.error as SystemError).code).toBe('ECONNREFUSED');
      expect([await early, await late.closed.catch((error) => error)]).toEqual(errors);
      expect(errors).toEqual([socket.error, late.error]);
    },
  );

  it.skipIf(deviates(usedBackend, 'errorTaken'))(
    'tells it without a close handler as well, to who looked before',
    async () => {
      const { server, port } = serve(test.loop, {
        open(socket) {
          socket.resetAndDestroy();
          server.close();
        },
      });
      const closed = test.loop.connect({ port }, {}).closed.catch((error) => error);
      await drive(test.loop, mode);
      expect(await closed).toMatchObject({ code: 'ECONNRESET', syscall: 'recv' });
    },
  );

  it('is no unhandled rejection where it was only looked at', async () => {
    const unhandled: unknown[] = [];
    const listener = (reason: unknown) => unhandled.push(reason);
    process.on('unhandledRejection', listener);
    const socket = test.loop.connect({ port: deadPort() }, {});
    expect(socket.closed).toBeInstanceOf(Promise);
    await drive(test.loop, mode);
    await new Promise((resolve) => setImmediate(resolve));
    process.off('unhandledRejection', listener);
    expect([socket.isClosed, unhandled]).toEqual([true, []]);
  });

  it('does not hold the loop', async () => {
    const { server } = serve(test.loop, {});
    server.unref();
    const { closed } = server;
    await drive(test.loop, mode);
    server.close();
    await drive(test.loop, mode);
    await closed;
  });

  it('is waited for by await using', async () => {
    let watcher: { isClosed: boolean; flags: number } | undefined;
    const work = async () => {
      await using own = test.loop.watch(opened.eventfd(), { read: true }, () => {});
      watcher = own;
      await undefined;
    };
    const done = work().then(() => watcher?.isClosed);
    await drive(test.loop, mode);
    expect(await done).toBe(true);
  });

  it('of what failed is not thrown by await using', async () => {
    const work = async () => {
      await using socket = test.loop.connect({ port: deadPort() }, {});
      await socket.closed.catch(() => {});
    };
    const done = work();
    await drive(test.loop, mode);
    await done;
  });
});

it('costs nothing where nobody looks', () => {
  const watcher = test.loop.watch(opened.eventfd(), { read: true }, () => {});
  expect(watcher.flags & CLOSE_AWAITED).toBe(0);
  expect([watcher.closed, watcher.flags & CLOSE_AWAITED]).toEqual([watcher.closed, CLOSE_AWAITED]);
});
