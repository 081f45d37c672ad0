// How many a server accepts, and when: `maxConnections`, `whenFull`, `server.sockets`, and
// `for await` over a server, which accepts as it is asked.
// Tried without its guard: with `hold(Hold.FULL)` left out those of who waits fail; without
// `release(Hold.FULL)` in `forget` they hang; without `#refuse` the one of who is refused hangs;
// with AHEAD of 1,000, without HELD in `prepare`, or without `drop` in `left` the one of a few
// ahead; without `Hold.UNASKED` in the constructor the one of a few ahead, and in owned mode
// others hang; without `updateInterest` in `Stream.begin` the one of no cost.
import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import type { ListenOptions } from '../../lib/net/listen.js';
import type { Server } from '../../lib/net/server.js';
import type { Socket } from '../../lib/net/socket.js';
import type * as raw from '../../lib/raw/index.js';
import { serve } from '../stream/support.js';
import { guardDescriptors } from '../support/descriptors.js';
import { DRIVE_MODES, drive, eachWithLoop } from '../support/drive.js';

guardDescriptors();
const test = eachWithLoop();

/** A server without handlers. */
function bare(options: ListenOptions = {}): Server<raw.IpAddress, Socket> {
  return test.loop.listen({ host: '127.0.0.1', port: 0, ...options });
}

/** Clients of `port`, each of which says its number and ends. */
function clients(port: number, count: number, told: string[] = []): Socket[] {
  return Array.from({ length: count }, (_, i) =>
    test.loop.connect(
      { port },
      {
        open: (socket) => socket.end(String(i)),
        data: (_, chunk) => told.push(Buffer.from(chunk).toString()),
        close: (_, error) => error && told.push((error as raw.SystemError).code),
      },
    ),
  );
}

async function textOf(socket: Socket): Promise<string> {
  let text = '';
  for await (const chunk of socket) text += Buffer.from(chunk).toString();
  return text;
}

function turn(ms = 1): Promise<void> {
  return new Promise((resolve) => test.loop.setTimeout(resolve, ms));
}

