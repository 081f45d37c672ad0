// What keeps a loop going: everything referenced, and nothing else.
import { describe, expect, it } from 'vitest';
import type { EventLoop } from '../../lib/faces/event-loop.js';
import { run } from '../support/drive.js';
import { newLoop, outside, PlainHandle, silentFd } from './support.js';

interface Referable {
  ref(): unknown;
  unref(): unknown;
  hasRef(): boolean;
  readonly active: boolean;
}

interface Kind {
  start(loop: EventLoop): Referable;
  end(loop: EventLoop, one: Referable): void;
}

const closeIt = (_loop: EventLoop, one: Referable) =>
  (one as Referable & Disposable)[Symbol.dispose]();

const KINDS: Record<string, Kind> = {
  'a timer': { start: (loop) => loop.setTimeout(() => {}, 1e6), end: closeIt },
  'an interval': { start: (loop) => loop.setInterval(() => {}, 1e6), end: closeIt },
  'an immediate': { start: (loop) => loop.setImmediate(() => {}), end: closeIt },
  'a watcher': { start: (loop) => loop.watch(silentFd(), { read: true }, () => {}), end: closeIt },
  'a server': { start: (loop) => loop.listen({ port: 0 }, {}), end: closeIt },
  'a socket that connects': {
    start(loop) {
      const server = loop.listen({ port: 0 }, {}).unref();
      const { port } = server.address as { port: number };
      return loop.connect({ port }, {});
    },
    end: closeIt,
  },
  'a signal': { start: (loop) => loop.onSignal('SIGUSR2', () => {}).ref(), end: closeIt },
};

const NAMES = Object.keys(KINDS);
/** A connect under way is work, which counts without a reference: see the end. */
const IDLE_NAMES = NAMES.filter((name) => name !== 'a socket that connects');
const kindOf = (name: string) => KINDS[name] as Kind;

describe('a loop', () => {
  it('is not alive when it is new', () => {
    expect(newLoop().alive).toBe(false);
  });

  it.each(NAMES)('is alive with %s', (name) => {
    const loop = newLoop();
    const one = kindOf(name).start(loop);
    expect([loop.alive, one.hasRef(), one.active]).toEqual([true, true, true]);
  });

  it.each(IDLE_NAMES)('is not alive with %s that is not referenced', (name) => {
    const loop = newLoop();
    const one = kindOf(name).start(loop);
    expect(one.unref()).toBe(one);
    expect([loop.alive, one.hasRef(), one.active]).toEqual([false, false, true]);
  });

  it.each(NAMES)('is alive again with %s that is referenced again', (name) => {
    const loop = newLoop();
    const one = kindOf(name).start(loop);
    one.unref();
    expect(one.ref()).toBe(one);
    expect([loop.alive, one.hasRef()]).toEqual([true, true]);
  });

  it.each(IDLE_NAMES)('counts ref and unref of %s once, however often they are called', (name) => {
    const loop = newLoop();
    const [a, b] = [kindOf(name).start(loop), kindOf(name).start(loop)];
    a.unref();
    a.unref();
    expect(loop.alive).toBe(true);
    b.unref();
    expect(loop.alive).toBe(false);
    a.ref();
    a.ref();
    a.unref();
    expect(loop.alive).toBe(false);
  });

  it.each(IDLE_NAMES)('ends without %s that is not referenced, and leaves it be', async (name) => {
    const loop = newLoop();
    const one = kindOf(name).start(loop);
    one.unref();
    expect(await run(loop)).toBe(false);
    expect(one.active).toBe(true);
  });

  it.each(NAMES)('is done once %s was closed', async (name) => {
    const loop = newLoop();
    const one = kindOf(name).start(loop);
    kindOf(name).end(loop, one);
    expect(one.active).toBe(false);
    expect(await run(loop)).toBe(false);
    expect(loop.alive).toBe(false);
  });

  it.each(NAMES)('does not count references of %s that was closed', async (name) => {
    const loop = newLoop();
    const one = kindOf(name).start(loop);
    kindOf(name).end(loop, one);
    await run(loop);
    one.unref();
    one.ref();
    one.ref();
    expect(loop.alive).toBe(false);
    one.unref();
    loop.setTimeout(() => {}, 1);
    expect(loop.alive).toBe(true);
  });
});

describe('work that waits', () => {
  const WORK: Record<string, (loop: EventLoop) => void> = {
    'a nextTick callback': (loop) => loop.nextTick(() => {}),
    'a deferred callback': (loop) => loop.defer(() => {}),
    'a handle that closes': (loop) => {
      const handle = new PlainHandle(loop);
      handle.unref();
      handle.close();
    },
  };

  it.each(Object.keys(WORK))('such as %s keeps the loop alive until it is done', async (name) => {
    const loop = newLoop();
    WORK[name]?.(loop);
    expect(loop.alive).toBe(true);
    expect(await run(loop, 'once')).toBe(false);
  });

  it('is delivered by run() although nothing else is alive', async () => {
    const loop = newLoop();
    const log: string[] = [];
    loop.nextTick(() => log.push('tick'));
    const handle = new PlainHandle(loop);
    handle.onClosedCallback = () => log.push('closed');
    handle.close();
    await run(loop);
    expect(log).toEqual(['tick', 'closed']);
  });

  it('is what a callback may end: unref in a callback ends run()', async () => {
    const loop = newLoop();
    const interval = loop.setInterval(() => interval.unref(), 1);
    expect(await run(loop)).toBe(false);
    expect(interval.active).toBe(true);
  });

  it('is what a callback may add: ref in a callback keeps run() going', async () => {
    const loop = newLoop();
    let calls = 0;
    const interval = loop
      .setInterval(() => {
        if (++calls === 3) interval.close();
      }, 1)
      .unref();
    const result = await outside(() => {
      loop.setImmediate(() => interval.ref());
      return loop.run();
    });
    expect(result).toBe(false);
    expect(calls).toBe(3);
  });
});

describe('a connect under way', () => {
  it('keeps the loop alive without a reference until it is done', async () => {
    const loop = newLoop();
    const server = loop.listen({ host: '127.0.0.1', port: 0 }, { open: (peer) => peer.unref() });
    server.unref();
    const { port } = server.address as { port: number };
    let opened = false;
    const socket = loop.connect(
      { port },
      {
        open: () => {
          opened = true;
        },
      },
    );
    socket.unref();
    expect([loop.alive, socket.hasRef()]).toEqual([true, false]);
    expect(await run(loop)).toBe(false);
    expect([opened, socket.active]).toEqual([true, true]);
    socket.ref();
    expect(loop.alive).toBe(true);
    socket.unref();
    expect(loop.alive).toBe(false);
  });

  it('that is given up keeps nothing alive', async () => {
    const loop = newLoop();
    const server = loop.listen({ host: '127.0.0.1', port: 0 }, {}).unref();
    const { port } = server.address as { port: number };
    const socket = loop.connect({ port }, {}).unref();
    socket.destroy();
    expect(await run(loop)).toBe(false);
  });
});
