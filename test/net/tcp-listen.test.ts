// Listening: where, how it fails, and the life of a server.
import { spawnSync } from 'node:child_process';
import { getEventListeners } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ListenOptions } from '../../lib/net/listen.js';
import type { Socket } from '../../lib/net/socket.js';
import { constant } from '../../lib/raw/constants.js';
import * as raw from '../../lib/raw/index.js';
import { recording, serve } from '../stream/support.js';
import { DIST, runChild } from '../support/child.js';
import { guardDescriptors } from '../support/descriptors.js';
import { drive, eachWithLoop, run } from '../support/drive.js';
import { deviates, usedBackend } from '../support/libkqueue.js';

guardDescriptors();
const test = eachWithLoop();
const isRoot = process.getuid?.() === 0;
const hasStrace = spawnSync('strace', ['-V']).status === 0;

describe('where', () => {
  it("is '::' unless told otherwise, on the port that the kernel picks", () => {
    const server = test.loop.listen({ port: 0 }, {});
    expect(server.address).toMatchObject({ family: 'ipv6', address: '::' });
    expect((server.address as raw.IpAddress).port).toBeGreaterThan(0);
    const v4 = test.loop.listen({ host: '0.0.0.0', port: 0 }, {});
    expect(v4.address).toMatchObject({ family: 'ipv4', address: '0.0.0.0' });
  });

  it.skipIf(!hasStrace).each([
    ['socket', 'EAFNOSUPPORT'],
    ['bind', 'EADDRNOTAVAIL'],
    ['setsockopt', 'EINVAL'],
  ])('is every IPv4 address where %s says that there is no IPv6: %s', (call, code) => {
    const script = `
      const { EventLoop } = require(${JSON.stringify(join(DIST, 'index.cjs'))});
      const loop = new EventLoop();
      const before = fs.readdirSync('/proc/self/fd').length;
      const { address } = loop.listen({ port: 0, noDelay: false }, {}).address;
      fs.writeSync(1, address + ' ' + (fs.readdirSync('/proc/self/fd').length - before));
    `;
    // The second setsockopt is IPV6_V6ONLY.
    const inject = `inject=${call}:error=${code}:when=${call === 'setsockopt' ? 2 : 1}`;
    const args = ['-f', '-o', '/dev/null', '-e', inject, process.execPath, '-e', script];
    expect(spawnSync('strace', args, { encoding: 'utf8' }).stdout).toBe('0.0.0.0 1');
  });

  it.skipIf(deviates(usedBackend, 'errorTaken')).each([{ host: '::' }, {}])(
    'which takes IPv4 as well, unless ipv6Only (%j)',
    async (place) => {
      for (const ipv6Only of [false, true]) {
        const events: string[] = [];
        const server = test.loop.listen({ ...place, port: 0, ipv6Only }, {});
        const { port } = server.address as raw.IpAddress;
        test.loop.connect(
          { host: '127.0.0.1', port },
          { ...recording(events), open: (socket) => socket.destroy() },
        );
        server.unref();
        await drive(test.loop);
        expect(events).toEqual([ipv6Only ? 'close ECONNREFUSED' : 'close']);
        server.destroy();
        await drive(test.loop);
      }
    },
  );

  it('may be shared with reusePort, and else is EADDRINUSE', async () => {
    const first = serve(test.loop, { open: (socket) => socket.destroy() }, { reusePort: true });
    const { port } = first;
    const second = test.loop.listen(
      { host: '127.0.0.1', port, reusePort: true },
      {
        open: (socket) => socket.destroy(),
      },
    );
    expect(second.address).toEqual(first.server.address);
    expect(() => test.loop.listen({ host: '127.0.0.1', port }, {})).toThrow(
      expect.objectContaining({
        name: 'SystemError',
        code: 'EADDRINUSE',
        syscall: 'bind',
        address: '127.0.0.1',
        port,
      }),
    );
  });

  it('may be taken again right after a close, with connections in TIME_WAIT', async () => {
    const { server, port } = serve(test.loop, { open: (socket) => socket.end() });
    test.loop.connect({ port }, { close: () => server.close() });
    await drive(test.loop);
    const again = test.loop.listen({ host: '127.0.0.1', port }, {});
    expect((again.address as raw.IpAddress).port).toBe(port);
  });

  it('fails when the address is not ours, or not allowed', () => {
    expect(() => test.loop.listen({ host: '192.0.2.1', port: 0 }, {})).toThrow(
      expect.objectContaining({ code: 'EADDRNOTAVAIL', syscall: 'bind', address: '192.0.2.1' }),
    );
    const [code, port] = runChild<[string, number]>(
      `
      const loop = new EventLoop();
      const before = countDescriptors();
      try {
        loop.listen({ host: '127.0.0.1', port: 80 }, {});
        report(['allowed', 80]);
      } catch (error) {
        assert.strictEqual(countDescriptors(), before);
        report([error.code, error.port]);
      }
    `,
      isRoot ? { uid: 65534 } : {},
    );
    // Containers often allow everybody every port.
    const first = Number(readFileSync('/proc/sys/net/ipv4/ip_unprivileged_port_start', 'utf8'));
    expect([code, port]).toEqual([first > 80 ? 'EACCES' : 'allowed', 80]);
  });
});