describe.each(DRIVE_MODES)('a server (%s)', (mode) => {
  /** Runs `work` while the loop is driven; one that fails ends it. */
  async function during<T>(work: () => Promise<T>): Promise<T> {
    const done = work();
    done.catch(() => test.loop.close());
    await drive(test.loop, mode);
    return await done;
  }

  it('that is full has others wait in the backlog, and serves them as there is room', async () => {
    let [served, most] = [0, 0];
    const told: string[] = [];
    const { server, port } = serve(
      test.loop,
      {
        open() {
          most = Math.max(most, server.connections);
        },
        data: (socket, chunk) => socket.end(chunk),
        close() {
          if (++served === 10) server.close();
        },
      },
      { maxConnections: 3 },
    );
    clients(port, 10, told);
    await drive(test.loop, mode);
    expect([most, told.sort(), server.refused]).toEqual([3, [...'0123456789'], 0]);
  });

  it('that is full and refuses resets who comes, and counts', async () => {
    const told: string[] = [];
    const [kept] = await during(async () => {
      const { server, port } = serve(
        test.loop,
        { data: (socket, chunk) => socket.write(chunk) },
        { maxConnections: 1, whenFull: 'refuse' },
      );
      const first = await test.loop.connect({ port }).opened;
      while (server.connections === 0) await turn();
      clients(port, 4, told);
      while (server.refused < 4 || told.length < 4) await turn();
      expect([server.connections, server.refused]).toEqual([1, 4]);
      first.destroy();
      while (server.connections > 0) await turn();
      const next = await test.loop.connect({ port }).opened;
      next.write('there is room again');
      for await (const chunk of next) {
        server.destroy();
        return [Buffer.from(chunk).toString()];
      }
      return [];
    });
    expect([kept, [...new Set(told)]]).toEqual(['there is room again', ['ECONNRESET']]);
  });

  it('lists its connections, and no others', async () => {
    const { server, port } = serve(test.loop, {});
    const other = serve(test.loop, {});
    await during(async () => {
      const to = (port: number) => test.loop.connect({ port }, {});
      const mine = [to(port), to(port), to(port)];
      const others = [to(other.port), to(other.port)];
      while (server.connections < 3 || other.server.connections < 2) await turn();
      expect(server.sockets.map((socket) => socket.server)).toEqual([server, server, server]);
      expect(server.sockets.length).toBe(3);
      server.destroy();
      expect([server.sockets.length, other.server.sockets.length]).toEqual([0, 2]);
      other.server.destroy();
      for (const socket of [...mine, ...others]) socket.destroy();
    });
  });

  it('is iterated: each connection, with every byte, however late it is asked for', async () => {
    const server = bare();
    const told: string[] = [];
    const texts = await during(async () => {
      clients(server.address.port, 20, told);
      await turn(5);
      // Nobody has asked yet.
      expect(server.connections).toBe(0);
      const texts: string[] = [];
      for await (const socket of server) {
        await turn();
        const text = await textOf(socket);
        socket.end(text);
        texts.push(text);
        if (texts.length === 20) break;
      }
      return texts;
    });
    const all = Array.from({ length: 20 }, (_, i) => String(i)).sort();
    expect([texts.sort(), server.isClosed]).toEqual([all, true]);
    // The last answers may be on their way as the loop is left: a socket ends by itself.
    expect(told.sort()).toEqual(all);
  });

  it('accepts but a few ahead of who iterates, and reads nothing of them', async () => {
    const server = bare();
    await during(async () => {
      const peers = clients(server.address.port, 50);
      for (const socket of peers) await socket.opened;
      const sockets = server[Symbol.asyncIterator]();
      const first = (await sockets.next()).value as Socket;
      while (server.connections < 2) await turn();
      await turn(2);
      expect(server.connections).toBeLessThan(12);
      const ahead = server.sockets.filter((socket) => socket !== first);
      expect([ahead.length > 0, ahead.every(({ bytesRead }) => bytesRead === 0)]).toEqual([
        true,
        true,
      ]);
      await sockets.return?.();
      // What nobody took is closed with the server, what was taken is not.
      expect([server.isClosed, server.sockets]).toEqual([true, [first]]);
      first.destroy();
      for (const socket of peers) socket.destroy();
    });
  });

  it('has connections wait until they are taken at no cost, also when their peers have sent', async () => {
    const server = bare();
    await during(async () => {
      const sockets = server[Symbol.asyncIterator]();
      const peers = clients(server.address.port, 3);
      while (server.connections < 3) await turn();
      await turn();
      const { iterations } = test.loop.metrics();
      await turn(10);
      // The timer's own, and that in which it is looked at: not one after the other.
      expect(test.loop.metrics().iterations - iterations).toBeLessThan(10);
      await sockets.return?.();
      for (const socket of peers) socket.destroy();
    });
  });

  it('a connection that is taken and never read closes all the same', async () => {
    const server = bare();
    const told: string[] = [];
    await during(async () => {
      clients(server.address.port, 3, told);
      let left = 3;
      for await (const socket of server) {
        socket.end('bye');
        if (--left === 0) break;
      }
      while (server.connections > 0) await turn();
    });
    expect(told).toEqual(['bye', 'bye', 'bye']);
  });

  it('that is closed ends the loop, behind those that were accepted', async () => {
    const server = bare();
    const seen = await during(async () => {
      const peers = clients(server.address.port, 2);
      const sockets = server[Symbol.asyncIterator]();
      const first = await sockets.next();
      while (server.connections < 2) await turn();
      server.close();
      await server.closed;
      const seen = [first, await sockets.next(), await sockets.next()];
      for (const { value } of seen) value?.destroy();
      for (const socket of peers) socket.destroy();
      return seen.map(({ done }) => done);
    });
    expect(seen).toEqual([false, false, true]);
  });

  it('whose signal aborts throws AbortError to who iterates, and leaves no listener', async () => {
    const controller = new AbortController();
    const server = bare({ signal: controller.signal });
    const error = await during(async () => {
      test.loop.setTimeout(() => controller.abort(), 2);
      try {
        for await (const socket of server) socket.destroy();
      } catch (reason) {
        return reason;
      }
      return undefined;
    });
    expect(error).toMatchObject({ name: 'AbortError', code: 'ABORT_ERR' });
    expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
    await server.closed;
  });

  it('that gave up throws why to who iterates', async () => {
    const server = bare();
    const reason = new Error('no more');
    const thrown = await during(async () => {
      test.loop.setTimeout(() => server.failWith(reason), 2);
      return await server[Symbol.asyncIterator]()
        .next()
        .catch((error) => error);
    });
    expect(thrown).toBe(reason);
  });

  it('with handlers may be iterated as well: data keeps what comes', async () => {
    const { server, port } = serve(test.loop, { data: (socket, chunk) => socket.end(chunk) });
    const told: string[] = [];
    await during(async () => {
      clients(port, 1, told);
      for await (const socket of server) {
        expect(() => socket[Symbol.asyncIterator]()).toThrow(
          expect.objectContaining({ code: 'ERR_INVALID_STATE' }),
        );
        await socket.closed;
        break;
      }
    });
    expect(told).toEqual(['0']);
  });

  it('is closed by await using', async () => {
    let seen: Server<raw.IpAddress, Socket> | undefined;
    await during(async () => {
      await using server = bare();
      seen = server;
      await turn();
    });
    expect(seen?.isClosed).toBe(true);
  });
});

it('is iterated once', () => {
  const server = bare();
  server[Symbol.asyncIterator]();
  expect(() => server[Symbol.asyncIterator]()).toThrow(
    expect.objectContaining({ code: 'ERR_INVALID_STATE' }),
  );
  server.close();
});

it('limits that are none open nothing', () => {
  const bad: [object, code: string][] = [
    [{ maxConnections: 0 }, 'ERR_OUT_OF_RANGE'],
    [{ maxConnections: 1.5 }, 'ERR_OUT_OF_RANGE'],
    [{ maxConnections: '1' }, 'ERR_INVALID_ARG_TYPE'],
    [{ whenFull: 'drop' }, 'ERR_INVALID_ARG_VALUE'],
  ];
  for (const [options, code] of bad) {
    expect(() => bare(options)).toThrow(expect.objectContaining({ code }));
  }
  expect(test.loop.alive).toBe(false);
});
