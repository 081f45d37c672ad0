// UDP on the loopback: what is sent comes whole, in order, with whom it is from, and an
// answer finds its way; how a socket is paused, connected and closed.
import { describe, expect, it } from 'vitest';
import { guardDescriptors } from '../support/descriptors.js';
import { DRIVE_MODES, drive, eachWithLoop } from '../support/drive.js';
import { HOST, listening, placeOf } from './support.js';

guardDescriptors();
const test = eachWithLoop();

describe.each(DRIVE_MODES)('in %s mode', (mode) => {
  it('datagrams come whole and in order, empty ones as well, and are answered', async () => {
    const texts = ['one', '', 'x'.repeat(2000), 'y'.repeat(40_000), 'last'];
    const server = listening(test.loop, {
      message: (socket, chunk, from) => socket.send(chunk, from),
    });
    const client = listening(test.loop, {
      message: (socket) => {
        if (client.heard.messages.length < texts.length) return;
        socket.close();
        server.socket.close();
      },
    });
    const to = placeOf(server.socket);
    for (const text of texts) expect(client.socket.send(text, to)).toBe(true);
    await drive(test.loop, mode);
    expect(server.heard.messages.map(({ text }) => text)).toEqual(texts);
    expect(client.heard.messages.map(({ text }) => text)).toEqual(texts);
    expect(client.heard.messages[0]).toMatchObject({
      from: { family: 'ipv4', address: to.host, port: to.port },
      info: { truncated: false },
    });
    const bytes = texts.join('').length;
    expect(client.socket).toMatchObject({
      bytesRead: bytes,
      bytesWritten: bytes,
      datagramsRead: texts.length,
      datagramsWritten: texts.length,
      dropped: 0,
    });
    expect([server.heard.closed, client.heard.closed]).toEqual([1, 1]);
  });

  it('hundreds at once come each as one, between other callbacks, and from one object', async () => {
    const order: string[] = [];
    const server = listening(test.loop, {
      message: (socket) => {
        order.push('message');
        queueMicrotask(() => order.push('microtask'));
        if (server.heard.messages.length === 100) socket.close();
      },
    });
    const client = listening(test.loop);
    const to = placeOf(server.socket);
    test.loop.setImmediate(() => {
      for (let i = 0; i < 100; i++) client.socket.send(`${i}`, to);
      client.socket.close();
    });
    await drive(test.loop, mode);
    expect(server.heard.messages.map(({ text }) => Number(text))).toEqual([...Array(100).keys()]);
    expect(new Set(server.heard.messages.map(({ from }) => from)).size).toBe(1);
    expect(order.slice(0, 4)).toEqual(['message', 'microtask', 'message', 'microtask']);
  });

  it('a connected one sends without an address, and hears its peer alone', async () => {
    const server = listening(test.loop, {
      message: (socket, chunk, from) => socket.send(`re: ${Buffer.from(chunk)}`, from),
    });
    const stranger = listening(test.loop);
    const client = listening(
      test.loop,
      {
        message: (socket) => {
          for (const each of [socket, server.socket, stranger.socket]) each.close();
        },
      },
      { to: placeOf(server.socket) },
    );
    expect(client.socket.remoteAddress).toEqual(server.socket.address);
    stranger.socket.send('not for you', placeOf(client.socket));
    client.socket.send('hello');
    await drive(test.loop, mode);
    expect(client.heard.messages.map(({ text }) => text)).toEqual(['re: hello']);
  });

  it('connect fixes the peer, and disconnect takes it back', async () => {
    const { socket: server } = listening(test.loop);
    const heard = listening(test.loop, { message: (socket) => socket.close() });
    const { socket } = heard;
    expect(() => socket.send('x')).toThrow(
      expect.objectContaining({ code: 'ERR_INVALID_ARG_TYPE' }),
    );
    socket.connect(placeOf(server));
    expect(socket.remoteAddress).toEqual(server.address);
    socket.disconnect().disconnect();
    expect(socket.remoteAddress).toBeUndefined();
    server.send('from anybody', { host: HOST, port: placeOf(socket).port });
    server.close();
    await drive(test.loop, mode);
    expect(heard.heard.messages.map(({ text }) => text)).toEqual(['from anybody']);
  });

  it('while it is paused nothing is told, and nothing is lost that had come', async () => {
    const server = listening(test.loop, {
      message: (socket) => {
        const count = server.heard.messages.length;
        if (count === 2) {
          socket.pause();
          expect(socket.paused).toBe(true);
          test.loop.setTimeout(() => {
            expect(server.heard.messages.length).toBe(2);
            socket.resume();
          }, 5);
        } else if (count === 6) socket.close();
      },
    });
    const { socket: client } = listening(test.loop);
    for (let i = 0; i < 6; i++) client.send(`${i}`, placeOf(server.socket));
    client.close();
    await drive(test.loop, mode);
    expect(server.heard.messages.map(({ text }) => text)).toEqual(['0', '1', '2', '3', '4', '5']);
  });

  it('one that is longer than maxDatagramBytes comes cut, and says so', async () => {
    const server = listening(
      test.loop,
      { message: (socket) => server.heard.messages.length === 3 && socket.close() },
      { maxDatagramBytes: 128 },
    );
    const { socket: client } = listening(test.loop);
    for (const length of [128, 129, 5]) client.send('z'.repeat(length), placeOf(server.socket));
    client.close();
    await drive(test.loop, mode);
    const told = server.heard.messages.map(({ text, info }) => [text.length, info.truncated]);
    expect(told).toEqual([
      [128, false],
      [128, true],
      [5, false],
    ]);
    expect(server.socket.truncated).toBe(1);
  });

  it('IPv6 has its addresses, and a socket of every address hears IPv4 as well', async () => {
    const all = listening(
      test.loop,
      {
        message: (socket) => {
          if (all.heard.messages.length === 2) socket.close();
        },
      },
      { host: undefined, port: 0 } as never,
    );
    const { port } = placeOf(all.socket);
    const v6 = listening(test.loop, {}, { host: '::1' });
    const v4 = listening(test.loop);
    v6.socket.send('six', { host: '::1', port });
    v4.socket.send('four', { host: HOST, port });
    v6.socket.close();
    v4.socket.close();
    await drive(test.loop, mode);
    const from = all.heard.messages.map(({ from: peer }) => 'address' in peer && peer.address);
    expect(from.sort()).toEqual(['::1', '::ffff:127.0.0.1']);
  });

  it('a signal closes it, and close lets what was sent go out first', async () => {
    const controller = new AbortController();
    const server = listening(
      test.loop,
      { message: () => controller.abort() },
      { signal: controller.signal },
    );
    const { socket: client } = listening(test.loop);
    test.loop.setImmediate(() => {
      client.send('the last', placeOf(server.socket));
      client.close();
      expect(client.send('too late', { host: HOST, port: 9 })).toBe(false);
    });
    await drive(test.loop, mode);
    expect(server.heard).toMatchObject({ closed: 1, messages: [{ text: 'the last' }] });
  });
});

