// The slab: chunks are views of memory that the loop fills anew for each batch. A
// handler may keep a copy, and must not be able to break the others.
import { describe, expect, it } from 'vitest';
import { EventLoop } from '../../lib/faces/event-loop.js';
import { constant } from '../../lib/raw/constants.js';
import * as raw from '../../lib/raw/index.js';
import { detach, pattern, put } from '../support/bytes.js';
import { runChild } from '../support/child.js';
import { guardDescriptors, Opened } from '../support/descriptors.js';
import { eachWithLoop, run } from '../support/drive.js';
import { Received, serve } from './support.js';

guardDescriptors();
const test = eachWithLoop();
const opened = new Opened();

/** As many raw clients, connected to a server whose sockets go to `data`. */
async function clients(
  count: number,
  data: (name: number, chunk: Uint8Array) => void,
  close?: (error?: Error) => void,
): Promise<number[]> {
  let next = 0;
  const { server, port } = serve(test.loop, {
    open: (socket) => {
      socket.data = next++;
    },
    data: (socket, chunk) => data(socket.data as number, chunk),
    close: (_, error) => close?.(error),
  });
  const fds: number[] = [];
  for (let i = 0; i < count; i++) {
    const fd = opened.keep(raw.socket(constant('AF_INET'), constant('SOCK_STREAM')));
    raw.check(raw.connect(fd, { family: 'ipv4', address: '127.0.0.1', port }), 'connect');
    fds.push(fd);
    await run(test.loop, 'once');
  }
  server.unref();
  return fds;
}

describe('a chunk', () => {
  it('is valid during the call, and slice keeps it', async () => {
    const kept: Uint8Array[] = [];
    const views: Uint8Array[] = [];
    const [fd] = (await clients(1, (_, chunk) => {
      views.push(chunk);
      kept.push(chunk.slice());
    })) as [number];
    for (const text of ['first', 'other']) {
      put(fd, text);
      await run(test.loop, 'once');
    }
    expect(kept.map((bytes) => Buffer.from(bytes).toString())).toEqual(['first', 'other']);
    // No object is made for a message of the same length in the same place.
    expect(views[0]).toBe(views[1]);
  });

  it('of many sockets at once holds the bytes of its own', async () => {
    const received = new Received();
    const count = 40;
    const fds = await clients(count, (name, chunk) => received.add(name, chunk));
    for (const [name, fd] of fds.entries()) raw.send(fd, pattern(20_000, name));
    const bytes = () => fds.reduce((sum, _, name) => sum + received.of(name).length, 0);
    while (bytes() < count * 20_000) await run(test.loop, 'once');
    for (let name = 0; name < count; name++) {
      expect(received.of(name).equals(pattern(20_000, name))).toBe(true);
    }
  });

  it('may be written over by its handler without harm to others', async () => {
    const received = new Received();
    const fds = await clients(3, (name, chunk) => {
      received.add(name, chunk);
      chunk.fill(0);
      new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.length).fill(1);
    });
    for (const [name, fd] of fds.entries()) put(fd, `from ${name}`);
    while (received.text.length < 3 * 'from 0'.length) await run(test.loop, 'once');
    expect([0, 1, 2].map((name) => received.of(name).toString())).toEqual(
      [0, 1, 2].map((name) => `from ${name}`),
    );
  });
});

describe('a handler that transfers the memory of its chunk away', () => {
  it('loses nobody a byte without telling, and the loop goes on', async () => {
    const received = new Received();
    const errors: (Error | undefined)[] = [];
    let armed = true;
    const fds = await clients(
      3,
      (name, chunk) => {
        received.add(name, chunk);
        if (armed) detach(chunk.buffer as ArrayBuffer);
        armed = false;
      },
      (error) => errors.push(error),
    );
    const heard = (text: string) => [0, 1, 2].filter((name) => `${received.of(name)}` === text);
    for (const fd of fds) put(fd, 'one');
    while (heard('one').length + errors.length < 3) await run(test.loop, 'once');
    for (const fd of fds) raw.send(fd, Buffer.from('two'));
    while (heard('onetwo').length + errors.length < 3) await run(test.loop, 'once');
    // Each stream is whole, or it ended with an error and got nothing more.
    const texts = [0, 1, 2].map((name) => received.of(name).toString());
    const whole = texts.filter((text) => text === 'onetwo').length;
    expect(whole).toBeGreaterThanOrEqual(1);
    expect(texts.filter((text) => text === '').length).toBe(3 - whole);
    expect(errors.length).toBe(3 - whole);
    for (const error of errors) expect(error).toMatchObject({ code: 'ERR_CHUNK_DETACHED' });
  });

  // As ArrayBuffer.prototype.transfer does, which heeds no mark.
  it('by force is survived as well', () => {
    const result = runChild(
      `
      const loop = new EventLoop();
      const closed = [];
      const texts = [];
      let armed = true;
      const accepted = [];
      const server = loop.listen({ host: '127.0.0.1', port: 0 }, {
        open: (socket) => accepted.push(socket),
        data(socket, chunk) {
          texts.push(Buffer.from(chunk).toString());
          if (armed) %ArrayBufferDetach(chunk.buffer);
          armed = false;
        },
        close: (socket, error) => {
          closed.push(error ? error.code : 'well');
          if (closed.length === 3) server.close();
        },
      });
      const clients = [0, 1, 2].map(() => {
        const fd = raw.check(raw.socket(c.AF_INET, c.SOCK_STREAM), 'socket');
        raw.check(raw.connect(fd, server.address), 'connect');
        return fd;
      });
      while (accepted.length < 3) loop.run('once');
      for (const fd of clients) raw.write(fd, Buffer.from('hello'));
      // All in one batch.
      for (const { handleFd } of accepted) {
        raw.check(raw.poll(Int32Array.of(handleFd, c.POLLIN, 0), 1, 10_000), 'poll');
      }
      loop.run('once');
      for (const fd of clients) raw.close(fd);
      loop.run();
      report([texts, closed.sort()]);
    `,
      { flags: ['--allow-natives-syntax'] },
    );
    expect(result).toEqual([['hello'], ['ERR_CHUNK_DETACHED', 'ERR_CHUNK_DETACHED', 'well']]);
  });
});

it('a loop whose slab has room for one read serves everybody in turn', async () => {
  const loop = new EventLoop({ slabBytes: 65536, maxEvents: 3 });
  const received = new Received();
  const count = 12;
  let left = count;
  const { server, port } = serve(loop, {
    data: (socket, chunk) => {
      socket.data ??= chunk[0];
      received.add(socket.data, chunk);
    },
    close: () => {
      if (--left === 0) server.close();
    },
  });
  for (let name = 0; name < count; name++) {
    const bytes = pattern(150_000, name);
    loop.connect({ port }, { open: (socket) => socket.end(bytes) });
  }
  await run(loop);
  loop.close();
  for (let name = 0; name < count; name++) {
    const bytes = pattern(150_000, name);
    expect(received.of(bytes[0]).equals(bytes)).toBe(true);
  }
});
