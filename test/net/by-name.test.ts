// `loop.connect` to a host by its name: its addresses are tried one a little after the other, the
// first that is connected wins, and nothing is left of the others. Who looks names up is a test's
// own here; loop.dns has tests of its own.
// Tried without its guard: without the timer in `tryNext` the one of an address that is silent
// hangs, and without `end` others do; without `closed.abort` the look-up is not told; without
// `isError` one that rejects with nothing closes the socket without an error.
import { type InspectOptions, inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { HostResolver } from '../../lib/net/by-name.js';
import type { ConnectOptions } from '../../lib/net/connect.js';
import { interleaved } from '../../lib/net/race.js';
import type { Socket } from '../../lib/net/socket.js';
import { constant } from '../../lib/raw/constants.js';
import * as raw from '../../lib/raw/index.js';
import { relay } from '../../lib/relay/index.js';
import { recording, serve } from '../stream/support.js';
import { guardDescriptors, Opened, openDescriptors } from '../support/descriptors.js';
import { DRIVE_MODES, drive, eachWithLoop } from '../support/drive.js';
import { deviates, usedBackend } from '../support/libkqueue.js';

guardDescriptors();
const test = eachWithLoop();
const opened = new Opened();
/** Why a connection failed is not to be had: it looks as if it were open. */
const itTold = it.skipIf(deviates(usedBackend, 'errorTaken'));

const found = (...addresses: string[]) =>
  addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
/** Tells these addresses of every host. */
const telling = (...addresses: string[]): HostResolver => ({
  lookup: async () => found(...addresses),
});

/** A port of all the loopback's addresses that answers nobody at 127.0.0.9: its backlog is full. */
function silentAt(address: string, port: number): void {
  const type = constant('SOCK_STREAM') | constant('SOCK_NONBLOCK');
  const listener = opened.keep(raw.socket(constant('AF_INET'), type));
  const place = { family: 'ipv4', address, port } as const;
  raw.check(raw.bind(listener, place), 'bind');
  raw.check(raw.listen(listener, 0), 'listen');
  for (let i = 0; i < 3; i++) {
    raw.connect(opened.keep(raw.socket(constant('AF_INET'), type)), place);
  }
}

/** A server at 127.0.0.1 that echoes one connection, and its port. */
function echo(): { port: number; connections(): number; close(): void } {
  const { server, port } = serve(test.loop, { data: (socket, chunk) => socket.end(chunk) });
  server.unref();
  return { port, connections: () => server.connections, close: () => server.close() };
}

describe.each(DRIVE_MODES)('connecting by name (%s)', (mode) => {
  it('brings what was written before there was an address', async () => {
    const { port } = echo();
    const events: string[] = [];
    const resolver = telling('127.0.0.1');
    const socket = test.loop.connect({ host: 'x.test', port, resolver }, recording(events));
    expect(socket.write('hello')).toBe(true);
    expect([socket.active, socket.open, socket.address]).toEqual([true, false, undefined]);
    socket.end();
    await drive(test.loop, mode);
    expect(events).toEqual(['open', 'data hello', 'end', 'close']);
    expect(socket.bytesWritten).toBe(5);
  });

  itTold('goes on with the next address when one is refused', async () => {
    const { port } = echo();
    const resolver = telling('::1', '127.0.0.2', '127.0.0.1');
    const socket = test.loop.connect({ host: 'x.test', port, resolver }, {});
    const address = socket.opened.then(({ remoteAddress }) => remoteAddress);
    socket.end();
    await drive(test.loop, mode);
    expect(await address).toMatchObject({ address: '127.0.0.1', port });
  });

  it.runIf(process.platform === 'linux')(
    'goes on with the next address while one is silent, and leaves nothing of it',
    async () => {
      const { port, connections, close } = echo();
      silentAt('127.0.0.9', port);
      const sockets = () => [...openDescriptors().values()].filter((what) => /^socket/.test(what));
      const before = sockets().length;
      const options = { host: 'x.test', port, resolver: telling('127.0.0.9', '127.0.0.1') };
      const socket = test.loop.connect({ ...options, attemptDelayMs: 20 }, {});
      let left = 0;
      const look = test.loop.setInterval(() => {
        if (!socket.open || connections() === 0) return;
        test.loop.clearInterval(look);
        left = sockets().length - before;
        socket.end();
      }, 1);
      await drive(test.loop, mode);
      // Both ends of the connection.
      expect(left).toBe(2);
      close();
    },
  );

  itTold('tells why each failed when all do', async () => {
    const resolver = telling('127.0.0.2', '127.0.0.3');
    const options = { host: 'x.test', port: 1, resolver };
    const socket = test.loop.connect(options, {});
    const error = socket.opened.catch((reason) => reason);
    await drive(test.loop, mode);
    const refused = { code: 'ECONNREFUSED', syscall: 'connect', port: 1 };
    expect(await error).toMatchObject({
      ...refused,
      address: 'x.test',
      errors: [
        { ...refused, address: '127.0.0.2' },
        { ...refused, address: '127.0.0.3' },
      ],
    });
    const one = test.loop.connect({ ...options, resolver: telling('127.0.0.2') }, {});
    await drive(test.loop, mode);
    expect(one.error).toMatchObject({ ...refused, address: '127.0.0.2' });
    expect(one.error).not.toHaveProperty('errors');
  });

  it('tells what the look-up failed with, and what it told that is none', async () => {
    const wrong: [HostResolver, string][] = [
      [{ lookup: () => Promise.reject(Object.assign(new Error('no'), { code: 'OWN' })) }, 'OWN'],
      [
        {
          lookup: () => {
            throw Object.assign(new Error('no'), { code: 'OWN' });
          },
        },
        'OWN',
      ],
      [{ lookup: () => Promise.reject() }, 'ENOTFOUND'],
      [{ lookup: () => Promise.reject('no') }, 'ENOTFOUND'],
      [telling(), 'ENOTFOUND'],
      [telling('y.test'), 'ERR_INVALID_ARG_VALUE'],
      [{ lookup: async () => 'x' as never }, 'ERR_INVALID_ARG_VALUE'],
      [{ lookup: async () => [null] as never }, 'ERR_INVALID_ARG_TYPE'],
    ];
    const events: string[] = [];
    for (const [resolver] of wrong) {
      test.loop.connect({ host: 'x.test', port: 1, resolver }, recording(events));
    }
    await drive(test.loop, mode);
    expect(events).toEqual(wrong.map(([, code]) => `close ${code}`));
  });

  it('ends in time, with its signal and when it is destroyed, and the look-up with it', async () => {
    const signals: AbortSignal[] = [];
    const resolver: HostResolver = {
      lookup: (_host, { signal }) => {
        signals.push(signal);
        return new Promise(() => {});
      },
    };
    const events: string[] = [];
    const controller = new AbortController();
    const options = { host: 'x.test', port: 1, resolver };
    test.loop.connect({ ...options, timeoutMs: 20 }, recording(events, 'a '));
    const { signal } = controller;
    test.loop.connect({ ...options, signal }, recording(events, 'b '));
    const socket = test.loop.connect(options, recording(events, 'c '));
    test.loop.connect(options, recording(events, 'd ')).resetAndDestroy();
    test.loop.setTimeout(() => controller.abort(), 40);
    test.loop.setTimeout(() => socket.destroy(), 60);
    await drive(test.loop, mode);
    expect(events).toEqual(['d close', 'a close ETIMEDOUT', 'b close ABORT_ERR', 'c close']);
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, true, true, true]);
    expect(test.loop.alive).toBe(false);
  });

  it('ends while addresses are tried', async () => {
    const { port, close } = echo();
    silentAt('127.0.0.9', port);
    const events: string[] = [];
    const options = { host: 'x.test', port, resolver: telling('127.0.0.9'), timeoutMs: 30 };
    test.loop.connect(options, recording(events));
    await drive(test.loop, mode);
    expect(events).toEqual(['close ETIMEDOUT']);
    close();
  });

  it('that is destroyed as it is connected does not open', async () => {
    const { port } = echo();
    const events: string[] = [];
    const options = { host: 'x.test', port, resolver: telling('127.0.0.1') };
    const socket = test.loop.connect(options, recording(events));
    // Before the poll phase that finds it connected.
    test.loop.setTimeout(() => socket.destroy(), 0);
    test.loop.setImmediate(() => socket.destroy());
    await drive(test.loop, mode);
    expect(events.at(-1)).toBe('close');
  });

  it('asks for the families that fit, and tries those alone', async () => {
    const asked: number[] = [];
    const resolver: HostResolver = {
      lookup: async (_host, { family }) => {
        asked.push(family);
        return found('::1', '127.0.0.1');
      },
    };
    const { port } = echo();
    const places: (ConnectOptions | Record<string, never>)[] = [
      { family: 'ipv4' },
      { localAddress: '127.0.0.1' },
      {},
    ];
    const sockets = places.map((place) =>
      test.loop.connect({ host: 'x.test', port, resolver, ...place }, {}),
    );
    for (const socket of sockets) socket.end();
    await drive(test.loop, mode);
    expect(asked).toEqual([4, 4, 0]);
  });

  it('sets what it was told on the socket that wins', async () => {
    const { port } = echo();
    const options = { host: 'x.test', port, resolver: telling('127.0.0.1') };
    const socketOptions = { SO_KEEPALIVE: true };
    const socket = test.loop.connect({ ...options, noDelay: false, socketOptions }, {});
    expect(() => socket.getOption('TCP_NODELAY')).toThrow(/not connected yet/);
    expect(() => socket.options.SO_KEEPALIVE).toThrow(/not connected yet/);
    expect(() => socket.detach()).toThrow(/not connected yet/);
    const values = socket.opened.then(() => [
      socket.getOption('TCP_NODELAY'),
      socket.options.SO_KEEPALIVE,
    ]);
    socket.end();
    await drive(test.loop, mode);
    expect(await values).toEqual([false, true]);
  });

  itTold('may be joined to another stream meanwhile, which gets all of it', async () => {
    const { port } = echo();
    const options = { host: 'x.test', port, resolver: telling('127.0.0.2', '127.0.0.1') };
    const front = serve(test.loop, {
      open: (socket) => void relay(socket, test.loop.connect(options)),
    });
    front.server.unref();
    const events: string[] = [];
    test.loop.connect({ port: front.port }, recording(events)).end('hello');
    await drive(test.loop, mode);
    expect(events).toEqual(['open', 'data hello', 'end', 'close']);
    const refused = { ...options, resolver: telling('127.0.0.2') };
    const side = test.loop.connect({ port: front.port });
    const joined = relay(side, test.loop.connect(refused));
    const error = joined.closed.catch(({ code }) => code);
    await drive(test.loop, mode);
    expect(await error).toBe('ECONNREFUSED');
  });

  it('is done by loop.dns where nobody else is to', async () => {
    const { port } = echo();
    const socket = test.loop.connect({ host: 'LOCALHOST', port }, {});
    socket.end();
    await drive(test.loop, mode);
    expect(socket.error).toBeUndefined();
  });

  it('is shown while it has no descriptor', async () => {
    const resolver = telling('127.0.0.2');
    const socket: Socket = test.loop.connect({ host: 'x.test', port: 1, resolver }, {});
    const depth: InspectOptions = { breakLength: 200 };
    expect(inspect(socket, depth)).toMatch(/no descriptor, connecting, .* → x\.test:1/);
    expect(socket.label).toContain('Socket to');
    expect(socket.remoteAddress).toBeUndefined();
    await drive(test.loop, mode);
  });
});

