// What goes wrong with one datagram is told with whom it was for, and touches no other; what
// ends the socket is told by its close.
import { describe, expect, it } from 'vitest';
import type { DatagramSocket } from '../../lib/datagram/socket.js';
import { constant } from '../../lib/raw/constants.js';
import * as raw from '../../lib/raw/index.js';
import { thrownBy } from '../loop/support.js';
import { guardDescriptors, Opened } from '../support/descriptors.js';
import { DRIVE_MODES, drive, eachWithLoop, run } from '../support/drive.js';
import { deviates, usedBackend } from '../support/libkqueue.js';
import { HOST, listening, placeOf } from './support.js';

guardDescriptors();
const test = eachWithLoop();
const opened = new Opened();
/** Nobody is there, and the kernel says so. */
const DEAD = { host: HOST, port: 9 };
/** A port where nobody is, and which nobody else is given soon. */
function deadPort(): number {
  const fd = opened.keep(raw.socket(constant('AF_INET'), constant('SOCK_DGRAM')));
  raw.check(raw.bind(fd, { family: 'ipv4', address: HOST, port: 0 }), 'bind');
  const { port } = raw.getsockname(fd) as raw.IpAddress;
  opened.close(fd);
  return port;
}

/** The queue of errors is Linux's. */
const hasQueue = process.platform === 'linux' && !deviates(usedBackend, 'errorQueue');

describe.each(DRIVE_MODES)('in %s mode', (mode) => {
  it.runIf(hasQueue)(
    'that nobody is there is told with the address, and the socket goes on',
    async () => {
      const server = listening(test.loop, { message: (socket) => socket.close() });
      const client = listening(test.loop, { error: (socket) => socket.close() });
      const to = placeOf(server.socket);
      test.loop.setImmediate(() => {
        for (const each of [to, DEAD, to]) client.socket.send('x', each);
      });
      await drive(test.loop, mode);
      expect(client.heard.errors).toMatchObject([
        { code: 'ECONNREFUSED', to: { address: HOST, port: DEAD.port } },
      ]);
      expect(client.heard.closed).toBe(1);
    },
  );

  it('one that is too long is told, and those around it arrive', async () => {
    const server = listening(test.loop, {
      message: (socket) => server.heard.messages.length === 4 && socket.close(),
    });
    const client = listening(test.loop, { error: (socket) => socket.close() });
    const to = placeOf(server.socket);
    const tooLong = new Uint8Array(65_508);
    test.loop.setImmediate(() => {
      client.socket.send('1', to);
      client.socket.send('2', to);
      expect(client.socket.send(tooLong, to)).toBe(true);
      client.socket.send('3', to);
      client.socket.send('4', to);
    });
    await drive(test.loop, mode);
    expect(server.heard.messages.map(({ text }) => text)).toEqual(['1', '2', '3', '4']);
    expect(client.heard.errors).toMatchObject([{ code: 'EMSGSIZE', to: { port: to.port } }]);
  });

  it('a family that does not fit is one datagram’s error as well', async () => {
    const server = listening(test.loop, {
      message: (socket) => server.heard.messages.length === 2 && socket.close(),
    });
    const client = listening(test.loop, { error: (socket) => socket.close() });
    const to = placeOf(server.socket);
    test.loop.setImmediate(() => {
      client.socket.send('1', to);
      client.socket.send('lost', { host: '::1', port: to.port });
      client.socket.send('2', to);
    });
    await drive(test.loop, mode);
    expect(server.heard.messages.map(({ text }) => text)).toEqual(['1', '2']);
    expect(client.heard.errors.length).toBe(1);
  });

  it('without the queue a connected one is told, and loses no datagram by it', async () => {
    const port = deadPort();
    const closing = { error: (socket: DatagramSocket<never>) => socket.close() };
    const client = listening(test.loop, closing, { to: { host: HOST, port }, errors: false });
    let second: ReturnType<typeof listening> | undefined;
    test.loop.setImmediate(() => {
      client.socket.send('to nobody');
      test.loop.flush();
      second = listening(test.loop, { message: (socket) => socket.close() }, { port });
      // The error of the first is told here, and this one is sent all the same.
      client.socket.send('to somebody');
    });
    await drive(test.loop, mode);
    expect(second?.heard.messages.map(({ text }) => text)).toEqual(['to somebody']);
    expect(client.heard.errors.map(({ code }) => code)).toEqual(['ECONNREFUSED']);
  });

  it.runIf(hasQueue)('more errors than one turn reads are told once each', async () => {
    // One more turn than it takes to tell them, as nothing follows that could be waited for.
    const client = listening(test.loop, {
      error: (socket) => {
        if (client.heard.errors.length === 40) test.loop.setTimeout(() => socket.close(), 2);
      },
    });
    test.loop.setImmediate(() => {
      for (let i = 0; i < 40; i++) client.socket.send('x', DEAD);
    });
    await drive(test.loop, mode);
    const expected = { code: 'ECONNREFUSED', to: { port: DEAD.port } };
    expect(client.heard.errors).toMatchObject(new Array(40).fill(expected));
  });

  it.runIf(hasQueue)(
    'while it is paused errors are told, once each, and the loop sleeps',
    async () => {
      const client = listening(test.loop, {
        error: (socket) => {
          if (client.heard.errors.length === 3) socket.close();
        },
      });
      client.socket.pause();
      test.loop.setImmediate(() => {
        for (let i = 0; i < 3; i++) client.socket.send('x', DEAD);
      });
      await drive(test.loop, mode);
      expect(client.heard.errors.length).toBe(3);
      expect(test.loop.metrics().iterations).toBeLessThan(30);
    },
  );
});

