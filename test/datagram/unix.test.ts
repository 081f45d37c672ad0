// Unix datagrams: paths and abstract names, answers, the file that is made and removed; and
// queues that are full: each peer has one in the kernel, so each is waited for by itself.
import { existsSync, lstatSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { EventLoop } from '../../lib/faces/event-loop.js';
import { guardDescriptors, Opened } from '../support/descriptors.js';
import { DRIVE_MODES, drive, eachWithLoop } from '../support/drive.js';
import { temporaryFolder } from '../support/folder.js';
import { plainAt, readAll, unixSocket } from './support.js';

guardDescriptors();
const test = eachWithLoop();
const opened = new Opened();
const isLinux = process.platform === 'linux';

describe.each(DRIVE_MODES)('in %s mode', (mode) => {
  it('a path is bound, answered, and removed at the end', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'server');
    const server = unixSocket(
      test.loop,
      { path, mode: 0o620 },
      { message: (socket, chunk, from) => socket.send(chunk, from) },
    );
    expect(lstatSync(path).mode & 0o777).toBe(0o620);
    expect(server.socket.address).toEqual({ family: 'unix', path });
    const client = unixSocket(
      test.loop,
      { path: join(folder, 'client') },
      {
        message: (socket) => {
          socket.close();
          server.socket.close();
        },
      },
    );
    client.socket.send('hello', { path });
    await drive(test.loop, mode);
    expect(client.heard.messages).toMatchObject([
      { text: 'hello', from: { family: 'unix', path } },
    ]);
    expect(existsSync(path)).toBe(false);
  });

  it.runIf(isLinux)(
    'an abstract name is no file; a sender without a name cannot be answered',
    async () => {
      const path = `\0rawloop ${process.pid} ${mode}`;
      const server = unixSocket(test.loop, { path }, { message: (socket) => socket.close() });
      const client = unixSocket(test.loop, { family: 'unix', to: { path } });
      expect(client.socket.remoteAddress).toEqual({ family: 'unix', path });
      client.socket.send('from nobody');
      client.socket.close();
      await drive(test.loop, mode);
      expect(server.heard.messages).toMatchObject([
        { text: 'from nobody', from: { family: 'unix', path: '' } },
      ]);
    },
  );

  it('a peer that does not read is waited for, in order, and drain follows', async () => {
    const path = join(temporaryFolder(), 'slow');
    const fd = plainAt(opened, path);
    const count = 400;
    let drained = 0;
    const client = unixSocket(
      test.loop,
      { family: 'unix', highWaterMark: 10 },
      {
        drain: (socket) => {
          drained++;
          socket.close();
        },
      },
    );
    const got: string[] = [];
    let wasFull = false;
    test.loop.setImmediate(() => {
      for (let i = 0; i < count; i++) client.socket.send(`${i}`, { path });
      test.loop.flush();
      wasFull = client.socket.bufferedBytes > 10;
      expect(client.socket.send('last', { path })).toBe(false);
    });
    const reading = test.loop.setInterval(() => {
      got.push(...readAll(fd));
      if (got.length > count) test.loop.clearInterval(reading);
    }, 1);
    await drive(test.loop, mode);
    expect(wasFull).toBe(true);
    expect(got).toEqual([...Array(count).keys(), 'last'].map(String));
    expect(drained).toBe(1);
    expect(client.socket).toMatchObject({ dropped: 0, bufferedBytes: 0 });
  });

  it('a peer that is full does not keep another waiting', async () => {
    const folder = temporaryFolder();
    const full = plainAt(opened, join(folder, 'full'));
    const other = plainAt(opened, join(folder, 'other'));
    const client = unixSocket(test.loop, { family: 'unix' });
    test.loop.setImmediate(() => {
      for (let i = 0; i < 400; i++) client.socket.send(`${i}`, { path: join(folder, 'full') });
      test.loop.flush();
      client.socket.send('now', { path: join(folder, 'other') });
      test.loop.flush();
      expect(readAll(other)).toEqual(['now']);
      expect(client.socket.bufferedBytes).toBeGreaterThan(0);
      client.socket.close();
    });
    await drive(test.loop, mode);
    expect(client.socket.dropped).toBeGreaterThan(0);
    opened.close(full, other);
  });

  it('above maxBufferedBytes datagrams are dropped and counted, and drain comes all the same', async () => {
    const path = join(temporaryFolder(), 'slow');
    const fd = plainAt(opened, path);
    const client = unixSocket(
      test.loop,
      { family: 'unix', maxBufferedBytes: 0 },
      {
        drain: (socket) => socket.close(),
      },
    );
    let refusals = 0;
    test.loop.setImmediate(() => {
      for (let i = 0; i < 400; i++) client.socket.send('x', { path });
      test.loop.flush();
      if (!client.socket.send('y', { path })) refusals++;
      test.loop.setTimeout(() => readAll(fd), 2);
    });
    await drive(test.loop, mode);
    expect(refusals).toBe(1);
    expect(client.socket.dropped).toBeGreaterThan(0);
    expect(client.socket.bufferedBytes).toBe(0);
  });
});

it('what waits is bounded by the loop as well, and the fullest gives way', () => {
  const loop = new EventLoop({ maxBufferedBytes: 50_000 });
  const folder = temporaryFolder();
  const fds = ['a', 'b'].map((name) => plainAt(opened, join(folder, name)));
  const [first, second] = ['a', 'b'].map((name) => {
    const socket = loop.dgram({ family: 'unix', to: { path: join(folder, name) } }, {});
    for (let i = 0; i < 500; i++) socket.send('x'.repeat(name === 'a' ? 100 : 10));
    return socket;
  });
  expect(loop.bufferedBytes).toBeLessThanOrEqual(50_000);
  expect((first?.dropped ?? 0) + (second?.dropped ?? 0)).toBeGreaterThan(0);
  loop.close();
  opened.close(...fds);
});

it('a file that a dead socket left is taken over; a live one’s is not', () => {
  const path = join(temporaryFolder(), 'taken');
  opened.close(plainAt(opened, path));
  expect(existsSync(path)).toBe(true);
  const { socket } = unixSocket(test.loop, { path });
  expect(() => test.loop.dgram({ path }, {})).toThrow(
    expect.objectContaining({ code: 'EADDRINUSE' }),
  );
  socket.close();
});

it('a path that is too long is refused, to bind and to send to', () => {
  const path = `/tmp/${'x'.repeat(110)}`;
  expect(() => test.loop.dgram({ path }, {})).toThrow(
    expect.objectContaining({ code: 'ENAMETOOLONG' }),
  );
  const { socket } = unixSocket(test.loop, { family: 'unix' });
  expect(() => socket.send('x', { path })).toThrow(
    expect.objectContaining({ code: 'ENAMETOOLONG' }),
  );
});
