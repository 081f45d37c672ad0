// Connecting: where to and from where, how it fails, and how it is called off.
import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import type { ConnectOptions } from '../../lib/net/connect.js';
import { constant } from '../../lib/raw/constants.js';
import * as raw from '../../lib/raw/index.js';
import { recording, serve } from '../stream/support.js';
import { guardDescriptors, Opened } from '../support/descriptors.js';
import { DRIVE_MODES, drive, eachWithLoop, run } from '../support/drive.js';
import { HOSTILE } from '../support/hostile.js';
import { deviates, usedBackend } from '../support/libkqueue.js';

guardDescriptors();
const test = eachWithLoop();
const opened = new Opened();
const closedBy = (code: string) => [`close ${code}`];

/** A port of the loopback where nobody listens. */
function deadPort(): number {
  const [listener, { port }] = opened.listening();
  opened.close(listener);
  return port;
}

describe.each(DRIVE_MODES)('in %s mode', (mode) => {
  it.skipIf(deviates(usedBackend, 'errorTaken'))(
    'a refusal is told by close, with the address',
    async () => {
      const port = deadPort();
      let error: Error | undefined;
      const events: string[] = [];
      test.loop.connect(
        { port },
        {
          ...recording(events),
          close: (_, reason) => {
            error = reason;
          },
        },
      );
      expect(error).toBeUndefined();
      await drive(test.loop, mode);
      expect(error).toBeInstanceOf(raw.SystemError);
      expect(error).toMatchObject({
        code: 'ECONNREFUSED',
        errno: -constant('ECONNREFUSED'),
        syscall: 'connect',
        address: '127.0.0.1',
        port,
      });
      expect(events).toEqual([]);
    },
  );

  it.skipIf(deviates(usedBackend, 'errorTaken'))(
    'a refusal drops what was written meanwhile',
    async () => {
      const events: string[] = [];
      const socket = test.loop.connect({ port: deadPort() }, recording(events));
      socket.write('to nobody');
      socket.end();
      await drive(test.loop, mode);
      expect(events).toEqual(closedBy('ECONNREFUSED'));
      expect(socket.bufferedBytes).toBe(0);
    },
  );

  it('an address that cannot be reached is told by close, not thrown', async () => {
    const events: string[] = [];
    // The kernel says so at once.
    test.loop.connect({ host: '255.255.255.255', port: 9 }, recording(events));
    expect(events).toEqual([]);
    await drive(test.loop, mode);
    expect(events.length).toBe(1);
    expect(events[0]).toMatch(/^close E(NETUNREACH|ACCES|HOSTUNREACH|INVAL)$/);
  });
});

describe('where to', () => {
  it('is the IPv4 loopback unless told otherwise', async () => {
    const { server, port } = serve(test.loop, { open: () => server.close() });
    const socket = test.loop.connect({ port }, { open: () => test.loop.stop() });
    await run(test.loop);
    expect(socket.remoteAddress).toEqual({ family: 'ipv4', address: '127.0.0.1', port });
    socket.destroy();
  });

  it.each(['localhost', '127.0.0.1', '[::1]', '::1'])('may be %s', async (host) => {
    const { server } = serve(test.loop, { open: () => server.close() }, { host });
    const { port } = server.address as raw.IpAddress;
    const events: string[] = [];
    test.loop.connect({ host, port }, { ...recording(events), open: (s) => s.destroy() });
    await run(test.loop);
    expect(events).toEqual(['close']);
  });
});