it('what a getter of the address leaves of the bytes is what is sent, and nothing of others', async () => {
  const server = listening(test.loop, {
    message: (socket) => server.heard.messages.length === 3 && socket.close(),
  });
  const { socket: client } = listening(test.loop);
  const { port } = placeOf(server.socket);
  const memory = Reflect.construct(ArrayBuffer, [18, { maxByteLength: 40 }]);
  const bytes = new Uint8Array(memory).fill(65);
  const resizing = (length: number) => ({
    port,
    get host() {
      Reflect.apply(Reflect.get(memory, 'resize'), memory, [length]);
      return HOST;
    },
  });
  test.loop.setImmediate(() => {
    client.send("another's datagram", { host: HOST, port });
    test.loop.flush();
    client.send(bytes, resizing(1));
    client.send(bytes, resizing(40));
    client.close();
  });
  await drive(test.loop);
  const texts = server.heard.messages.map(({ text }) => text);
  expect(texts).toEqual(["another's datagram", 'A', `A${'\0'.repeat(39)}`]);
});

it('more peers than the table has places are sent to, each by itself', async () => {
  const { socket, heard } = listening(test.loop, {}, { errors: false });
  // As many as are remembered at a time, sent with something beside them: not gathered.
  for (let i = 1; i <= 5000; i++) {
    socket.send('', { host: `127.2.${i >> 8}.${i & 255}`, port: 9 }, { ttl: 1 });
  }
  // Errors are told before.
  test.loop.setImmediate(() => socket.close());
  await drive(test.loop);
  expect(heard.errors).toEqual([]);
});

it('an async message handler gets memory of its own', async () => {
  const kept: Uint8Array[] = [];
  const server = listening(test.loop, {
    message: async (socket, chunk) => {
      kept.push(chunk);
      if (kept.length === 3) socket.close();
    },
  });
  const { socket: client } = listening(test.loop);
  for (const text of ['aaa', 'bbb', 'ccc']) client.send(text, placeOf(server.socket));
  client.close();
  await drive(test.loop);
  expect(kept.map((chunk) => Buffer.from(chunk).toString())).toEqual(['aaa', 'bbb', 'ccc']);
});

it('what an answer is sent to may be another loop’s, or a copy', async () => {
  const server = listening(test.loop, {
    message: (socket, chunk, from) => socket.send(chunk, { ...from } as never),
  });
  const client = listening(test.loop, {
    message: (socket) => {
      socket.close();
      server.socket.close();
    },
  });
  client.socket.send('x', placeOf(server.socket));
  await drive(test.loop);
  expect(client.heard.messages.length).toBe(1);
});
