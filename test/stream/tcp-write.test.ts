// What `write` takes, and that the peer gets just those bytes in just that order,
// however they are gathered, sent at once or queued.
import { describe, expect, it } from 'vitest';
import type { Socket } from '../../lib/net/socket.js';
import { constant } from '../../lib/raw/constants.js';
import type { Bytes } from '../../lib/raw/index.js';
import { bytesOf, detach, newSeed, pattern, randomFrom } from '../support/bytes.js';
import { guardDescriptors } from '../support/descriptors.js';
import { DRIVE_MODES, drive, eachWithLoop } from '../support/drive.js';
import { Received, serve } from './support.js';

guardDescriptors();
const test = eachWithLoop();

/** What a server receives from `clients` sockets that `write` writes to and ends. */
async function sent(
  clients: number,
  write: (sockets: Socket[]) => void,
  mode: (typeof DRIVE_MODES)[number] = 'owned',
): Promise<Received> {
  const received = new Received();
  const sockets: Socket[] = [];
  let left = clients;
  const { server, port } = serve(test.loop, {
    data(socket, chunk) {
      // The first byte is the client's number.
      socket.data ??= chunk[0];
      received.add(socket.data, chunk);
    },
    close() {
      if (--left === 0) server.close();
    },
  });
  for (let client = 0; client < clients; client++) {
    sockets.push(
      test.loop.connect(
        { port },
        {
          open(socket) {
            socket.write(Uint8Array.of(client));
            // All are connected: one callback writes to all of them.
            if (sockets.every((one) => one.open)) write(sockets);
          },
        },
      ),
    );
  }
  await drive(test.loop, mode);
  return received;
}

const shared = (text: string): SharedArrayBuffer => {
  const memory = new SharedArrayBuffer(text.length);
  new Uint8Array(memory).set(bytesOf(text));
  return memory;
};

const KINDS: Record<string, [data: Bytes | string, expected: string]> = {
  'a string': ['plain', 'plain'],
  'a string of many bytes a letter': ['äß€😀한', 'äß€😀한'],
  'a string with lone surrogates': ['a\ud800b\udc00c', 'a\ufffdb\ufffdc'],
  'an empty string': ['', ''],
  'a string with NUL': ['a\0b', 'a\0b'],
  'a Uint8Array': [bytesOf('bytes'), 'bytes'],
  'a part of a Uint8Array': [bytesOf('-part-').subarray(1, 5), 'part'],
  'a Buffer': [Buffer.from('buffer'), 'buffer'],
  'a DataView': [new DataView(bytesOf('-view-').buffer, 1, 4), 'view'],
  'a Uint16Array': [new Uint16Array(bytesOf('-abcd-').buffer.slice(1, 5)), 'abcd'],
  'an ArrayBuffer': [bytesOf('whole').buffer, 'whole'],
  'a SharedArrayBuffer': [shared('shared'), 'shared'],
  'a view of a SharedArrayBuffer': [new Uint8Array(shared('-share'), 1), 'share'],
  'an empty Uint8Array': [new Uint8Array(0), ''],
  'a long string': ['€'.repeat(50_000), '€'.repeat(50_000)],
  'an ArrayBuffer of a megabyte': [pattern(1 << 20).buffer, ''],
};

describe.each(DRIVE_MODES)('in %s mode', (mode) => {
  it.each(Object.entries(KINDS))('%s arrives as it is', async (_, [data, expected]) => {
    const received = await sent(
      1,
      ([socket]) => {
        socket?.write(data);
        socket?.end();
      },
      mode,
    );
    const bytes = received.of(0).subarray(1);
    if (expected !== '' || typeof data === 'string') expect(bytes.toString()).toBe(expected);
    else expect(bytes.equals(new Uint8Array(data as ArrayBuffer))).toBe(true);
  });
});