describe('where from', () => {
  it('is as asked', async () => {
    const { server, port } = serve(test.loop, { open: () => server.close() });
    const [free] = [deadPort()];
    const options: ConnectOptions = { port, localAddress: '127.0.0.2', localPort: free };
    const socket = test.loop.connect(options, { open: () => test.loop.stop() });
    await run(test.loop);
    expect(socket.address).toEqual({ family: 'ipv4', address: '127.0.0.2', port: free });
    socket.destroy();
  });

  it.runIf(process.platform === 'linux')('is an address whose port others may have', async () => {
    const { server, port } = serve(test.loop, { open: () => server.close() });
    const options: ConnectOptions = { port, localAddress: '127.0.0.2' };
    const socket = test.loop.connect(options, { open: () => test.loop.stop() });
    // Not bound to a port yet: the kernel looks for one that is free for this peer.
    const [level, name] = [constant('IPPROTO_IP'), constant('IP_BIND_ADDRESS_NO_PORT')];
    expect(socket.getOption(level, name)).toBe(1);
    await run(test.loop);
    expect(socket.address).toMatchObject({ address: '127.0.0.2', port: expect.any(Number) });
    socket.destroy();
  });

  it('may be a port alone', async () => {
    const { server, port } = serve(test.loop, { open: () => server.close() });
    const free = deadPort();
    const socket = test.loop.connect({ port, localPort: free }, { open: () => test.loop.stop() });
    await run(test.loop);
    expect(socket.address).toMatchObject({ address: '127.0.0.1', port: free });
    socket.destroy();
  });

  it('fails at once when it is not ours, taken or no address', () => {
    const [, { port: taken }] = opened.listening();
    const attempts: [ConnectOptions, expected: object][] = [
      [
        { port: 9, localAddress: '192.0.2.1' },
        { code: 'EADDRNOTAVAIL', syscall: 'bind', address: '192.0.2.1' },
      ],
      [{ port: 9, localAddress: '127.0.0.1', localPort: taken }, { code: 'EADDRINUSE' }],
      [{ port: 9, localAddress: '999.1.1.1' }, { code: 'ERR_INVALID_ARG_VALUE' }],
      [{ port: 9, localAddress: 'example' }, { code: 'ERR_INVALID_ARG_VALUE' }],
      [{ port: 9, localPort: 70000 }, { code: 'ERR_SOCKET_BAD_PORT' }],
      [{ port: 9, localAddress: 7 as unknown as string }, { code: 'ERR_INVALID_ARG_TYPE' }],
      [{ port: 9, localAddress: '::1' }, { code: 'EAFNOSUPPORT' }],
    ];
    for (const [options, expected] of attempts) {
      expect(() => test.loop.connect(options, {})).toThrow(expect.objectContaining(expected));
    }
    expect(test.loop.alive).toBe(false);
  });
});

describe('the address of a server', () => {
  it('may be passed as it is', async () => {
    for (const host of ['127.0.0.1', '::1', '::']) {
      const events: string[] = [];
      const { server } = serve(test.loop, { open: (socket) => socket.end('hi') }, { host });
      const { address } = server;
      test.loop.connect(address as raw.IpAddress, {
        ...recording(events),
        close: () => server.close(),
      });
      await run(test.loop);
      expect(events).toEqual(['open', 'data hi', 'end']);
    }
  });

  it('goes with no host, and with its own family alone', () => {
    const address = '127.0.0.1';
    for (const extra of [{ host: '::1' }, { family: 'ipv6' }, { family: 'unix' }, { family: 4 }]) {
      const options = { address, port: 9, ...extra } as ConnectOptions;
      expect(() => test.loop.connect(options, {})).toThrow(
        expect.objectContaining({ code: 'ERR_INVALID_ARG_VALUE' }),
      );
    }
  });
});

