// Trap 12 of many: each slow reader keeps within its own limit, and all of them together
// take the memory of the machine. The limit of a loop and of a server is for all, who
// goes is who holds most, and nobody whose peer reads.
//
// Without `makeRoom` for the loop in enqueue (lib/stream/sending.ts) three of these
// fail: 40 MiB are held. Without `sendSome` in LoopOutput the socket whose peer reads is
// closed. With blocks of 64 KiB for each queue the last one counts 19 MiB.
import { describe, expect, it } from 'vitest';
import { EventLoop } from '../../lib/faces/event-loop.js';
import type { Server } from '../../lib/net/server.js';
import type { Socket } from '../../lib/net/socket.js';
import { constant } from '../../lib/raw/constants.js';
import * as raw from '../../lib/raw/index.js';
import { guardDescriptors, Opened } from '../support/descriptors.js';
import { run } from '../support/drive.js';

guardDescriptors();
const opened = new Opened();
const MIB = 2 ** 20;

interface Scene {
  loop: EventLoop;
  server: Server;
  /** What closed, by what belongs to it. */
  closed: [name: unknown, code: unknown, message: string][];
}

function scene(loopLimit: number, serverOptions = {}): Scene {
  const loop = new EventLoop({ maxBufferedBytes: loopLimit });
  const closed: Scene['closed'] = [];
  const server = loop.listen(
    { host: '127.0.0.1', port: 0, ...serverOptions },
    {
      // The kernel's own buffers would take megabytes of each.
      open: (socket) => void socket.setOption(constant('SOL_SOCKET'), constant('SO_SNDBUF'), 65536),
      close: (socket, error) =>
        void closed.push([socket.data, (error as { code?: string })?.code, String(error?.message)]),
    },
  );
  return { loop, server, closed };
}

/** Connections that nobody reads, by name. */
async function connected({ loop, server }: Scene, count: number): Promise<[Socket, number][]> {
  const pairs: [Socket, number][] = [];
  const { port } = server.address as raw.IpAddress;
  for (let name = 0; name < count; name++) {
    const fd = opened.keep(raw.socket(constant('AF_INET'), constant('SOCK_STREAM')));
    raw.setsockopt(fd, constant('SOL_SOCKET'), constant('SO_RCVBUF'), 65536);
    raw.check(raw.connect(fd, { family: 'ipv4', address: '127.0.0.1', port }), 'connect');
    raw.fcntl(fd, constant('F_SETFL'), constant('O_NONBLOCK'));
    while (server.connections <= name) await run(loop, 'once');
    const handles = loop.table.handles;
    const socket = handles.find(
      (one) => one !== undefined && (one as Socket).server === server && !(one as Socket).data,
    ) as Socket;
    socket.data = `socket ${name}`;
    pairs.push([socket, fd]);
  }
  return pairs;
}

describe.each([
  ['a loop', 8 * MIB, {}, 'loop'],
  ['a server', 64 * MIB, { maxBufferedBytes: 8 * MIB }, 'server'],
] as const)('the limit of %s', (_, loopLimit, options, name) => {
  it('holds for all its sockets, and who holds most goes', async () => {
    const all = scene(loopLimit, options);
    const pairs = await connected(all, 10);
    let most = 0;
    for (const [i, [socket]] of pairs.entries()) {
      for (let bytes = 0; bytes < (i === 3 ? 5 : 4) * MIB && socket.active; bytes += MIB / 2) {
        socket.write(new Uint8Array(MIB / 2));
        const held = name === 'loop' ? all.loop.bufferedBytes : all.server.bufferedBytes;
        most = Math.max(most, held);
        expect(all.server.bufferedBytes).toBe(all.loop.bufferedBytes);
        expect(pairs.reduce((sum, [one]) => sum + one.bufferedBytes, 0)).toBeLessThanOrEqual(held);
      }
    }
    expect(most).toBeLessThanOrEqual(8 * MIB);
    expect(most).toBeGreaterThan(4 * MIB);
    const small = pairs.find(([socket]) => socket.active)?.[0] as Socket;
    expect(small.write('an answer')).toBeTypeOf('boolean');
    all.server.close();
    await run(all.loop, 'nowait');
    expect(all.closed.length).toBeGreaterThan(5);
    for (const [, code, message] of all.closed) {
      expect(code).toBe('ERR_STREAM_MAX_BUFFERED');
      expect(message).toContain(
        `more than ${8 * MIB} bytes of output would be queued in the ${name}`,
      );
    }
    all.loop.close();
    expect([all.loop.bufferedBytes, all.server.bufferedBytes]).toEqual([0, 0]);
  });
});

it('an answer of ten bytes does not die of the megabytes of others', async () => {
  const all = scene(4 * MIB);
  const [first, second, third] = (await connected(all, 3)) as [Socket, number][];
  while ((first as [Socket, number])[0].bufferedBytes < 3 * MIB) {
    (first as [Socket, number])[0].write(new Uint8Array(MIB / 4));
  }
  const little = (second as [Socket, number])[0];
  while (little.bufferedBytes === 0) little.write(new Uint8Array(65536));
  // Up to the limit, by the third.
  const other = (third as [Socket, number])[0];
  while (all.loop.bufferedBytes <= 4 * MIB - 65536 && (first as [Socket, number])[0].active) {
    other.write(new Uint8Array(16384));
  }
  for (let i = 0; i < 20; i++) little.write(new Uint8Array(16384));
  await run(all.loop, 'nowait');
  expect(all.closed.map(([name]) => name)).toEqual(['socket 0']);
  expect([little.active, other.active]).toEqual([true, true]);
  all.server.destroy();
  await run(all.loop);
  all.loop.close();
});

it('who holds most is spared when its peer reads', async () => {
  const all = scene(4 * MIB);
  const [reading, stuck] = (await connected(all, 2)) as [[Socket, number], [Socket, number]];
  const fill = ([socket]: [Socket, number], bytes: number) => {
    while (socket.bufferedBytes < bytes) socket.write(new Uint8Array(65536));
  };
  fill(reading, 2.2 * MIB);
  fill(stuck, 1.6 * MIB);
  const chunk = new Uint8Array(65536);
  for (let i = 0; i < 100 && stuck[0].active && reading[0].active; i++) {
    while (raw.recv(reading[1], chunk) > 0);
    stuck[0].write(chunk);
  }
  await run(all.loop, 'nowait');
  expect(all.closed.map(([name]) => name)).toEqual(['socket 1']);
  expect(reading[0].active).toBe(true);
  all.server.destroy();
  await run(all.loop);
  all.loop.close();
});

it('many that are owed a few bytes cost little', async () => {
  const all = scene(64 * MIB);
  const pairs = await connected(all, 300);
  for (const [socket] of pairs) {
    while (socket.bufferedBytes === 0) socket.write(new Uint8Array(4000));
  }
  expect(all.loop.bufferedBytes).toBeLessThan(300 * 5000);
  all.server.destroy();
  await run(all.loop);
  all.loop.close();
});
