// rawloop/compat/usocket: bytes and descriptors over Unix sockets, as npm usocket has them.
// Its own tests are run by `npm run test:compat`.
import { once } from 'node:events';
import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Message, UServer, USocket } from '../../lib/compat/usocket/index.js';
import { keepDefaultLoop } from '../support/default-loop.js';
import { guardDescriptors } from '../support/descriptors.js';
import { DRIVE_MODES } from '../support/drive.js';
import { temporaryFolder } from '../support/folder.js';

keepDefaultLoop();
guardDescriptors();

const own = readFileSync(import.meta.filename);

/** Both ends of a connection. */
async function pair() {
  const path = join(temporaryFolder(), 'socket');
  const server = new UServer();
  server.listen(path);
  await once(server, 'listening');
  const client = new USocket(path);
  const accepted = once(server, 'connection');
  await once(client, 'connected');
  const [peer] = (await accepted) as [USocket];
  server.close();
  return { client, peer, path };
}

/** What `read(length, count)` gives, once it gives something. */
async function message(socket: USocket, length: number | null, count: number): Promise<Message> {
  for (;;) {
    const found = socket.read(length, count);
    if (found !== null) return found;
    await once(socket, 'readable');
  }
}

/** Where `once` would reject for an 'error' before it. */
const closeOf = (socket: USocket) => new Promise((resolve) => socket.once('close', resolve));

function endBoth(...sockets: USocket[]) {
  const closed = sockets.map((socket) => once(socket.resume(), 'close'));
  for (const socket of sockets) socket.end();
  return Promise.all(closed);
}

function readBack(fd: number): string {
  const start = Buffer.alloc(40);
  readSync(fd, start, 0, start.length, 0);
  closeSync(fd);
  return start.toString();
}

describe.runIf(DRIVE_MODES.includes('guest'))('a USocket', () => {
  it('carries descriptors beside bytes, which may be closed when it says so', async () => {
    const { client, peer } = await pair();
    const fd = openSync(import.meta.filename, 'r');
    let closed = false;
    const callback = () => {
      closeSync(fd);
      closed = true;
    };
    peer.write({ data: Buffer.from('look'), fds: [fd, fd], callback });
    const { data, fds } = await message(client, 4, 2);
    expect([String(data), fds.length, closed]).toEqual(['look', 2, true]);
    for (const each of fds) expect(readBack(each)).toBe(own.subarray(0, 40).toString());
    await endBoth(client, peer);
  });

  it('sends descriptors that were written alone with the bytes that follow', async () => {
    const { client, peer } = await pair();
    const fd = openSync(import.meta.filename, 'r');
    peer.write([fd]);
    closeSync(fd);
    peer.write('late');
    const { data, fds } = await message(client, 4, 1);
    expect(String(data)).toBe('late');
    expect(readBack(fds[0] as number)).toBe(own.subarray(0, 40).toString());
    await endBoth(client, peer);
  });

  it('ends behind what was written, however much', async () => {
    const { client, peer } = await pair();
    const all = Buffer.alloc(3_000_000, 'abcdefg');
    client.end(all);
    const chunks: Buffer[] = [];
    for await (const chunk of peer) chunks.push(chunk as Buffer);
    expect(Buffer.concat(chunks).equals(all)).toBe(true);
    const closed = Promise.all([once(client, 'close'), once(peer, 'close')]);
    peer.end();
    await closed;
  });

  it('closes what came and was not read when it is destroyed, and says no more', async () => {
    const { client, peer } = await pair();
    const fd = openSync(import.meta.filename, 'r');
    peer.write({ data: Buffer.from('x'), fds: [fd] });
    closeSync(fd);
    const events: string[] = [];
    client.once('readable', () => {
      for (const name of ['close', 'error', 'end']) client.on(name, () => events.push(name));
      client.destroy();
      expect(client.read(1, 1)).toBeNull();
    });
    await once(peer.resume(), 'end');
    peer.end();
    await new Promise((resolve) => setImmediate(resolve));
    expect(events).toEqual([]);
  });

  it('puts back what was read', async () => {
    const { client, peer } = await pair();
    const fd = openSync(import.meta.filename, 'r');
    peer.write({ data: Buffer.from('again'), fds: [fd], callback: () => closeSync(fd) });
    const first = await message(client, 5, 1);
    client.unshift(first.data, first.fds);
    const second = await message(client, 5, 1);
    expect([String(second.data), second.fds.length]).toEqual(['again', 1]);
    for (const each of second.fds) closeSync(each);
    await endBoth(client, peer);
  });

  it('tells of what cannot be connected or written, and may be connected then', async () => {
    const { client, peer, path } = await pair();
    const socket = new USocket();
    const failed = once(socket, 'error');
    const closed = closeOf(socket);
    socket.connect(`${path}-none`);
    expect((await failed)[0]).toMatchObject({ code: 'ENOENT', syscall: 'connect' });
    await closed;
    socket.connect({ fd: -1 });
    expect((await once(socket, 'error'))[0]).toBeInstanceOf(RangeError);
    const told: string[] = [];
    socket.on('error', (error) => told.push(error.message));
    socket.write('x');
    await once(socket, 'error');
    expect(told).toEqual(['USocket not connected']);
    expect(() => client.connect(path)).toThrow('connect on already connected USocket');
    await endBoth(client, peer);
  });
});

describe.runIf(DRIVE_MODES.includes('guest'))('a UServer', () => {
  it('accepts nothing while it is paused, and nothing once it is closed', async () => {
    const path = join(temporaryFolder(), 'socket');
    const server = new UServer();
    server.pause();
    server.listen(path, 4, () => {});
    await once(server, 'listening');
    expect(typeof server.fd).toBe('number');
    let accepted = 0;
    server.on('connection', (socket: USocket) => {
      accepted++;
      socket.destroy();
      server.close();
    });
    const clients = [new USocket(path), new USocket(path)];
    for (const client of clients) await once(client, 'connected');
    expect(accepted).toBe(0);
    const ends = clients.map((client) => closeOf(client.on('error', () => {})));
    for (const client of clients) client.resume().end();
    server.resume();
    await Promise.all(ends);
    expect(accepted).toBe(1);
    const busy = new UServer();
    busy.listen(path);
    expect((await once(busy, 'error'))[0]).toMatchObject({ code: 'EADDRINUSE', syscall: 'bind' });
  });
});
