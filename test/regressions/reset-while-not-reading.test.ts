// A connection that is paused, or half open, waits for nothing: its peer's reset went
// unseen, and it stayed for ever.
//
// With an interest of 0 instead of the edge in `updateInterest` (lib/stream/
// base.ts) the first two never end: the sockets stay open. With a close for every
// hangup instead of the look at SO_ERROR, the fourth loses bytes.
import { describe, expect, it } from 'vitest';
import type { Socket } from '../../lib/net/socket.js';
import { constant } from '../../lib/raw/constants.js';
import * as raw from '../../lib/raw/index.js';
import { isReadable } from '../poller/support.js';
import { recording } from '../stream/support.js';
import { pattern, put, untilReadable } from '../support/bytes.js';
import { guardDescriptors, Opened } from '../support/descriptors.js';
import { DRIVE_MODES, drive, eachWithLoop, run } from '../support/drive.js';
import { deviates, usedBackend } from '../support/libkqueue.js';

guardDescriptors();
const test = eachWithLoop();
const opened = new Opened();

async function withPeer(events: string[], options = {}): Promise<[Socket, peer: number]> {
  const [listener, { port }] = opened.listening();
  const handlers = { ...recording(events), open: () => test.loop.stop() };
  const socket = test.loop.connect({ port, ...options }, handlers);
  await run(test.loop);
  const peer = opened.accept(listener, constant('SOCK_NONBLOCK'));
  opened.close(listener);
  return [socket, peer];
}

function reset(fd: number): void {
  raw.setsockopt(fd, constant('SOL_SOCKET'), constant('SO_LINGER'), new Int32Array([1, 0]));
  opened.close(fd);
}

describe.skipIf(deviates(usedBackend, 'errorTaken')).each(DRIVE_MODES)('in %s mode', (mode) => {
  it('the reset of a peer is told while paused, also with bytes unread', async () => {
    const events: string[] = [];
    const [socket, peer] = await withPeer(events);
    socket.pause();
    put(peer, 'unread');
    reset(peer);
    await drive(test.loop, mode);
    expect(events).toEqual(['close ECONNRESET']);
  });

  it('the reset of a peer is told when it had ended and nothing is written', async () => {
    const events: string[] = [];
    const [, peer] = await withPeer(events, { allowHalfOpen: true });
    raw.shutdown(peer, constant('SHUT_WR'));
    await run(test.loop, 'once');
    expect(events).toEqual(['end']);
    reset(peer);
    await drive(test.loop, mode);
    expect(events[1]).toMatch(/^close (ECONNRESET|EPIPE)$/);
  });
});

it('a peer that ends as it should loses nothing while paused', async () => {
  const bytes = pattern(100_000);
  const events: string[] = [];
  const [socket, peer] = await withPeer(events);
  const parts: Buffer[] = [];
  Object.assign(socket.group.handlers, {
    data: (_: Socket, chunk: Uint8Array) => parts.push(Buffer.from(chunk)),
  });
  socket.pause();
  expect(raw.send(peer, bytes)).toBe(bytes.length);
  opened.close(peer);
  for (let i = 0; i < 3; i++) await run(test.loop, 'nowait');
  expect([events, isReadable(test.loop.poller.fd)]).toEqual([[], false]);
  socket.resume();
  await run(test.loop);
  expect(Buffer.concat(parts).equals(bytes)).toBe(true);
  expect(events).toEqual(['end', 'close']);
});

it('nor does one that ends when our side has ended before: a hangup is no error', async () => {
  const events: string[] = [];
  const [socket, peer] = await withPeer(events);
  socket.pause();
  socket.end();
  put(peer, 'last words');
  raw.shutdown(peer, constant('SHUT_WR'));
  for (let i = 0; i < 3; i++) await run(test.loop, 'nowait');
  expect([events, isReadable(test.loop.poller.fd)]).toEqual([[], false]);
  socket.resume();
  await run(test.loop);
  expect(events).toEqual(['data last words', 'end', 'close']);
});

it('pausing and resuming all the time loses nothing and leaves the loop at rest', async () => {
  const events: string[] = [];
  const [socket, peer] = await withPeer(events);
  for (let i = 0; i < 20; i++) {
    put(peer, String(i));
    untilReadable(socket.handleFd);
    socket.pause();
    await run(test.loop, 'nowait');
    expect(isReadable(test.loop.poller.fd)).toBe(false);
    socket.resume();
    await run(test.loop, 'nowait');
  }
  expect(events.map((event) => event.slice(5))).toEqual(
    Array.from({ length: 20 }, (_, i) => String(i)),
  );
  socket.destroy();
  await run(test.loop);
});

it('resetAndDestroy resets the peer', async () => {
  const events: string[] = [];
  const [socket, peer] = await withPeer(events);
  socket.write('not to arrive');
  socket.resetAndDestroy();
  socket.resetAndDestroy();
  await run(test.loop);
  expect(events).toEqual(['close']);
  const chunk = new Uint8Array(64);
  untilReadable(peer);
  const results = [raw.recv(peer, chunk), raw.recv(peer, chunk)];
  expect(results).toContain(-constant('ECONNRESET'));
});
