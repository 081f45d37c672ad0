// Unix datagrams: paths and abstract names, answers, the file that is made and removed; and
// queues that are full: each peer has one in the kernel, so each is waited for by itself.
import { existsSync, lstatSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { DatagramHandlers } from '../../lib/datagram/handlers.js';
import type { DgramOptions } from '../../lib/datagram/options.js';
import { constant } from '../../lib/raw/constants.js';
import * as raw from '../../lib/raw/index.js';
import { thrownBy } from '../loop/support.js';
import {
  countDescriptors,
  guardDescriptors,
  isCloseOnExec,
  Opened,
} from '../support/descriptors.js';
import { DRIVE_MODES, drive, eachWithLoop } from '../support/drive.js';
import { temporaryFolder } from '../support/folder.js';
import { hearing, nothingHeard } from './support.js';

guardDescriptors();
const test = eachWithLoop();
const opened = new Opened();
const isLinux = process.platform === 'linux';

function socketAt(options: DgramOptions, then: DatagramHandlers<never> = {}) {
  const heard = nothingHeard();
  const socket = test.loop.dgram(options, hearing(heard, then) as DatagramHandlers);
  return { socket, heard };
}

/** A plain socket at `path`, which reads when it is told to. */
function plainAt(path: string): number {
  const type = constant('SOCK_DGRAM') | constant('SOCK_NONBLOCK');
  const fd = opened.keep(raw.socket(constant('AF_UNIX'), type));
  raw.check(raw.bind(fd, { family: 'unix', path }), 'bind');
  return fd;
}

/** What waits at a plain socket. */
function readAll(fd: number): string[] {
  const buffer = new Uint8Array(70_000);
  const texts: string[] = [];
  for (;;) {
    const length = raw.recv(fd, buffer, 0, buffer.length);
    if (length < 0) return texts;
    texts.push(Buffer.from(buffer.subarray(0, length)).toString());
  }
}

describe.each(DRIVE_MODES)('in %s mode', (mode) => {
  it('a path is bound, answered, and removed at the end', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'server');
    const server = socketAt(
      { path, mode: 0o620 },
      { message: (socket, chunk, from) => socket.send(chunk, from) },
    );
    expect(lstatSync(path).mode & 0o777).toBe(0o620);
    expect(server.socket.address).toEqual({ family: 'unix', path });
    const client = socketAt(
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
      const server = socketAt({ path }, { message: (socket) => socket.close() });
      const client = socketAt({ family: 'unix', to: { path } });
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
    const fd = plainAt(path);
    const count = 400;
    let drained = 0;
    const client = socketAt(
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
    const full = plainAt(join(folder, 'full'));
    const other = plainAt(join(folder, 'other'));
    const client = socketAt({ family: 'unix' });
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
    const fd = plainAt(path);
    const client = socketAt(
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

describe.each(DRIVE_MODES)('descriptors, in %s mode,', (mode) => {
  it('go with a datagram, and what is not taken is closed', async () => {
    const path = join(temporaryFolder(), 'server');
    const taken: number[] = [];
    const lengths: (number | undefined)[] = [];
    socketAt(
      { path, ...(isLinux && { info: { credentials: true } }) },
      {
        message: (socket, _chunk, _from, info) => {
          lengths.push(info.fds?.length);
          if (lengths.length === 1) taken.push(...(info.fds?.take() ?? []));
          if (isLinux)
            expect(info.credentials).toMatchObject({ pid: process.pid, uid: process.getuid?.() });
          if (lengths.length === 4) socket.close();
        },
      },
    );
    const client = socketAt({ family: 'unix' });
    const before = countDescriptors();
    test.loop.setImmediate(() => {
      const [readEnd, writeEnd] = opened.pipe();
      client.socket.send('two', { path }, { fds: [readEnd, writeEnd] });
      opened.close(readEnd, writeEnd);
      client.socket.send('none', { path });
      const pair = opened.pipe();
      client.socket.send('', { path }, { fds: pair });
      client.socket.send('one more', { path }, { fds: [pair[0]] });
      opened.close(...pair);
      client.socket.close();
    });
    await drive(test.loop, mode);
    expect(lengths).toEqual([2, undefined, 2, 1]);
    const [readEnd, writeEnd] = taken as [number, number];
    expect([isCloseOnExec(readEnd), isCloseOnExec(writeEnd)]).toEqual([true, true]);
    expect(raw.write(writeEnd, Buffer.from('x'))).toBe(1);
    expect(raw.read(readEnd, new Uint8Array(2))).toBe(1);
    for (const fd of taken) expect(raw.close(fd)).toBe(0);
    expect(countDescriptors()).toBeLessThanOrEqual(before);
  });

  it('that wait with a datagram are duplicates, and go with it, or are closed with the socket', async () => {
    const path = join(temporaryFolder(), 'slow');
    const fd = plainAt(path);
    const client = socketAt({ family: 'unix' });
    const before = countDescriptors();
    test.loop.setImmediate(() => {
      for (let i = 0; i < 400; i++) client.socket.send('x', { path });
      const pair = opened.pipe();
      client.socket.send('with two', { path }, { fds: pair });
      opened.close(...pair);
      expect(countDescriptors()).toBe(before + 2);
      client.socket.close();
    });
    await drive(test.loop, mode);
    readAll(fd);
    expect(countDescriptors()).toBeLessThan(before);
  });

  it('of a socket that another handler of the batch closed are closed', async () => {
    const folder = temporaryFolder();
    const sockets = ['a', 'b'].map((name) =>
      socketAt(
        { path: join(folder, name) },
        {
          message: () => {
            for (const { socket } of sockets) socket.close();
          },
        },
      ),
    );
    const client = socketAt({ family: 'unix' });
    const before = countDescriptors();
    const pair = opened.pipe();
    for (const name of ['a', 'b']) {
      for (let i = 0; i < 3; i++)
        client.socket.send('x', { path: join(folder, name) }, { fds: pair });
    }
    opened.close(...pair);
    client.socket.close();
    await drive(test.loop, mode);
    expect(countDescriptors()).toBe(before - 3);
  });
});

it('a descriptor to pass that is none is thrown, and the datagram is not sent', () => {
  const { socket } = socketAt({ path: join(temporaryFolder(), 'it') });
  const { path } = socket.address as { path: string };
  const error = thrownBy(() => socket.send('x', { path }, { fds: [2 ** 30] }));
  expect(error).toMatchObject({ code: 'EBADF' });
  expect(thrownBy(() => socket.send('x', { path }, { fds: [-1] }))).toMatchObject({
    code: 'ERR_OUT_OF_RANGE',
  });
  expect(thrownBy(() => socket.send('x', { path }, { ttl: 1 }))).toMatchObject({
    code: 'ERR_INVALID_ARG_VALUE',
  });
  expect(socket.datagramsWritten).toBe(0);
});

it('what waits is bounded by the loop as well, and the fullest gives way', async () => {
  const { EventLoop } = await import('../../lib/faces/event-loop.js');
  const loop = new EventLoop({ maxBufferedBytes: 50_000 });
  const folder = temporaryFolder();
  const fds = ['a', 'b'].map((name) => plainAt(join(folder, name)));
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
  opened.close(plainAt(path));
  expect(existsSync(path)).toBe(true);
  const { socket } = socketAt({ path });
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
  const { socket } = socketAt({ family: 'unix' });
  expect(() => socket.send('x', { path })).toThrow(
    expect.objectContaining({ code: 'ENAMETOOLONG' }),
  );
});
