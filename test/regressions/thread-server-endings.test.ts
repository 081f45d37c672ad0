// How a connection of the thread-per-connection server ended, and what is left of its
// thread. A recv or send that fails is no clean end; a thread that has ended is joined.
//
// Without ConnectionFailed nothing is told of a reset. With one ended thread kept until
// the next one ends, as before, the stack of the last stays mapped.
import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { ThreadPerConnectionServer } from '../../lib/models/thread-per-connection.js';
import type { SystemError } from '../../lib/raw/errors.js';
import { closed, connect, echo, until } from '../models/thread-per-connection-support.js';
import { endOfChild } from '../support/child.js';

let server: ThreadPerConnectionServer | undefined;
afterEach(() => server?.stop());

describe('a client that resets its connection', () => {
  it('is told, with its address', async () => {
    const told: SystemError[] = [];
    server = new ThreadPerConnectionServer({ host: '127.0.0.1', onError: (e) => told.push(e) });
    server.start();
    const socket = await connect(server);
    await echo(socket, 'x');
    const port = socket.localPort;
    socket.resetAndDestroy();
    await until(() => told.length === 1);
    expect(told[0]).toMatchObject({
      code: 'ECONNRESET',
      syscall: 'recv',
      address: '127.0.0.1',
      port,
    });
    // Its thread tells, and ends then.
    await until(() => server?.stats.active === 0);
    expect(server.stats.errors).toBe(1);
  });

  it('and one that closes is not, nor those that stop ends', async () => {
    const told: SystemError[] = [];
    server = new ThreadPerConnectionServer({ host: '127.0.0.1', onError: (e) => told.push(e) });
    server.start();
    const closes = await connect(server);
    closes.end('x');
    await closed(closes);
    const stays = await connect(server);
    await echo(stays, 'x');
    // One that does not read: its thread is in send.
    const stuck = await connect(server);
    stuck.pause().write(Buffer.alloc(8 << 20));
    await until(() => server?.stats.threads === 2 && server.stats.connections === 3);
    server.stop();
    await Promise.all([stays, stuck].map(closed));
    expect([told, server.stats.errors]).toEqual([[], 0]);
  });
});

it.runIf(process.platform === 'linux')(
  'the stack of a thread that ended is given back',
  async () => {
    // Larger than what the C library keeps for later.
    const stackBytes = 256 * 2 ** 20;
    const mapped = () =>
      readFileSync('/proc/self/maps', 'latin1')
        .split('\n')
        .map((line) => /^(\w+)-(\w+) rw/.exec(line))
        .filter(
          (match) =>
            match &&
            Number.parseInt(match[2] as string, 16) - Number.parseInt(match[1] as string, 16) >=
              stackBytes,
        ).length;
    const before = mapped();
    server = new ThreadPerConnectionServer({ host: '127.0.0.1', stackBytes }).start();
    const first = await connect(server);
    const second = await connect(server);
    await echo(first, 'x');
    await echo(second, 'x');
    expect(mapped()).toBe(before + 2);
    first.destroy();
    await until(() => mapped() === before + 1);
    second.destroy();
    await until(() => mapped() === before);
  },
);

it.runIf(process.platform === 'linux')('other failures are told as what they are', () => {
  // A blocking socket never says EAGAIN; one that others made non-blocking does.
  const end = endOfChild(`
    const net = require('node:net');
    const told = [];
    const loop = new EventLoop().attach();
    const sockets = () => fs.readdirSync('/proc/self/fd').map(Number)
      .filter((fd) => { try { return fs.readlinkSync('/proc/self/fd/' + fd).startsWith('socket'); } catch { return false; } });
    const server = new rawloop.ThreadPerConnectionServer({
      host: '127.0.0.1', loop, onError: (error) => { told.push([error.code, error.syscall, error.port === port]); server.stop(); client.destroy(); report(told); },
    }).start();
    let port;
    const before = new Set(sockets());
    const client = net.connect(server.address.port, '127.0.0.1', () => {
      port = client.localPort;
      const wait = setInterval(() => {
        const fd = sockets().find((fd) => !before.has(fd) && fd !== client._handle.fd);
        if (fd === undefined) return;
        clearInterval(wait);
        raw.fcntl(fd, c.F_SETFL, c.O_NONBLOCK);
        client.write('x');
      }, 5);
    });
    client.on('error', () => {});
  `);
  expect(end).toMatchObject({ status: 0, report: [['EAGAIN', 'recv', true]] });
});
