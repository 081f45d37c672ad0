// Descriptors that go with Unix datagrams: whose they are, when they are closed, and that none
// is left over.
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
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
import { plainAt, readAll, unixSocket } from './support.js';

guardDescriptors();
const test = eachWithLoop();
const opened = new Opened();
const isLinux = process.platform === 'linux';

describe.each(DRIVE_MODES)('descriptors, in %s mode,', (mode) => {
  it('go with a datagram, and what is not taken is closed', async () => {
    const path = join(temporaryFolder(), 'server');
    const taken: number[] = [];
    const lengths: (number | undefined)[] = [];
    unixSocket(
      test.loop,
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
    const client = unixSocket(test.loop, { family: 'unix' });
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
    const fd = plainAt(opened, path);
    const client = unixSocket(test.loop, { family: 'unix' });
    // The host has a descriptor of its own for it.
    if (mode === 'guest') test.loop.attach();
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
      unixSocket(
        test.loop,
        { path: join(folder, name) },
        {
          message: () => {
            for (const { socket } of sockets) socket.close();
          },
        },
      ),
    );
    const client = unixSocket(test.loop, { family: 'unix' });
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
  const { socket } = unixSocket(test.loop, { path: join(temporaryFolder(), 'it') });
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