describe('write', () => {
  it('refuses what is no bytes, before anything is sent', async () => {
    const received = await sent(1, ([socket]) => {
      for (const data of [undefined, null, 7, 1n, {}, [1, 2], Symbol('x'), () => {}, true]) {
        expect(() => socket?.write(data as string)).toThrow(
          expect.objectContaining({ name: 'TypeError', code: 'ERR_INVALID_ARG_TYPE' }),
        );
      }
      socket?.end('after');
    });
    expect(received.text).toBe('\0after');
  });

  it('refuses memory that was detached, whatever view of it is given', async () => {
    const received = await sent(1, ([socket]) => {
      const views = [new Uint8Array(8), new Uint16Array(8), new DataView(new ArrayBuffer(8))];
      const given = [...views, views[0]?.buffer as ArrayBuffer];
      for (const view of views) detach(view);
      for (const data of given) {
        expect(() => socket?.write(data)).toThrow(
          expect.objectContaining({ name: 'TypeError', code: 'ERR_INVALID_STATE' }),
        );
      }
      socket?.end(new Uint8Array(0));
    });
    expect(received.text).toBe('\0');
  });

  it('is done with the memory when it returns', async () => {
    for (const size of [10, 4096, 4097, 3_000_000]) {
      const received = await sent(1, ([socket]) => {
        const memory = pattern(size);
        socket?.write(memory);
        memory.fill(0);
        detach(memory);
        socket?.end();
      });
      expect(received.of(0).subarray(1).equals(pattern(size))).toBe(true);
    }
  });

  it('to many sockets in turn keeps each one in order', async () => {
    const clients = 20;
    const rounds = 50;
    const received = await sent(clients, (sockets) => {
      for (let round = 0; round < rounds; round++) {
        for (const [client, socket] of sockets.entries()) socket.write(`${client}:${round} `);
      }
      for (const socket of sockets) socket.end();
    });
    for (let client = 0; client < clients; client++) {
      const expected = Array.from({ length: rounds }, (_, round) => `${client}:${round} `).join('');
      expect(received.of(client).subarray(1).toString()).toBe(expected);
    }
  });

  it('more than 4,096 times in a callback loses nothing', async () => {
    const clients = 2;
    const writes = 6000;
    const received = await sent(clients, (sockets) => {
      // In turn, so that no two follow each other and each needs a record.
      for (let i = 0; i < writes; i++) for (const socket of sockets) socket.write(String(i % 10));
      for (const socket of sockets) socket.end();
    });
    const expected = '0123456789'.repeat(writes / 10);
    for (let client = 0; client < clients; client++) {
      expect(received.of(client).subarray(1).toString()).toBe(expected);
    }
  });

  it('of more than 256 KiB in small pieces in a callback loses nothing', async () => {
    const piece = 4000;
    const bytes = pattern(piece * 200);
    const received = await sent(1, ([socket]) => {
      for (let at = 0; at < bytes.length; at += piece)
        socket?.write(bytes.subarray(at, at + piece));
      socket?.end();
    });
    expect(received.of(0).subarray(1).equals(bytes)).toBe(true);
  });

  it('keeps a large piece between the small ones around it', async () => {
    const pieces = [3, 100_000, 5, 4096, 4097, 1, 2_000_000, 7, 4096].map((n, i) => pattern(n, i));
    const received = await sent(2, (sockets) => {
      for (const piece of pieces) for (const socket of sockets) socket.write(piece);
      for (const socket of sockets) socket.end();
    });
    for (const client of [0, 1]) {
      expect(received.of(client).subarray(1).equals(Buffer.concat(pieces))).toBe(true);
    }
  });

  it('of a chunk of the slab, and of a part of it, is an echo', async () => {
    const text = 'the quick brown fox';
    const back = new Received();
    const { server, port } = serve(test.loop, {
      data(socket, chunk) {
        socket.write(chunk.subarray(4));
        socket.write(chunk);
        socket.end(chunk.slice(0, 3));
        server.close();
      },
    });
    test.loop.connect({ port }, { open: (s) => s.write(text), data: (_, c) => back.add('', c) });
    await drive(test.loop);
    expect(back.text).toBe('quick brown foxthe quick brown foxthe');
  });

  it('outside of any callback goes out at once', async () => {
    const received = new Received();
    // Until both ends are there: a server that closes has only those that it has accepted.
    let ends = 0;
    const open = () => {
      if (++ends === 2) test.loop.stop();
    };
    const { server, port } = serve(test.loop, {
      open,
      data: (_, chunk) => received.add('', chunk),
    });
    const socket = test.loop.connect({ port }, { open });
    await drive(test.loop);
    expect(socket.write('from outside, ')).toBe(true);
    expect(socket.write(pattern(5))).toBe(true);
    expect(socket.bufferedBytes).toBe(0);
    socket.end();
    server.close();
    await drive(test.loop);
    expect(received.of('').subarray(0, 14).toString()).toBe('from outside, ');
  });

  it('in random sizes and kinds to random sockets keeps every byte in its place', async () => {
    const seed = newSeed();
    const random = randomFrom(seed);
    const clients = 8;
    const expected = Array.from({ length: clients }, () => [] as Uint8Array[]);
    let rounds = 30;
    const writeSome = (sockets: Socket[]) => {
      for (let i = 0; i < 60; i++) {
        const client = random(clients);
        const size = random(20) === 0 ? random(300_000) : random(300);
        const bytes = pattern(size, random(251));
        expected[client]?.push(bytes.slice());
        sockets[client]?.write(random(2) === 0 ? bytes : new DataView(bytes.buffer));
        bytes.fill(0);
      }
      if (--rounds > 0) test.loop.setTimeout(() => writeSome(sockets), random(3));
      else for (const socket of sockets) socket.end();
    };
    const received = await sent(clients, writeSome);
    for (const [client, pieces] of expected.entries()) {
      const bytes = received.of(client).subarray(1);
      expect(bytes.equals(Buffer.concat(pieces)), `seed ${seed}, socket ${client}`).toBe(true);
    }
  });
});

it('a socket of a small send buffer gets all of it in many turns', async () => {
  const bytes = pattern(500_000);
  const received = await sent(1, ([socket]) => {
    socket?.setOption(constant('SOL_SOCKET'), constant('SO_SNDBUF'), 4096);
    for (let at = 0; at < bytes.length; at += 1000) socket?.write(bytes.subarray(at, at + 1000));
    socket?.end();
  });
  expect(received.of(0).subarray(1).equals(bytes)).toBe(true);
});
