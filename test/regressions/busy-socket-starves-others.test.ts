// Trap 11: one handle that always has something to do keeps timers and the others
// from their turn.
//
// Without MAX_ACCEPTS in Server: every waiting connection is accepted before the
// first immediate runs. With a Socket that goes on reading until EAGAIN: the quiet one
// is heard only after all of the busy one's bytes.
import { expect, it } from 'vitest';
import { constant } from '../../lib/raw/constants.js';
import * as raw from '../../lib/raw/index.js';
import { serve } from '../stream/support.js';
import { fill, put } from '../support/bytes.js';
import { guardDescriptors, Opened } from '../support/descriptors.js';
import { eachWithLoop, run } from '../support/drive.js';

guardDescriptors();
const test = eachWithLoop();
const opened = new Opened();

function connect(port: number): number {
  const type = constant('SOCK_STREAM') | constant('SOCK_NONBLOCK');
  const fd = opened.keep(raw.socket(constant('AF_INET'), type), 'socket');
  const result = raw.connect(fd, { family: 'ipv4', address: '127.0.0.1', port });
  if (result !== -constant('EINPROGRESS')) raw.check(result, 'connect');
  return fd;
}

it('a server accepts 64 connections a turn', async () => {
  const clients = 200;
  let accepted = 0;
  const { server, port } = serve(test.loop, {
    open() {
      if (++accepted === clients) server.destroy();
    },
  });
  for (let i = 0; i < clients; i++) connect(port);
  const perTurn: number[] = [];
  const count = () => {
    perTurn.push(accepted);
    if (accepted < clients) test.loop.setImmediate(count);
  };
  test.loop.setImmediate(count);
  await run(test.loop);
  expect(accepted).toBe(clients);
  let before = 0;
  for (const now of perTurn) {
    expect(now - before).toBeLessThanOrEqual(64);
    before = now;
  }
});

it('a socket with megabytes waiting gets one read a turn, like all others', async () => {
  const reads: string[] = [];
  const { server, port } = serve(test.loop, {
    data(socket, chunk) {
      socket.data ??= chunk[0] === 113 ? 'quiet' : 'busy';
      reads.push(socket.data as string);
    },
  });
  const [busy, quiet] = [connect(port), connect(port)];
  // Both are accepted first, so that what follows is ready in one batch.
  await run(test.loop, 'once');
  while (server.connections < 2) await run(test.loop, 'once');
  expect(fill(busy)).toBeGreaterThan(500_000);
  put(quiet, 'q');
  await run(test.loop, 'nowait');
  expect(reads.sort()).toEqual(['busy', 'quiet']);
  await run(test.loop, 'nowait');
  expect(reads).toEqual(['busy', 'quiet', 'busy']);
  server.destroy();
  await run(test.loop);
});