it('takes one address of each family in turn', () => {
  const of = (...texts: string[]) =>
    texts.map((address) => ({
      family: address.includes(':') ? ('ipv6' as const) : ('ipv4' as const),
      address,
      port: 1,
    }));
  const order = (...texts: string[]) => interleaved(of(...texts)).map(({ address }) => address);
  expect(order('::1', '::2', '::3', '1.1.1.1')).toEqual(['::1', '1.1.1.1', '::2', '::3']);
  expect(order('1.1.1.1', '::1', '1.1.1.2')).toEqual(['1.1.1.1', '::1', '1.1.1.2']);
  expect(order('::1')).toEqual(['::1']);
  expect(order()).toEqual([]);
});

it('refuses what says nothing, before anything is opened', () => {
  const { loop } = test;
  const connect = (options: object) => () => loop.connect(options as ConnectOptions, {});
  const named = { host: 'x.test', port: 1 };
  for (const resolver of [null, {}, 'x', 5, { lookup: 1 }]) {
    expect(connect({ ...named, resolver })).toThrow(TypeError);
  }
  expect(connect({ ...named, attemptDelayMs: 9 })).toThrow(RangeError);
  expect(connect({ ...named, family: 'unix' })).toThrow(TypeError);
  expect(connect({ ...named, family: 'ipv6', localAddress: '127.0.0.1' })).toThrow(TypeError);
  expect(connect({ ...named, localAddress: 'nosuch0' })).toThrow(TypeError);
  expect(connect({ ...named, port: 65_536 })).toThrow(RangeError);
  expect(connect({ host: 'x.test' })).toThrow(TypeError);
  expect(connect({ path: '/x', resolver: loop.dns })).toThrow(TypeError);
  expect(loop.alive).toBe(false);
});