it('a handler that throws loses none of the datagrams behind it', async () => {
  const server = listening(test.loop, {
    message: (socket) => {
      const count = server.heard.messages.length;
      if (count === 6) socket.close();
      if (count % 2 === 1) throw new Error(`on purpose ${count}`);
    },
  });
  const { socket: client } = listening(test.loop);
  for (let i = 0; i < 6; i++) client.send(`${i}`, placeOf(server.socket));
  client.close();
  for (const count of [1, 3, 5])
    await expect(run(test.loop)).rejects.toThrow(`on purpose ${count}`);
  await run(test.loop);
  expect(server.heard.messages.map(({ text }) => text)).toEqual(['0', '1', '2', '3', '4', '5']);
});

it('a promise of message that is rejected is told to error', async () => {
  const server = listening(test.loop, {
    message: async () => {
      throw new Error('on purpose');
    },
    error: (socket, error) => {
      expect(error.message).toBe('on purpose');
      socket.close();
    },
  });
  const { socket: client } = listening(test.loop);
  client.send('x', placeOf(server.socket));
  client.close();
  await drive(test.loop);
  expect(server.heard.errors.length).toBe(1);
});

it('a promise that is rejected behind the end is a warning: close was the last', async () => {
  const order: string[] = [];
  const warned = new Promise((resolve) => process.once('warning', resolve));
  let fail: ((error: Error) => void) | undefined;
  const server = listening(test.loop, {
    message: (socket) => {
      socket.close();
      return new Promise<void>((_resolve, reject) => {
        fail = reject;
      });
    },
    error: () => void order.push('error'),
    close: () => void order.push('close'),
  });
  const { socket: client } = listening(test.loop);
  client.send('x', placeOf(server.socket));
  client.close();
  await drive(test.loop);
  fail?.(new Error('too late'));
  expect(await warned).toMatchObject({ message: 'too late' });
  expect(order).toEqual(['close']);
});

it('what a promise is rejected with may be anything', async () => {
  const server = listening(test.loop, {
    message: () => Promise.reject(Object.create(null)),
    error: (socket) => socket.close(),
  });
  const { socket: client } = listening(test.loop);
  client.send('x', placeOf(server.socket));
  client.close();
  await drive(test.loop);
  expect(server.heard.errors).toMatchObject([{ code: 'ERR_HANDLER_REJECTED' }]);
});

describe('before anything is opened', () => {
  it.each([
    ['nothing', {}],
    ['an unknown family', { family: 'ipx' }],
    ['a port that is none', { port: 65536 }],
    ['a host that is no address', { host: 'example.org' }],
    ['path beside a port', { path: '\0x', port: 1 }],
    ['mode without a path', { family: 'unix', mode: 0o600 }],
    ['fd beside a port', { fd: 0, port: 1 }],
    ['an empty path', { path: '' }],
    ['a negative limit', { port: 0, maxBufferedBytes: -1 }],
    ['maxDatagramBytes that is too small', { port: 0, maxDatagramBytes: 63 }],
    ['info that is no object', { port: 0, info: true }],
    ['info that is no boolean', { port: 0, info: { ttl: 1 } }],
    ['a target without a port', { family: 'ipv4', to: { host: HOST } }],
    ['chunks of another kind', { port: 0, chunks: 'lend' }],
  ])('%s is refused', (_name, options) => {
    expect(thrownBy(() => test.loop.dgram(options as never, {}))).toMatchObject({
      code: expect.stringMatching(/^ERR_/),
    });
  });

  it.each([
    ['no address', undefined],
    ['null', null],
    ['a string', '127.0.0.1:9'],
    ['port 0', { host: HOST, port: 0 }],
    ['an empty path', { path: '' }],
    ['a name', { host: 'localhost.', port: 9 }],
    ['a port alone', { port: 9 }],
    ['a name that is spelt wrong', { pth: '/tmp/socket' }],
  ])('sending to %s is refused, and sends nothing', (_name, to) => {
    const { socket } = listening(test.loop);
    expect(thrownBy(() => socket.send('x', to as never))).toMatchObject({
      code: expect.stringMatching(/^ERR_/),
      message: expect.stringMatching(/"to(\.\w+)?" argument must be/),
    });
    expect(socket.datagramsWritten).toBe(0);
  });
});
