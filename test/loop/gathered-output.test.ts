// When what a callback has written goes out: with the next wait, in the same native call,
// or before anything of another phase is called.
//
// Without the flush in #runImmediates, #runTimers, #runHooks, #runPending or #runClosing
// (lib/loop/iteration.ts) the tests of that phase fail.
import { describe, expect, it, onTestFinished } from 'vitest';
import type { EventLoop } from '../../lib/faces/event-loop.js';
import type { Socket } from '../../lib/net/socket.js';
import { toDuplex } from '../../lib/node/index.js';
import { constant } from '../../lib/raw/constants.js';
import { check } from '../../lib/raw/errors.js';
import * as raw from '../../lib/raw/index.js';
import { untilReadable } from '../support/bytes.js';
import { Opened } from '../support/descriptors.js';
import { DRIVE_MODES, drive, run } from '../support/drive.js';
import { newLoop } from './support.js';

const MSG_DONTWAIT = constant('MSG_DONTWAIT');

/** A plain socket that has connected to `port`. */
function connectTo(port: number): number {
  const fd = check(raw.socket(constant('AF_INET'), constant('SOCK_STREAM')), 'socket');
  onTestFinished(() => void raw.close(fd));
  check(raw.connect(fd, { family: 'ipv4', address: '127.0.0.1', port }), 'connect');
  return fd;
}

/** What has come for `fd`. */
function received(fd: number): string {
  const bytes = new Uint8Array(64);
  const count = raw.recv(fd, bytes, 0, 64, MSG_DONTWAIT);
  return count < 0 ? 'nothing' : Buffer.from(bytes.subarray(0, count)).toString();
}

/** Later work of each phase: calls `look` from there. */
const PHASES: Record<string, (loop: EventLoop, look: () => void, socket: Socket) => void> = {
  check: (loop, look) => {
    const hook = loop.check(() => {
      hook.close();
      look();
    });
  },
  immediates: (loop, look) => void loop.setImmediate(look),
  closing: (loop, look) => {
    const address = { host: '127.0.0.1', port: 0 };
    const server = loop.listen(address, {});
    const { port } = server.address as raw.IpAddress;
    loop.connect({ host: '127.0.0.1', port }, { close: look }).destroy();
    server.close();
  },
  timers: (loop, look) => void loop.setTimeout(look, 0),
  pending: (loop, look) => loop.defer(look),
  idle: (loop, look) => {
    const hook = loop.idle(() => {
      hook.close();
      look();
    });
  },
  prepare: (loop, look) => {
    const hook = loop.prepare(() => {
      hook.close();
      look();
    });
  },
};

describe.each(DRIVE_MODES)('gathered output, %s', (mode) => {
  it.each(Object.entries(PHASES))('is sent before a callback of %s', async (_phase, later) => {
    const loop = newLoop();
    const seen: string[] = [];
    const server = loop.listen(
      { host: '127.0.0.1', port: 0 },
      {
        data(socket) {
          socket.write('answer');
          seen.push(received(client));
          later(
            loop,
            () => {
              untilReadable(client);
              seen.push(received(client));
              server.destroy();
            },
            socket,
          );
        },
      },
    );
    const client = connectTo((server.address as raw.IpAddress).port);
    raw.send(client, Buffer.from('question'));
    await drive(loop, mode);
    expect(seen).toEqual(['nothing', 'answer']);
  });
});

// Without `inTurn` in canGather and gatherOnly (lib/stream/gathered.ts) it waits for a turn that may
// never come.
it.each(DRIVE_MODES)('outside of a turn what is written is sent at once, %s', async (mode) => {
  const loop = newLoop();
  if (mode === 'guest') loop.attach();
  const opened = new Opened();
  const [[ours, peer], [bridged, other]] = [opened.pair(), opened.pair()];
  const stream = loop.stream(ours, {}, {});
  const duplex = toDuplex(loop.stream(bridged, {}, {}));
  stream.write('bytes');
  duplex.write('of a Duplex');
  expect([received(peer), received(other)]).toEqual(['bytes', 'of a Duplex']);
  stream.write(Buffer.from('more'));
  duplex.write(Buffer.from('and more'));
  expect([received(peer), received(other)]).toEqual(['more', 'and more']);
  duplex.destroy();
  stream.destroy();
  if (mode === 'guest') loop.detach();
  await run(loop);
});

it("goes out with the iteration of run('once')", async () => {
  const loop = newLoop();
  const server = loop.listen({ host: '127.0.0.1', port: 0 }, { open: (s) => void s.write('hi') });
  const client = connectTo((server.address as raw.IpAddress).port);
  await run(loop, 'once');
  untilReadable(client);
  expect(received(client)).toBe('hi');
});

it('goes out when nothing else keeps the loop alive', async () => {
  const loop = newLoop();
  const server = loop.listen(
    { host: '127.0.0.1', port: 0 },
    {
      open(socket) {
        socket.write('hi');
        socket.unref();
        server.unref();
      },
    },
  );
  const client = connectTo((server.address as raw.IpAddress).port);
  await run(loop);
  untilReadable(client);
  expect(received(client)).toBe('hi');
});
