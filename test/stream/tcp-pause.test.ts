// pause and resume: nothing is read while it holds, and nothing is lost, not even a
// chunk that was read in the very batch in which another handler paused the socket.
import { describe, expect, it } from 'vitest';
import type { Socket } from '../../lib/net/socket.js';
import { constant } from '../../lib/raw/constants.js';
import * as raw from '../../lib/raw/index.js';
import { put, untilReadable } from '../support/bytes.js';
import { guardDescriptors, Opened } from '../support/descriptors.js';
import { DRIVE_MODES, drive, eachWithLoop, run } from '../support/drive.js';
import { recording } from './support.js';

guardDescriptors();
const test = eachWithLoop();
const opened = new Opened();

/** Sockets of the loop, each with a raw descriptor as its peer. */
async function withPeers(
  count: number,
  handlersOf: (index: number) => ReturnType<typeof recording>,
): Promise<[Socket, peer: number][]> {
  const [listener, { port }] = opened.listening(count);
  const pairs: [Socket, number][] = [];
  for (let index = 0; index < count; index++) {
    const handlers = { ...handlersOf(index), open: () => test.loop.stop() };
    const socket = test.loop.connect({ port }, handlers);
    await run(test.loop);
    pairs.push([socket, opened.accept(listener, constant('SOCK_NONBLOCK'))]);
  }
  opened.close(listener);
  return pairs;
}

async function withPeer(events: string[]): Promise<[Socket, peer: number]> {
  const [pair] = await withPeers(1, () => recording(events));
  return pair as [Socket, number];
}

const turn = () => run(test.loop, 'nowait');

/** Sends `text` from `peer`, and returns when `socket` could read it. */
function arrive(peer: number, socket: Socket, text: string): void {
  put(peer, text);
  untilReadable(socket.handleFd);
}

describe('a paused socket', () => {
  it('reads nothing until it is resumed', async () => {
    const events: string[] = [];
    const [socket, peer] = await withPeer(events);
    expect(socket.pause().pause().paused).toBe(true);
    arrive(peer, socket, 'waiting');
    await turn();
    await turn();
    expect(events).toEqual([]);
    expect(socket.resume().resume().paused).toBe(false);
    await turn();
    expect(events).toEqual(['data waiting']);
    socket.destroy();
    await run(test.loop);
  });

  it('still writes', async () => {
    const events: string[] = [];
    const [socket, peer] = await withPeer(events);
    socket.pause();
    socket.write('out');
    await turn();
    const chunk = new Uint8Array(8);
    untilReadable(peer);
    expect(raw.recv(peer, chunk)).toBe(3);
    socket.destroy();
    await run(test.loop);
  });

  it('hears of the end when it reads again, behind the data', async () => {
    const events: string[] = [];
    const [socket, peer] = await withPeer(events);
    socket.pause();
    arrive(peer, socket, 'before the end');
    opened.close(peer);
    await turn();
    await turn();
    expect(events).toEqual([]);
    socket.resume();
    await run(test.loop);
    expect(events).toEqual(['data before the end', 'end', 'close']);
  });

  it('makes its peer wait, and loses none of what it sent', async () => {
    let bytes = 0;
    const [pair] = await withPeers(1, () => ({
      data: (_, chunk) => {
        bytes += chunk.length;
      },
    }));
    const [socket, peer] = pair as [Socket, number];
    socket.pause();
    const chunk = new Uint8Array(65536);
    let sent = 0;
    for (let n = raw.send(peer, chunk); n > 0; n = raw.send(peer, chunk)) sent += n;
    expect(raw.send(peer, chunk)).toBe(-constant('EAGAIN'));
    await turn();
    expect(bytes).toBe(0);
    socket.resume();
    while (bytes < sent) await turn();
    expect(bytes).toBe(sent);
    socket.destroy();
    await run(test.loop);
  });

  it('before it is connected stays so', async () => {
    const [listener, { port }] = opened.listening();
    const events: string[] = [];
    const handlers = {
      ...recording(events),
      open: () => {
        events.push('open');
        test.loop.stop();
      },
    };
    const socket = test.loop.connect({ port }, handlers).pause();
    await run(test.loop);
    const peer = opened.accept(listener);
    arrive(peer, socket, 'early');
    await turn();
    expect(events).toEqual(['open']);
    socket.resume();
    await turn();
    expect(events).toEqual(['open', 'data early']);
    socket.destroy();
    await run(test.loop);
    expect(socket.resume().pause().isClosed).toBe(true);
  });
});

