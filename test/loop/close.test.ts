// The end of a loop: everything in it is closed, told and given back.
import { describe, expect, it } from 'vitest';
import { EventLoop } from '../../lib/faces/event-loop.js';
import type { Socket } from '../../lib/net/socket.js';
import { openDescriptors, openedSince } from '../support/descriptors.js';
import { run } from '../support/drive.js';
import { outside, PHASES, PlainHandle, readableFd, silentFd, TICKS, thrownBy } from './support.js';

const PLACES = { ...PHASES, ...TICKS };

/** Connects `count` sockets to a server in `loop`; both ends are open when it returns. */
async function connected(loop: EventLoop, count: number, onClose: (socket: Socket) => void) {
  let open = 0;
  const handlers = {
    open() {
      if (++open === count * 2) loop.stop();
    },
    close: onClose,
  };
  const server = loop.listen({ port: 0 }, handlers);
  const { port } = server.address as { port: number };
  const clients = Array.from({ length: count }, () => loop.connect({ port }, handlers));
  await run(loop);
  return { server, clients };
}

describe('close()', () => {
  it('closes handles in the order in which they were opened, and calls them back so', () => {
    const loop = new EventLoop();
    const log: number[] = [];
    for (let i = 0; i < 5; i++) {
      const handle = new PlainHandle(loop);
      handle.onClosedCallback = () => log.push(i);
      handle.start(silentFd(), 1);
    }
    loop.close();
    expect(log).toEqual([0, 1, 2, 3, 4]);
  });

  it('tells every socket, once, and gives back every descriptor', async () => {
    const before = openDescriptors();
    const loop = new EventLoop();
    const told = new Map<Socket, number>();
    const { clients } = await connected(loop, 20, (socket) => {
      told.set(socket, (told.get(socket) ?? 0) + 1);
    });
    for (const signal of ['SIGUSR2', 'SIGWINCH']) loop.onSignal(signal, () => {});
    loop.close();
    expect(told.size).toBe(40);
    expect([...told.values()]).toEqual(Array(40).fill(1));
    expect(clients.every((socket) => told.has(socket))).toBe(true);
    expect(openedSince(before)).toEqual([]);
  });

  it('calls back what was closing already, and what closes meanwhile', () => {
    const loop = new EventLoop();
    const log: string[] = [];
    const [closing, open, last] = [0, 0, 0].map(() => new PlainHandle(loop)) as [
      PlainHandle,
      PlainHandle,
      PlainHandle,
    ];
    closing.onClosedCallback = () => {
      log.push('closing');
      last.close();
    };
    open.onClosedCallback = () => log.push('open');
    last.onClosedCallback = () => log.push('last');
    closing.close();
    open.start(silentFd(), 1);
    loop.close();
    expect(log).toEqual(['closing', 'open', 'last']);
  });

  it('leaves borrowed descriptors alone', () => {
    const loop = new EventLoop();
    const fd = silentFd();
    loop.watch(fd, { read: true }, () => {});
    loop.close();
    expect(openDescriptors().has(fd)).toBe(true);
  });

  it('ends timers, immediates and ticks: none runs, and nothing is alive', async () => {
    const loop = new EventLoop();
    let calls = 0;
    const timers = [loop.setTimeout(() => calls++, 0), loop.setInterval(() => calls++, 1)];
    loop.setImmediate(() => calls++);
    loop.defer(() => calls++);
    loop.close();
    expect([loop.alive, loop.closed]).toEqual([false, true]);
    expect(timers.map((timer) => timer.active)).toEqual([false, false]);
    await outside(() => {});
    expect(calls).toBe(0);
  });

  it('may be called again, in its own close callback too', () => {
    const loop = new EventLoop();
    const handle = new PlainHandle(loop);
    let calls = 0;
    handle.onClosedCallback = () => {
      calls++;
      loop.close();
    };
    handle.close();
    loop.close();
    loop.close();
    loop[Symbol.dispose]();
    expect(calls).toBe(1);
  });

  it('is what the end of a using block does', () => {
    const before = openDescriptors();
    let loop: EventLoop;
    {
      using scoped = new EventLoop();
      loop = scoped;
      loop.listen({ port: 0 }, {});
    }
    expect(loop.closed).toBe(true);
    expect(openedSince(before)).toEqual([]);
  });

  it('while a batch is left from a throw drops it', async () => {
    const loop = new EventLoop();
    let calls = 0;
    for (let i = 0; i < 3; i++) {
      loop.watch(readableFd(), { read: true }, () => {
        calls++;
        throw new Error('on purpose');
      });
    }
    await expect(run(loop)).rejects.toThrow('on purpose');
    expect(loop.alive).toBe(true);
    loop.close();
    expect([calls, loop.alive]).toEqual([1, false]);
  });
});

