// SIGINT and SIGTERM stop an echo server cleanly, whatever its clients are doing.
import { once } from 'node:events';
import net from 'node:net';
import { describe, expect, it } from 'vitest';
import { connectClients, type EchoClient, EchoServer, MODELS } from './support.js';

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;
const CLEAN = { code: 0, signal: null, stderr: '' };

/** Settles when the client's socket is closed, whether ended or reset. */
async function isClosed({ socket }: EchoClient): Promise<void> {
  socket.on('error', () => {});
  socket.resume();
  if (!socket.closed) await once(socket, 'close').catch(() => {});
}

describe.each(MODELS)('the echo server of model %s', (model) => {
  it.each(SIGNALS)('stops by %s with nobody connected', async (signal) => {
    const server = await EchoServer.start(model);
    expect(await server.stop(signal)).toMatchObject(CLEAN);
  });

  it.each(SIGNALS)('stops by %s with clients connected, and they see the end', async (signal) => {
    const server = await EchoServer.start(model);
    const clients = await connectClients(server, 50, 10_000);
    await Promise.all(clients.map((client) => client.run()));
    const ends = clients.map(isClosed);
    expect(await server.stop(signal)).toMatchObject(CLEAN);
    await Promise.all(ends);
  });

  it.each(SIGNALS)('stops by %s in the middle of traffic', async (signal) => {
    const server = await EchoServer.start(model);
    const clients = await connectClients(server, 20, 7 * 2 ** 20);
    const runs = clients.map((client) => client.run().catch(() => {}));
    const ends = clients.map(isClosed);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await server.stop(signal)).toMatchObject(CLEAN);
    await Promise.all([...ends, ...runs]);
  });

  it('stops with a client that does not read', async () => {
    const server = await EchoServer.start(model);
    const socket = net.connect({ host: server.host, port: server.port });
    socket.on('error', () => {});
    socket.pause();
    await once(socket, 'connect');
    socket.write(Buffer.alloc(32 * 2 ** 20));
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(await server.stop()).toMatchObject(CLEAN);
    socket.destroy();
  });

  it('stops once, however many signals come', async () => {
    const server = await EchoServer.start(model);
    const clients = await connectClients(server, 20, 100);
    for (const { socket } of clients) socket.on('error', () => {});
    server.child.kill('SIGTERM');
    server.child.kill('SIGTERM');
    const { code, signal, stderr } = await server.end;
    // The second may come when the first has done its work, and then acts as ever.
    expect([0, 'SIGTERM']).toContain(signal ?? code);
    expect(stderr).toBe('');
  });

  it('is free of its port when it has stopped', async () => {
    const first = await EchoServer.start(model);
    const clients = await connectClients(first, 5, 100);
    await Promise.all(clients.map((client) => client.run()));
    const ends = clients.map(isClosed);
    await first.stop();
    await Promise.all(ends);
    const again = await EchoServer.start(model, '--port', String(first.port));
    expect(again.port).toBe(first.port);
    expect(await again.stop()).toMatchObject(CLEAN);
  });
});