describe('an AbortSignal', () => {
  it('that is aborted already opens nothing and throws an AbortError', () => {
    const reason = new Error('no');
    const signal = AbortSignal.abort(reason);
    expect(() => test.loop.connect({ port: 9, signal }, {})).toThrow(
      expect.objectContaining({ code: 'ABORT_ERR', cause: reason }),
    );
    expect(test.loop.alive).toBe(false);
  });

  it('calls a connect off, with an AbortError', async () => {
    const events: string[] = [];
    const controller = new AbortController();
    const { signal } = controller;
    const socket = test.loop.connect({ port: deadPort(), signal }, recording(events));
    controller.abort(new Error('no more'));
    expect(socket.isClosed).toBe(true);
    await run(test.loop);
    expect(events).toEqual(closedBy('ABORT_ERR'));
  });

  it('destroys a socket that is open', async () => {
    const events: string[] = [];
    const controller = new AbortController();
    const { server, port } = serve(test.loop, { close: () => server.close() });
    test.loop.connect(
      { port, signal: controller.signal },
      { ...recording(events), open: () => controller.abort() },
    );
    await run(test.loop);
    expect(events).toEqual(['close ABORT_ERR']);
  });

  it('is not held on to by a socket that is closed', async () => {
    const controller = new AbortController();
    const { signal } = controller;
    for (let i = 0; i < 3; i++) test.loop.connect({ port: deadPort(), signal }, {});
    expect(getEventListeners(signal, 'abort').length).toBe(1);
    await run(test.loop);
    expect(getEventListeners(signal, 'abort').length).toBe(0);
    controller.abort();
  });
});

describe('misuse throws before anything is opened', () => {
  const BAD_PORTS = [70000, 65536, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 32];

  it.each(BAD_PORTS)('the port %s', (port) => {
    expect(() => test.loop.connect({ port }, {})).toThrow(
      expect.objectContaining({ name: 'RangeError', code: 'ERR_SOCKET_BAD_PORT' }),
    );
  });

  it('a port of another type, or none', () => {
    for (const port of ['80', 80n, null, undefined, {}, [80], true]) {
      expect(() => test.loop.connect({ port: port as number }, {})).toThrow(
        expect.objectContaining({ name: 'TypeError', code: 'ERR_INVALID_ARG_TYPE' }),
      );
    }
    expect(() => test.loop.connect({}, {})).toThrow('an object with a port or a path');
  });

  it('a host that is no address', () => {
    const hosts = [
      '',
      'http://example.com',
      '1.2.3',
      '1.2.3.4.5',
      '256.1.1.1',
      '127.0.0.1\0',
      '1:2',
      ':::',
    ];
    for (const host of [...hosts, '127.0.0.1 ', '0x7f.1', 'a'.repeat(300), '::1%', '::1%nowhere']) {
      expect(() => test.loop.connect({ host, port: 9 }, {}), host).toThrow(
        expect.objectContaining({ name: 'TypeError', code: 'ERR_INVALID_ARG_VALUE' }),
      );
    }
    for (const host of [7, null, {}, Symbol('host')]) {
      expect(() => test.loop.connect({ host: host as string, port: 9 }, {})).toThrow(
        expect.objectContaining({ code: 'ERR_INVALID_ARG_TYPE' }),
      );
    }
  });

  it('any other option, and options or handlers that are none', () => {
    for (const [kind, value] of Object.entries(HOSTILE)) {
      for (const name of [
        'highWaterMark',
        'maxBufferedBytes',
        'noDelay',
        'signal',
        'timeoutMs',
        'idleTimeoutMs',
      ]) {
        if (value === undefined || (name === 'noDelay' && value === true)) continue;
        if (name.endsWith('k') && kind === '2^31') continue;
        if (/Bytes|Ms/.test(name) && /^2\^3/.test(kind)) continue;
        const options = { port: 9, [name]: value };
        expect(() => test.loop.connect(options, {}), `${name}: ${kind}`).toThrow();
      }
      if (typeof value !== 'object' || value === null) {
        expect(() => test.loop.connect(value as ConnectOptions, {}), kind).toThrow(TypeError);
        if (value === undefined) continue;
        expect(() => test.loop.connect({ port: 9 }, value as object), kind).toThrow(TypeError);
      }
      if (typeof value === 'function' || value === undefined) continue;
      expect(() => test.loop.connect({ port: 9 }, { data: value as () => void }), kind).toThrow();
    }
    expect(test.loop.alive).toBe(false);
  });

  it('a loop that is closed', () => {
    test.loop.close();
    expect(() => test.loop.connect({ port: 9 }, {})).toThrow(
      expect.objectContaining({ code: 'ERR_LOOP_CLOSED' }),
    );
  });
});
