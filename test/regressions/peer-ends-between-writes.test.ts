// Trap 32: what a peer does between two calls of one callback must not throw out of it: a
// reset, or a client that does not read, ended the server.
//
// With a throw in the place of the `return false` of StreamOutput's `write` six of these
// fail; without `noteLateWrite` the client in two segments does.
import { describe, expect, it } from 'vitest';
import { constant } from '../../lib/raw/constants.js';
import * as raw from '../../lib/raw/index.js';
import { recording, serve } from '../stream/support.js';
import { put, take, untilReadable } from '../support/bytes.js';
import { guardDescriptors, Opened } from '../support/descriptors.js';
import { DRIVE_MODES, drive, eachWithLoop, run } from '../support/drive.js';
import { deviates, usedBackend } from '../support/libkqueue.js';

guardDescriptors();
const test = eachWithLoop();
const opened = new Opened();

function client(port: number): number {
  const fd = opened.keep(raw.socket(constant('AF_INET'), constant('SOCK_STREAM')));
  raw.check(raw.connect(fd, { family: 'ipv4', address: '127.0.0.1', port }), 'connect');
  raw.fcntl(fd, constant('F_SETFL'), constant('O_NONBLOCK'));
  return fd;
}

function reset(fd: number): void {
  raw.setsockopt(fd, constant('SOL_SOCKET'), constant('SO_LINGER'), new Int32Array([1, 0]));
  opened.close(fd);
}

describe.each(DRIVE_MODES)('in %s mode', (mode) => {
  it.skipIf(deviates(usedBackend, 'errorTaken')).each([
    ['large', 8192],
    ['gathered', 16],
  ])('a reset between %s writes is told once, by close', async (_, size) => {
    const events: string[] = [];
    const piece = new Uint8Array(size);
    const { server, port } = serve(test.loop, {
      ...recording(events),
      data(socket) {
        reset(fd);
        for (let i = 0; i < 100; i++) socket.write(piece);
        socket.end('last words');
        socket.end();
      },
      close: (__, error) => {
        events.push(`close ${(error as NodeJS.ErrnoException).code}`);
        server.close();
      },
    });
    const fd = client(port);
    put(fd, 'GET');
    await drive(test.loop, mode);
    expect(events.length).toBe(2);
    expect(events[1]).toMatch(/^close (ECONNRESET|EPIPE)$/);
  });

  it('a client that does not read takes nothing but its own connection with it', async () => {
    const events: string[] = [];
    const answers: boolean[] = [];
    const piece = new Uint8Array(1 << 20);
    const { server, port } = serve(
      test.loop,
      {
        data(socket) {
          for (let i = 0; i < 20; i++) answers.push(socket.write(piece));
          socket.end(piece);
        },
        close(_, error) {
          events.push(`${(error as NodeJS.ErrnoException).code}: ${error?.message}`);
          server.close();
        },
      },
      { maxSocketBufferedBytes: 4 << 20 },
    );
    put(client(port), 'GET');
    await drive(test.loop, mode);
    expect(events).toEqual([
      expect.stringMatching(/^ERR_STREAM_MAX_BUFFERED: more than 4194304 bytes would be queued/),
    ]);
    expect(answers.lastIndexOf(true)).toBeLessThan(answers.indexOf(false));
  });

  it('a client in two segments gets the answer to the first, and the server goes on', async () => {
    const told: unknown[] = [];
    let seconds = 0;
    const { server, port } = serve(test.loop, {
      data: (socket, chunk) => {
        socket.end(chunk);
        if (Buffer.from(chunk).toString() === 'a') put(fd, 'b');
        else if (++seconds === 1) raw.shutdown(fd, constant('SHUT_WR'));
      },
      close: (_, error) => {
        told.push((error as NodeJS.ErrnoException)?.code, String(error?.stack).includes('data'));
        server.close();
      },
    });
    const fd = client(port);
    put(fd, 'a');
    await drive(test.loop, mode);
    expect([seconds, ...told]).toEqual([1, 'ERR_STREAM_WRITE_AFTER_END', true]);
  });
});

it('one write that is larger than the limit says so, though its peer reads', async () => {
  const [listener, { port }] = opened.listening();
  let message = '';
  test.loop.connect(
    { port, maxBufferedBytes: 1000 },
    {
      open: (socket) => void socket.write(new Uint8Array(64 << 20)),
      close: (_, error) => {
        message = String(error?.message);
      },
    },
  );
  await run(test.loop);
  expect(message).toMatch(/^more than 1000 bytes would be queued for this peer: 0 wait, \d+ came$/);
  opened.close(listener);
});

it('the error of the connection is told before that of a write after end', async () => {
  const [listener, { port }] = opened.listening();
  const events: string[] = [];
  const socket = test.loop.connect(
    { port },
    { ...recording(events), open: () => test.loop.stop() },
  );
  await run(test.loop);
  const peer = opened.accept(listener, constant('SOCK_NONBLOCK'));
  socket.end('x');
  socket.write('y');
  await run(test.loop, 'nowait');
  untilReadable(peer);
  expect(take(peer)).toBe('x');
  reset(peer);
  await run(test.loop);
  const reset104 = deviates(usedBackend, 'errorTaken') ? events : ['close ECONNRESET'];
  expect(events).toEqual(reset104);
});

it('an end that its peer led to is no mistake of who writes after it', async () => {
  const [listener, { port }] = opened.listening();
  const events: string[] = [];
  const socket = test.loop.connect(
    { port },
    { ...recording(events), open: () => test.loop.stop() },
  );
  await run(test.loop);
  const peer = opened.accept(listener, constant('SOCK_NONBLOCK'));
  while (socket.write(new Uint8Array(1 << 20)));
  raw.shutdown(peer, constant('SHUT_WR'));
  while (!events.includes('end')) await run(test.loop, 'once');
  expect([socket.writable, socket.write('late'), socket.isClosed]).toEqual([false, false, false]);
  while (!socket.isClosed) {
    take(peer);
    await run(test.loop, 'nowait');
  }
  await run(test.loop);
  expect(events.filter((event) => event !== 'drain')).toEqual(['end', 'close']);
});
