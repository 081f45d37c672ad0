// The server of the textbooks as its users see it: it echoes, counts and stops. Real
// sockets, node:net on the other side. What it refuses: thread-per-connection-misuse.test.ts.
import { randomBytes, randomInt } from 'node:crypto';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { EventLoop } from '../../lib/faces/event-loop.js';
import {
  type ThreadPerConnectionOptions,
  ThreadPerConnectionServer,
} from '../../lib/models/thread-per-connection.js';
import {
  closed,
  connect,
  echo,
  openDescriptors,
  run,
  serverThreads,
  until,
} from './thread-per-connection-support.js';

const HOST = '127.0.0.1';
const started: ThreadPerConnectionServer[] = [];

function start(options: ThreadPerConnectionOptions = {}): ThreadPerConnectionServer {
  const server = new ThreadPerConnectionServer({ host: HOST, ...options }).start();
  started.push(server);
  return server;
}

afterEach(() => {
  for (const server of started.splice(0)) server.stop();
});

/** Writes in pieces of any size, shuts down and gives all that came back. */
async function exchange(socket: Socket, data: Buffer): Promise<Buffer> {
  const chunks: Buffer[] = [];
  socket.on('data', (chunk) => chunks.push(chunk));
  const ended = once(socket, 'end');
  for (let at = 0; at < data.length; ) {
    const size = randomInt(1, 30000);
    if (!socket.write(data.subarray(at, at + size))) await once(socket, 'drain');
    at += size;
  }
  socket.end();
  await ended;
  return Buffer.concat(chunks);
}

describe.each([HOST, '::1'])('a started server on %s', (host) => {
  it('echoes what 50 clients write, byte for byte', async () => {
    const server = start({ host });
    const exchanges = Array.from({ length: 50 }, async () => {
      const data = randomBytes(256 * 1024);
      return (await exchange(await connect(server), data)).equals(data);
    });
    expect(await Promise.all(exchanges)).toEqual(Array(50).fill(true));
  });

  it('tells the address that the kernel picked, and keeps it after stop', () => {
    const server = start({ host });
    const address = { family: host === HOST ? 'ipv4' : 'ipv6', address: host };
    expect(server.address).toMatchObject(address);
    expect(server.address?.port).toBeGreaterThan(0);
    server.stop();
    expect(server.address).toMatchObject(address);
  });

  it('answers all that came before a half close, then closes', async () => {
    const server = start({ host });
    const socket = await connect(server);
    const data = randomBytes(1024 * 1024);
    const chunks: Buffer[] = [];
    socket.pause();
    socket.end(data);
    await until(() => server.stats.bytes > 0);
    socket.on('data', (chunk) => chunks.push(chunk)).resume();
    await once(socket, 'end');
    expect(Buffer.concat(chunks).equals(data)).toBe(true);
  });
});

describe('stats', () => {
  it('count threads, connections and bytes exactly', async () => {
    const server = start();
    expect(server.stats).toEqual({ threads: 0, connections: 0, bytes: 0, active: 0, errors: 0 });
    const sockets = await Promise.all([connect(server), connect(server), connect(server)]);
    for (const socket of sockets) expect(await echo(socket, 'hello')).toBe('hello');
    expect(server.stats).toMatchObject({ threads: 3, connections: 3, active: 3, errors: 0 });
    expect(serverThreads()).toBe(4);
    for (const socket of sockets) {
      socket.end();
      await closed(socket);
    }
    const end = { threads: 0, connections: 3, bytes: 15, active: 0, errors: 0 };
    expect(server.stats).toEqual(end);
    server.stop();
    expect(server.stats).toEqual(end);
  });

  it('go on over a second start', async () => {
    const server = start();
    await echo(await connect(server), 'one');
    server.stop();
    server.start();
    await echo(await connect(server), 'two');
    server.stop();
    expect(server.stats).toMatchObject({ connections: 2, bytes: 6 });
  });
});

describe('stop', () => {
  it('ends connected clients, one that never reads included, and every thread', async () => {
    const before = openDescriptors();
    const server = start();
    const sockets = await Promise.all(Array.from({ length: 20 }, () => connect(server)));
    for (const socket of sockets) await echo(socket, 'x');
    const deaf = await connect(server);
    deaf.pause();
    // The thread has to be blocked in send: nothing drains any more.
    let stuck = false;
    while (!stuck) {
      if (deaf.write(randomBytes(65536))) continue;
      const drained = once(deaf, 'drain').then(() => true);
      const full = new Promise<false>((resolve) => setTimeout(() => resolve(false), 200));
      stuck = !(await Promise.race([drained, full]));
    }
    expect(server.stats.active).toBe(21);
    server.stop();
    await until(() => serverThreads() === 0);
    expect(server.stats).toMatchObject({ threads: 0, active: 0 });
    deaf.destroy();
    await Promise.all([...sockets, deaf].map(closed));
    await until(() => openDescriptors() <= before);
  });

  it('frees the port, and the server can be started again', async () => {
    const server = start();
    const first = await connect(server);
    server.stop();
    await closed(first);
    const again = new ThreadPerConnectionServer({ host: HOST, port: server.address?.port ?? 0 });
    again.start();
    again.stop();
    server.start();
    expect(await echo(await connect(server), 'again')).toBe('again');
  });

  it('may be called before start, twice, as close and by dispose', async () => {
    const server = new ThreadPerConnectionServer({ host: HOST });
    server.stop();
    server.start();
    server.stop();
    server.stop();
    server.start();
    server.close();
    await until(() => serverThreads() === 0);
    server.start();
    server[Symbol.dispose]();
    await until(() => serverThreads() === 0);
  });

  it('comes by itself when the loop is closed', async () => {
    const loop = new EventLoop();
    const server = start({ loop });
    const socket = await connect(server);
    loop.close();
    await closed(socket);
    await until(() => serverThreads() === 0);
    expect(() => server.start()).toThrow(expect.objectContaining({ code: 'ERR_LOOP_CLOSED' }));
    await until(() => serverThreads() === 0);
  });
});

describe('the loop of a server', () => {
  it('is kept alive while the server is started and referenced', async () => {
    const loop = new EventLoop();
    const server = new ThreadPerConnectionServer({ host: HOST, loop });
    expect([loop.alive, server.hasRef()]).toEqual([false, true]);
    server.start();
    expect(loop.alive).toBe(true);
    expect(server.unref()).toBe(server);
    expect([loop.alive, server.hasRef()]).toEqual([false, false]);
    expect(server.ref()).toBe(server);
    expect(loop.alive).toBe(true);
    server.stop();
    expect(await run(loop)).toBe(false);
    server.unref().start();
    expect(await run(loop)).toBe(false);
    loop.close();
  });
});