describe('a socket that another one pauses within the batch', () => {
  /** Two sockets with data; whichever is first does `act` to the other. */
  async function together(act: (other: Socket, events: string[]) => void) {
    const events: string[] = [];
    const sockets: Socket[] = [];
    let acted = false;
    const pairs = await withPeers(2, (index) => ({
      ...recording(events, `${index} `),
      data(_, chunk) {
        events.push(`data ${Buffer.from(chunk).toString()}`);
        if (acted) return;
        acted = true;
        act(sockets[1 - index] as Socket, events);
      },
    }));
    for (const [socket] of pairs) sockets.push(socket);
    for (const [socket, peer] of pairs) arrive(peer, socket, 'one');
    await turn();
    return { events, sockets, peers: pairs.map(([, peer]) => peer) };
  }

  it('gets its chunk when it is resumed, and then what came later', async () => {
    const { events, sockets, peers } = await together((other) => other.pause());
    expect(events).toEqual(['data one']);
    for (const [i, peer] of peers.entries()) arrive(peer, sockets[i] as Socket, 'two');
    await turn();
    expect(events).toEqual(['data one', 'data two']);
    for (const socket of sockets) socket.resume();
    await turn();
    await turn();
    expect(events).toEqual(['data one', 'data two', 'data one', 'data two']);
    for (const socket of sockets) socket.destroy();
    await run(test.loop);
  });

  it('gets its chunk once, however often it is paused and resumed', async () => {
    const { events, sockets } = await together((other) => other.pause());
    for (const socket of sockets) socket.resume().pause().resume().pause().resume();
    await turn();
    await turn();
    expect(events).toEqual(['data one', 'data one']);
    for (const socket of sockets) socket.resume().pause();
    await turn();
    expect(events.length).toBe(2);
    for (const socket of sockets) socket.destroy();
    await run(test.loop);
  });

  it('and resumes at once gets it in the same batch', async () => {
    const { events, sockets } = await together((other) => other.pause().resume());
    expect(events).toEqual(['data one', 'data one']);
    for (const socket of sockets) socket.destroy();
    await run(test.loop);
  });

  it('hears of the end only behind its chunk', async () => {
    const { events, sockets, peers } = await together((other) => other.pause());
    opened.close(...peers);
    await turn();
    for (const socket of sockets) socket.resume();
    await run(test.loop);
    for (const index of [0, 1]) expect(events).toContain(`${index} close`);
    const second = events.lastIndexOf('data one');
    const ends = events.flatMap((event, at) => (event.endsWith('end') ? [at] : []));
    expect(ends.length).toBe(2);
    expect(Math.max(...ends)).toBeGreaterThan(second);
  });

  it('and is destroyed drops it', async () => {
    const { events, sockets } = await together((other) => other.pause().destroy());
    await turn();
    expect(events.filter((event) => event.startsWith('data'))).toEqual(['data one']);
    for (const socket of sockets) socket.destroy();
    await run(test.loop);
    expect(events.filter((event) => event.endsWith('close')).length).toBe(2);
  });
});

it.each(DRIVE_MODES)('a reader that pauses at every chunk gets everything (%s)', async (mode) => {
  const total = 2_000_000;
  let bytes = 0;
  let pauses = 0;
  const server = test.loop.listen(
    { host: '127.0.0.1', port: 0 },
    {
      data(socket, chunk) {
        bytes += chunk.length;
        pauses++;
        socket.pause();
        if (pauses % 2 === 0) test.loop.setImmediate(() => socket.resume());
        else test.loop.nextTick(() => socket.resume());
      },
      close: () => server.close(),
    },
  );
  const { port } = server.address as raw.IpAddress;
  test.loop.connect({ port }, { open: (socket) => socket.end(new Uint8Array(total)) });
  await drive(test.loop, mode);
  expect(bytes).toBe(total);
  expect(pauses).toBeGreaterThan(5);
});
