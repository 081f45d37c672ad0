// TCP from one end to the other and back, on both kinds of address and in both modes.
import { describe, expect, it } from 'vitest';
import type { Socket } from '../../lib/net/socket.js';
import { constant } from '../../lib/raw/constants.js';
import { pattern } from '../support/bytes.js';
import { guardDescriptors } from '../support/descriptors.js';
import { DRIVE_MODES, drive, eachWithLoop } from '../support/drive.js';
import { Received, recording, serve } from './support.js';

guardDescriptors();
const test = eachWithLoop();

/** An echo server that ends when the last of `clients` connections is closed. */
function echo(clients: number, options = {}) {
  let left = clients;
  const place = serve(
    test.loop,
    {
      data: (socket, chunk) => {
        socket.write(chunk);
      },
      close() {
        if (--left === 0) place.server.close();
      },
    },
    options,
  );
  return place;
}

describe.each(DRIVE_MODES)('in %s mode', (mode) => {
  it.each(['127.0.0.1', '::1'])('bytes come back over %s', async (host) => {
    const { port } = echo(1, { host });
    const received = new Received();
    test.loop.connect(
      { host, port },
      {
        open: (socket) => {
          socket.write('hello');
        },
        data(socket, chunk) {
          received.add('', chunk);
          if (received.text === 'hello') socket.end();
        },
      },
    );
    await drive(test.loop, mode);
    expect(received.text).toBe('hello');
  });

  it('many clients each get their own bytes', async () => {
    const clients = 60;
    const { port } = echo(clients);
    const received = new Received();
    const size = 10_000;
    for (let client = 0; client < clients; client++) {
      let left = size;
      test.loop.connect(
        { port },
        {
          open: (opened) => {
            opened.write(pattern(size, client));
          },
          data(from, chunk) {
            received.add(client, chunk);
            left -= chunk.length;
            if (left === 0) from.end();
          },
        },
      );
    }
    await drive(test.loop, mode);
    for (let client = 0; client < clients; client++) {
      expect(received.of(client).equals(pattern(size, client))).toBe(true);
    }
  });

  it('megabytes come back whole', async () => {
    const { port } = echo(1);
    const bytes = pattern(3_000_000);
    const received = new Received();
    let left = bytes.length;
    test.loop.connect(
      { port },
      {
        open: (socket) => {
          socket.write(bytes);
        },
        data(socket, chunk) {
          received.add('', chunk);
          left -= chunk.length;
          if (left === 0) socket.end();
        },
      },
    );
    await drive(test.loop, mode);
    expect(received.of('').equals(bytes)).toBe(true);
  });

  it('each side is told of open, data, end and close, in this order', async () => {
    const events: string[] = [];
    const { server, port } = serve(test.loop, {
      ...recording(events, 'server '),
      end: (socket) => {
        events.push('server end');
        socket.write('bye');
        server.close();
      },
    });
    test.loop.connect(
      { port },
      {
        ...recording(events, 'client '),
        open: (socket) => {
          events.push('client open');
          socket.write('hello');
          socket.end();
        },
      },
    );
    await drive(test.loop, mode);
    const of = (side: string) => events.filter((event) => event.startsWith(side));
    expect(of('server')).toEqual(['open', 'data hello', 'end', 'close'].map((e) => `server ${e}`));
    expect(of('client')).toEqual(['open', 'data bye', 'end', 'close'].map((e) => `client ${e}`));
  });
});

describe('a socket', () => {
  it('tells its addresses, its counts and its state', async () => {
    const seen: Record<string, unknown>[] = [];
    const look = (socket: Socket) =>
      seen.push({
        address: socket.address,
        remoteAddress: socket.remoteAddress,
        read: socket.bytesRead,
        written: socket.bytesWritten,
        state: [socket.open, socket.active, socket.isClosed, socket.paused, socket.hasRef()],
        server: socket.server,
      });
    const { server, port } = serve(test.loop, {
      data(socket, chunk) {
        look(socket);
        socket.end(chunk);
      },
      close: look,
    });
    const client = test.loop.connect(
      { port },
      {
        open: (socket) => {
          socket.write('hello');
        },
        close(socket) {
          look(socket);
          server.close();
        },
      },
    );
    expect([client.open, client.active, client.isClosed]).toEqual([false, true, false]);
    await drive(test.loop);
    const [atData, ...atClose] = seen;
    expect(atData).toMatchObject({ read: 5, written: 0, server, address: { port } });
    expect(atData?.['state']).toEqual([true, true, false, false, true]);
    expect(atData?.['remoteAddress']).toMatchObject({ port: expect.any(Number) });
    for (const last of atClose) {
      expect(last).toMatchObject({ read: 5, written: 5, address: undefined });
      expect(last['state']).toEqual([false, false, true, false, true]);
    }
    expect(atClose.map((last) => last['server'])).toContain(undefined);
  });

  it('has options of the kernel, and TCP_NODELAY unless told otherwise', async () => {
    const level = constant('IPPROTO_TCP');
    const name = constant('TCP_NODELAY');
    const found: unknown[] = [];
    const { server, port } = serve(test.loop, {
      open(socket) {
        found.push(socket.getOption(level, name));
        found.push(socket.setOption(level, name, 0).getOption(level, name));
        const linger = new Int32Array(2);
        socket.setOption(constant('SOL_SOCKET'), constant('SO_LINGER'), new Int32Array([1, 3]));
        socket.getOption(constant('SOL_SOCKET'), constant('SO_LINGER'), linger);
        found.push([...linger]);
        try {
          socket.getOption(999, 999);
        } catch (error) {
          found.push((error as { syscall: string }).syscall);
        }
        socket.setOption(constant('SOL_SOCKET'), constant('SO_LINGER'), new Int32Array([0, 0]));
        socket.destroy();
        server.close();
      },
    });
    const closed: unknown[] = [];
    test.loop.connect(
      { port, noDelay: false },
      {
        open: (socket) => found.push(socket.getOption(level, name)),
        close(socket) {
          for (const use of [() => socket.getOption(1, 1), () => socket.setOption(1, 1, 1)]) {
            expect(use).toThrow(expect.objectContaining({ code: 'ERR_HANDLE_CLOSED' }));
            closed.push(true);
          }
        },
      },
    );
    await drive(test.loop);
    expect(found.sort()).toEqual([0, 0, 1, [1, 3], 'getsockopt'].sort());
    expect(closed).toEqual([true, true]);
  });

  it('does not keep the loop alive once it is not referenced', async () => {
    const { server, port } = serve(test.loop, {
      open(socket) {
        expect(socket.unref().hasRef()).toBe(false);
        server.unref();
      },
    });
    const client = test.loop.connect({ port }, { open: (socket) => socket.unref().unref() });
    await drive(test.loop);
    expect(test.loop.alive).toBe(false);
    expect([client.active, server.active, server.connections]).toEqual([true, true, 1]);
    client.ref();
    expect(test.loop.alive).toBe(true);
    client.destroy();
  });
});
