// A client that never reads costs the server bounded memory, and the others nothing.
import net from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { connectClients, EchoServer, MODELS } from './support.js';

const MIB = 2 ** 20;
/** What one that does not read offers; the kernel's buffers take a few MiB of it. */
const OFFERED = 256 * MIB;
/** maxBufferedBytes is 16 MiB by default; the rest is for the heap to breathe. */
const ALLOWED = 64 * MIB;
const MAX_PIECES = OFFERED / MIB;

/** Offers bytes until the server takes no more, or all are gone; never reads. */
async function flood({ host, port }: EchoServer): Promise<{ socket: net.Socket; taken: number }> {
  const socket = net.connect({ host, port, noDelay: true });
  onTestFinished(() => void socket.destroy());
  socket.on('error', () => {});
  socket.pause();
  const piece = Buffer.alloc(MIB, 'x');
  for (let i = 0; i < MAX_PIECES; i++) {
    const before = socket.bytesWritten - socket.writableLength;
    if (socket.write(piece)) continue;
    // It stands still once nothing has moved for many looks in a row.
    for (let still = 0; still < 40 && socket.writableNeedDrain; still++) {
      await new Promise((resolve) => setTimeout(resolve, 10));
      if (socket.bytesWritten - socket.writableLength > before && i < 2) still = 0;
    }
    if (socket.writableNeedDrain) break;
  }
  return { socket, taken: socket.bytesWritten - socket.writableLength };
}

/** Echoes a good deal, so that the server's heap has grown to what it needs. */
async function warmUp(server: EchoServer): Promise<void> {
  for (let i = 0; i < 2; i++) {
    const clients = await connectClients(server, 10, MIB);
    await Promise.all(clients.map((client) => client.run()));
    await Promise.all(clients.map((client) => client.end()));
  }
}

describe.each(MODELS)('with the echo server of model %s', (model) => {
  it('a client that never reads costs bounded memory, and others finish meanwhile', async () => {
    const server = await EchoServer.start(model);
    await warmUp(server);
    const before = server.residentBytes;
    const slow = await flood(server);
    expect(slow.taken).toBeLessThan(OFFERED);
    const others = await connectClients(server, 10, MIB);
    await Promise.all(others.map((client) => client.run()));
    expect(slow.socket.destroyed).toBe(false);
    await Promise.all(others.map((client) => client.end()));
    expect(server.residentBytes - before).toBeLessThan(ALLOWED);
    expect(await server.stop()).toMatchObject({ code: 0, stderr: '' });
  });

  it('ten of them cost ten times as little, and the server outlives their reset', async () => {
    const server = await EchoServer.start(model);
    await warmUp(server);
    const before = server.residentBytes;
    const slow = await Promise.all(Array.from({ length: 10 }, () => flood(server)));
    expect(server.residentBytes - before).toBeLessThan(ALLOWED);
    for (const { socket } of slow) socket.resetAndDestroy();
    const others = await connectClients(server, 5, MIB);
    await Promise.all(others.map((client) => client.run()));
    await Promise.all(others.map((client) => client.end()));
    expect(await server.stop()).toMatchObject({ code: 0, stderr: '' });
  });

  it('one that reads late gets all of it, in order', async () => {
    const server = await EchoServer.start(model);
    const [late] = await connectClients(server, 1, 8 * MIB);
    late?.socket.pause();
    const running = late?.run();
    await new Promise((resolve) => setTimeout(resolve, 200));
    late?.socket.resume();
    await running;
    await late?.end();
    expect(await server.stop()).toMatchObject({ code: 0, stderr: '' });
  });
});
