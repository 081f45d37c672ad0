// What all handles have in common: a name that minifying does not change, a label, one
// rule for what ends them, and a way to end without their descriptor.
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { Address } from '../../lib/binding/index.js';
import { EventLoop } from '../../lib/faces/event-loop.js';
import type { Handle } from '../../lib/loop/handle.js';
import type { Server } from '../../lib/net/server.js';
import type { Socket } from '../../lib/net/socket.js';
import * as raw from '../../lib/raw/index.js';
import type { Watcher } from '../../lib/watch/watcher.js';
import { recording, serve } from '../stream/support.js';
import { put, take, untilReadable } from '../support/bytes.js';
import { guardDescriptors, isOpen, Opened } from '../support/descriptors.js';
import { eachWithLoop, run } from '../support/drive.js';
import { PlainHandle } from './support.js';

guardDescriptors();
const test = eachWithLoop();
const opened = new Opened();
const reason = new Error('the poller would not have it');

/** A handle of each kind, and where it tells what ended it. */
const HANDLES: Record<string, (told: (error?: Error) => void) => Handle> = {
  Socket(told) {
    const [, { port }] = opened.listening();
    return test.loop.connect({ port }, { close: (_, error) => told(error) });
  },
  Server: (told) => serve(test.loop, { error: (_, error) => told(error) }).server,
  Watcher: (told) =>
    test.loop.watch(opened.eventfd(), { read: true }, (_, watcher) => told(watcher.error)),
  SignalHandle: (told) => test.loop.onSignal('SIGUSR2', (_, __, error) => told(error)),
  PoolHandle(told) {
    test.loop.fs.stat('/').catch(told);
    return test.loop.table.handles.find((handle) => handle?.kind === 'PoolHandle') as Handle;
  },
};

describe.each(Object.entries(HANDLES))('a %s', (kind, make) => {
  it('has a kind of its own, which metrics show', () => {
    const handle = make(() => {});
    expect(handle.kind).toBe(kind);
    expect(test.loop.metrics().handles.map((listed) => listed.kind)).toContain(kind);
  });

  it('that is refused by the poller is closed, and told why, once', async () => {
    const told: unknown[] = [];
    const handle = make((error) => told.push(error));
    handle.refuse(reason);
    handle.refuse(new Error('and once more'));
    expect([handle.isClosed, told]).toEqual([false, []]);
    await run(test.loop);
    await new Promise((resolve) => setImmediate(resolve));
    expect([handle.isClosed, handle.error, told]).toEqual([true, reason, [reason]]);
  });

  it('that was closed before is told nothing', async () => {
    const told: unknown[] = [];
    const handle = make((error) => told.push(error));
    handle.refuse(reason);
    handle.close();
    await run(test.loop);
    await new Promise((resolve) => setImmediate(resolve));
    expect([handle.error, told]).not.toContain(reason);
  });
});

describe('labels', () => {
  it('tell a handle from others of its kind, also on the console', async () => {
    const labels: string[] = [];
    const note = (socket: Socket) => labels.push(socket.label);
    const { server, port } = serve(test.loop, {
      open: note,
      close: () => server.close(),
    });
    test.loop.connect({ port }, { open: (socket) => note(socket) && socket.end() });
    await run(test.loop);
    expect(labels.sort()).toEqual([
      `Socket of Server 127.0.0.1:${port}`,
      `Socket to 127.0.0.1:${port}`,
    ]);
    const watcher = test.loop.watch(opened.eventfd(), { read: true }, () => {});
    expect(test.loop.metrics().handles.map(({ label }) => label)).toEqual(['Watcher']);
    expect(inspect({ watcher, server })).toBe(
      `{\n  watcher: Watcher { fd: ${watcher.fd}, read },\n` +
        `  server: Server { closed, 127.0.0.1:${port}, connections: 0 }\n}`,
    );
    watcher.close();
  });
});

describe('a handle that ends without its descriptor', () => {
  it('leaves the poller and the table, and is heard of no more', async () => {
    const fd = opened.eventfd(1);
    let calls = 0;
    const watcher = test.loop.watch(fd, { read: true }, () => calls++);
    expect(watcher.releaseDescriptor()).toBe(fd);
    expect([watcher.isClosed, test.loop.table.used, test.loop.pollSet.size]).toEqual([true, 0, 0]);
    await run(test.loop);
    expect(calls).toBe(0);
    // The number is free for another watcher.
    const next = test.loop.watch(fd, { read: true }, () => next.close());
    await run(test.loop);
    expect(next.isClosed).toBe(true);
  });

  it('leaves a socket open that it owned, with all that was written', async () => {
    const [listener, { port }] = opened.listening();
    const events: string[] = [];
    let fd = -1;
    test.loop.connect(
      { port },
      {
        ...recording(events),
        open(socket) {
          socket.write('last words, ');
          fd = opened.keep(socket.releaseDescriptor());
          // Behind what the socket took, whenever that goes out.
          put(fd, 'and more');
        },
      },
    );
    await run(test.loop);
    const peer = opened.accept(listener, raw.constants['SOCK_NONBLOCK'] as number);
    expect([events, test.loop.streams.readers]).toEqual([['close'], 0]);
    test.loop.close();
    expect(isOpen(fd)).toBe(true);
    const heard = (at: number, length: number) => {
      let text = '';
      while (text.length < length) {
        untilReadable(at);
        const more = take(at);
        if (more === '') throw new Error(`it ends behind '${text}'`);
        text += more;
      }
      return text;
    };
    expect(heard(peer, 20)).toBe('last words, and more');
    put(peer, 'an answer');
    expect(heard(fd, 9)).toBe('an answer');
  });

  it('is not closed either when its loop is forgotten', async () => {
    const loop = new EventLoop();
    const { server } = serve(loop, {});
    const fd = opened.keep(server.releaseDescriptor());
    await run(loop);
    // What the collector leads to.
    loop.holdings.release();
    expect(isOpen(fd)).toBe(true);
  });

  it('is dropped from the batch under way', async () => {
    const fds = [opened.eventfd(1), opened.eventfd(1)];
    const heard: number[] = [];
    const watchers: Watcher[] = fds.map((fd) =>
      test.loop.watch(fd, { read: true }, (_, watcher) => {
        heard.push(fd);
        watcher.close();
        for (const other of watchers) if (other.active) other.releaseDescriptor();
      }),
    );
    await run(test.loop);
    expect(heard).toHaveLength(1);
  });

  it('leaves a listening socket open, which another server takes over', async () => {
    const events: string[] = [];
    const { server: first, port } = serve(test.loop, {});
    const fd = first.releaseDescriptor();
    const second: Server<Address> = test.loop.listen(
      { fd },
      { ...recording(events), close: () => second.close() },
    );
    test.loop.connect({ port }, { open: (socket) => socket.end('hello') });
    await run(test.loop);
    expect(events).toEqual(['open', 'data hello', 'end']);
    expect(isOpen(fd)).toBe(false);
  });

  it('has to be active', () => {
    const handle = new PlainHandle(test.loop);
    expect(() => handle.releaseDescriptor()).toThrow(
      expect.objectContaining({ code: 'ERR_HANDLE_CLOSED' }),
    );
  });
});
