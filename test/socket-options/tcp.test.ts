// What options of TCP do to connections over the loopback, in both modes.
import { describe, expect, it } from 'vitest';
import { thrownBy } from '../loop/support.js';
import { DRIVE, serve } from '../stream/support.js';
import { hasNetworks, runChild } from '../support/child.js';
import { guardDescriptors } from '../support/descriptors.js';
import { DRIVE_MODES, drive, eachWithLoop } from '../support/drive.js';
import { deviates, usedBackend } from '../support/libkqueue.js';

guardDescriptors();
const test = eachWithLoop();
const onLinux = it.runIf(process.platform === 'linux');

describe.each(DRIVE_MODES)('%s', (mode) => {
  onLinux('TCP_DEFER_ACCEPT: a connection is accepted with its first bytes', async () => {
    const events: string[] = [];
    const deferred = serve(
      test.loop,
      {
        open: () => events.push('accepted'),
        data: (socket, chunk) => {
          events.push(`data ${Buffer.from(chunk)}`);
          socket.end();
          deferred.server.close();
        },
      },
      { socketOptions: { TCP_DEFER_ACCEPT: 30 } },
    );
    // By the time that a later connection is accepted this one would be too.
    const later = serve(test.loop, {
      open(socket) {
        events.push('a later one is accepted');
        first.write('x');
        socket.end();
        later.server.close();
      },
    });
    const first = test.loop.connect(
      { port: deferred.port },
      {
        open() {
          events.push('connected');
          test.loop.connect({ port: later.port }, {});
        },
      },
    );
    await drive(test.loop, mode);
    expect(events).toEqual(['connected', 'a later one is accepted', 'accepted', 'data x']);
  });

  onLinux('TCP_CONGESTION: each end has its own', async () => {
    const { server, port } = serve(
      test.loop,
      {
        open(socket) {
          expect(socket.options.TCP_CONGESTION).toBe('reno');
          socket.end();
          server.close();
        },
      },
      { socketOptions: { TCP_CONGESTION: 'reno' } },
    );
    const inherited = server.getOption('TCP_CONGESTION');
    const client = test.loop.connect({ port, socketOptions: { TCP_CONGESTION: 'cubic' } }, {});
    expect([inherited, client.options.TCP_CONGESTION]).toEqual(['reno', 'cubic']);
    await drive(test.loop, mode);
  });

  onLinux('SO_BINDTODEVICE: over this device alone', async () => {
    const { server, port } = serve(
      test.loop,
      {
        open(socket) {
          expect(socket.options.SO_BINDTODEVICE).toBe('lo');
          socket.end();
          server.close();
        },
      },
      { socketOptions: { SO_BINDTODEVICE: 'lo' } },
    );
    test.loop.connect({ port, socketOptions: { SO_BINDTODEVICE: 'lo' } }, {});
    await drive(test.loop, mode);
    const nowhere = { port, socketOptions: { SO_BINDTODEVICE: 'no-such-device' } };
    expect(thrownBy(() => test.loop.connect(nowhere, {}))).toMatchObject({
      message: expect.stringContaining('The option is SO_BINDTODEVICE'),
    });
  });

  // Without the reset the peer reads what is under way, and then the end.
  it.skipIf(deviates(usedBackend, 'errorTaken')).each(['resetAndDestroy', 'SO_LINGER: 0'])(
    '%s drops what the peer did not read',
    async (how) => {
      let ended: unknown;
      let queued = 0;
      const { server, port } = serve(test.loop, {
        open: (socket) => socket.pause(),
        close(_socket, error) {
          ended = error;
          server.close();
        },
      });
      test.loop.connect(
        { port },
        {
          open(socket) {
            while (socket.write(new Uint8Array(2 ** 20)));
            queued = socket.bufferedBytes;
            if (how === 'resetAndDestroy') socket.resetAndDestroy();
            else socket.setOption('SO_LINGER', 0).destroy();
          },
        },
      );
      await drive(test.loop, mode);
      expect(queued).toBeGreaterThan(0);
      expect(ended).toMatchObject({ code: 'ECONNRESET' });
    },
  );
});

// In a network of its own, as the system may have it switched off.
describe.runIf(hasNetworks && !deviates(usedBackend, 'notPollable'))('fast open', () => {
  const SCRIPT = `
    const exchange = (mode, then) => {
      const loop = new EventLoop();
      const events = [];
      const hasData = (socket) => socket.options.TCP_INFO.features.includes('synData');
      const server = loop.listen(
        { host: '127.0.0.1', port: 0, socketOptions: { TCP_FASTOPEN: 16 } },
        { data: (socket, chunk) => socket.end(chunk) },
      );
      const { port } = server.address;
      const connect = (left) => loop.connect({ port, socketOptions: { TCP_FASTOPEN_CONNECT: true } }, {
        open(socket) {
          events.push('open ' + socket.options.TCP_INFO.state);
          socket.write('hello');
        },
        data: (socket, chunk) => events.push(String(Buffer.from(chunk)) + ' ' + hasData(socket)),
        close(socket, error) {
          if (error) events.push(error.code);
          if (left === 1) server.close();
          // The server closes in the same turn.
          if (left > 0) loop.setImmediate(() => connect(left - 1));
        },
      });
      connect(2);
      driveIn(mode, loop, () => { loop.close(); then(events); });
    };
    exchange('owned', (owned) => exchange('guest', (guest) => report([owned, guest])));
  `;

  it('sends the first bytes with the request, once it has a cookie', () => {
    const report = runChild(DRIVE + SCRIPT, {
      network: 'echo 3 > /proc/sys/net/ipv4/tcp_fastopen',
    });
    const ended = ['open SYN_SENT', 'hello true', 'open SYN_SENT', 'ECONNREFUSED'];
    expect(report).toEqual([
      ['open ESTABLISHED', 'hello false', ...ended],
      // The cookie is known by now: it is the address's.
      ['open SYN_SENT', 'hello true', ...ended],
    ]);
  });
});