describe('misuse', () => {
  it('throws before anything is opened', () => {
    const attempts: [unknown, code: string][] = [
      [{ port: 70000 }, 'ERR_SOCKET_BAD_PORT'],
      [{ port: -1 }, 'ERR_SOCKET_BAD_PORT'],
      [{ port: Number.NaN }, 'ERR_SOCKET_BAD_PORT'],
      [{ port: 1.5 }, 'ERR_SOCKET_BAD_PORT'],
      [{ port: '80' }, 'ERR_INVALID_ARG_TYPE'],
      [{ port: null }, 'ERR_INVALID_ARG_TYPE'],
      [{ host: 'example.com', port: 0 }, 'ERR_INVALID_ARG_VALUE'],
      [{ host: '1.2.3', port: 0 }, 'ERR_INVALID_ARG_VALUE'],
      [{ host: ':::', port: 0 }, 'ERR_INVALID_ARG_VALUE'],
      [{}, 'ERR_INVALID_ARG_VALUE'],
      [{ host: '127.0.0.1' }, 'ERR_INVALID_ARG_VALUE'],
      [{ port: undefined, fd: undefined }, 'ERR_INVALID_ARG_VALUE'],
      [{ hostname: '127.0.0.1', port: 0 }, 'ERR_INVALID_ARG_VALUE'],
      [{ path: '' }, 'ERR_INVALID_ARG_VALUE'],
      [{ port: 0, path: '/tmp/socket' }, 'ERR_INVALID_ARG_VALUE'],
      [{ fd: 0, port: 0 }, 'ERR_INVALID_ARG_VALUE'],
      [{ fd: 0, host: '127.0.0.1' }, 'ERR_INVALID_ARG_VALUE'],
      [{ fd: 0, backlog: 5 }, 'ERR_INVALID_ARG_VALUE'],
      [{ fd: 0, reusePort: false }, 'ERR_INVALID_ARG_VALUE'],
      [{ host: null, port: 0 }, 'ERR_INVALID_ARG_TYPE'],
      [{ port: 0, backlog: null }, 'ERR_INVALID_ARG_TYPE'],
      [{ port: 0, backlog: 0 }, 'ERR_OUT_OF_RANGE'],
      [{ port: 0, backlog: 2 ** 31 }, 'ERR_OUT_OF_RANGE'],
      [{ port: 0, backlog: '5' }, 'ERR_INVALID_ARG_TYPE'],
      [{ port: 0, allowHalfOpen: 1 }, 'ERR_INVALID_ARG_TYPE'],
      [{ port: 0, reusePort: 'yes' }, 'ERR_INVALID_ARG_TYPE'],
      [{ port: 0, ipv6Only: 1 }, 'ERR_INVALID_ARG_TYPE'],
      [{ port: 0, signal: {} }, 'ERR_INVALID_ARG_TYPE'],
      [{ fd: -1 }, 'ERR_OUT_OF_RANGE'],
      [{ fd: 1.5 }, 'ERR_OUT_OF_RANGE'],
      [{ fd: '3' }, 'ERR_INVALID_ARG_TYPE'],
      [null, 'ERR_INVALID_ARG_TYPE'],
      ['127.0.0.1:80', 'ERR_INVALID_ARG_TYPE'],
    ];
    for (const [options, code] of attempts) {
      expect(() => test.loop.listen(options as ListenOptions, {}), JSON.stringify(options)).toThrow(
        expect.objectContaining({ code }),
      );
    }
    for (const handlers of [null, 7, 'data', () => {}]) {
      expect(() => test.loop.listen({ port: 0 }, handlers as object)).toThrow(TypeError);
    }
    expect(() => test.loop.listen({ port: 0 }, { error: 5 as unknown as () => void })).toThrow(
      TypeError,
    );
    test.loop.close();
    expect(() => test.loop.listen({ port: 0 }, {})).toThrow(
      expect.objectContaining({ code: 'ERR_LOOP_CLOSED' }),
    );
  });
});