describe.each(Object.keys(PLACES))('close() in a callback of %s', (place) => {
  it('closes the loop at the end of the iteration, which does not wait', async () => {
    const before = openDescriptors();
    const loop = new EventLoop();
    const log: string[] = [];
    loop.listen({ port: 0 }, {});
    const far = loop.setTimeout(() => {}, 2 ** 40);
    PLACES[place]?.(loop, () => {
      loop.close();
      loop.close();
      log.push(`closed ${loop.closed}`);
      // The loop may be used until then, for what little is left of it.
      loop.setTimeout(() => log.push('never'), 1000);
    });
    expect(await run(loop)).toBe(false);
    expect(log).toEqual(['closed false']);
    expect([loop.closed, loop.alive, far.active]).toEqual([true, false, false]);
    expect([...openDescriptors().keys()].filter((fd) => !before.has(fd))).toEqual(
      // Both ends of the pipe that the callback was told of.
      place === 'poll' ? [expect.any(Number), expect.any(Number)] : [],
    );
  });

  it('lets the rest of the iteration run', async () => {
    const loop = new EventLoop();
    const log: string[] = [];
    PLACES[place]?.(loop, () => loop.close());
    for (const phase of Object.keys(PHASES)) PHASES[phase]?.(loop, () => log.push(phase));
    await run(loop);
    expect(log).toEqual(Object.keys(PHASES));
    expect(loop.closed).toBe(true);
  });

  it('closes also when that callback throws, and the error leaves run()', async () => {
    const loop = new EventLoop();
    const error = new Error('on purpose');
    if (place in TICKS) return;
    PLACES[place]?.(loop, () => {
      loop.close();
      throw error;
    });
    await expect(run(loop)).rejects.toBe(error);
    expect(loop.closed).toBe(true);
  });
});

describe('a close callback that throws', () => {
  it('leaves no descriptor open and keeps no other from being told', async () => {
    const before = openDescriptors();
    const loop = new EventLoop();
    let told = 0;
    await connected(loop, 10, () => {
      if (++told % 3 === 1) throw new Error(`callback ${told}`);
    });
    expect(thrownBy(() => loop.close())).toMatchObject({ message: 'callback 1' });
    expect([told, loop.closed, loop.alive]).toEqual([20, true, false]);
    expect(openedSince(before)).toEqual([]);
    expect(() => loop.close()).not.toThrow();
  });

  it('leaves no descriptor open when run() calls it', async () => {
    const before = openDescriptors();
    const loop = new EventLoop();
    let told = 0;
    const { server, clients } = await connected(loop, 10, () => {
      told++;
      throw new Error('on purpose');
    });
    server.close();
    for (const client of clients) client.destroy();
    for (let i = 0; i < 20; i++) await expect(run(loop)).rejects.toThrow('on purpose');
    expect(await run(loop)).toBe(false);
    expect(told).toBe(20);
    loop.close();
    expect(openedSince(before)).toEqual([]);
  });
});

describe('a loop', () => {
  it('costs no descriptors once closed, a thousand times over', () => {
    const before = openDescriptors();
    for (let i = 0; i < 1000; i++) new EventLoop().close();
    expect(openedSince(before)).toEqual([]);
  });
});