describe('a server', () => {
  it.skipIf(deviates(usedBackend, 'errorTaken'))(
    'that is closed takes no more, and its connections live on',
    async () => {
      const events: string[] = [];
      const { server, port } = serve(test.loop, {
        ...recording(events),
        open() {
          expect(server.connections).toBe(1);
          server.close();
          server.close();
          test.loop.setTimeout(late, 10);
          test.loop.setTimeout(() => client.end('after the close'), 30);
        },
      });
      const client = test.loop.connect({ port }, { end: () => events.push('client end') });
      const late = () =>
        test.loop.connect({ port }, { close: (_, error) => events.push(`late ${error?.name}`) });
      await drive(test.loop);
      expect(events.sort()).toEqual(
        ['close', 'client end', 'data after the close', 'end', 'late SystemError'].sort(),
      );
      expect([server.isClosed, server.connections]).toEqual([true, 0]);
      expect((server.address as raw.IpAddress).port).toBe(port);
    },
  );

  it('that is destroyed closes its connections', async () => {
    const events: string[] = [];
    const { server, port } = serve(test.loop, {
      ...recording(events),
      open() {
        if (server.connections === 3) server.destroy();
      },
    });
    for (let i = 0; i < 3; i++) test.loop.connect({ port }, {});
    await drive(test.loop);
    expect(events.filter((event) => event === 'close').length).toBe(3);
    expect(server.connections).toBe(0);
  });

  it('is closed by its AbortSignal, which it does not hold on to', async () => {
    const controller = new AbortController();
    const { signal } = controller;
    const { server } = serve(test.loop, {}, { signal });
    controller.abort();
    expect(server.isClosed).toBe(true);
    const other = new AbortController();
    serve(test.loop, {}, { signal: other.signal }).server.close();
    await drive(test.loop);
    expect(getEventListeners(other.signal, 'abort').length).toBe(0);
    expect(() => serve(test.loop, {}, { signal })).toThrow(
      expect.objectContaining({ code: 'ABORT_ERR', cause: signal.reason }),
    );
  });

  it('that can accept no more, for good, tells why and closes', async () => {
    const events: string[] = [];
    const { server } = serve(test.loop, {
      error: (from, error) => {
        expect([from, from.error]).toEqual([server, error]);
        events.push((error as raw.SystemError).code);
      },
    });
    // Behind its back: it does not listen any more.
    raw.check(raw.shutdown(server.handleFd, constant('SHUT_RDWR')), 'shutdown');
    await drive(test.loop);
    expect(events).toEqual(['EINVAL']);
    expect([server.isClosed, (server.error as raw.SystemError).syscall]).toEqual([true, 'accept4']);
  });

  it('whose open handler throws keeps that connection and takes the rest', async () => {
    const failure = new Error('from open');
    const sockets: Socket[] = [];
    const { server, port } = serve(test.loop, {
      open(socket) {
        sockets.push(socket);
        if (sockets.length === 1) throw failure;
        if (sockets.length === 3) server.destroy();
      },
    });
    for (let i = 0; i < 3; i++) test.loop.connect({ port }, {});
    await expect(run(test.loop)).rejects.toThrow(failure);
    await run(test.loop);
    expect(sockets.length).toBe(3);
  });
});
