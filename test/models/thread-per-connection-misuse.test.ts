// What the thread-per-connection server refuses: addresses, a second start, options of other
// types and ranges; and its native class, taken out of its hands.
import { afterEach, describe, expect, it } from 'vitest';
import { native } from '../../lib/binding/index.js';
import { EventLoop } from '../../lib/faces/event-loop.js';
import {
  type ThreadPerConnectionOptions,
  ThreadPerConnectionServer,
} from '../../lib/models/thread-per-connection.js';
import { openDescriptors } from './thread-per-connection-support.js';

const HOST = '127.0.0.1';
const started: ThreadPerConnectionServer[] = [];

function start(): ThreadPerConnectionServer {
  const server = new ThreadPerConnectionServer({ host: HOST }).start();
  started.push(server);
  return server;
}

afterEach(() => {
  for (const server of started.splice(0)) server.stop();
});

describe('start', () => {
  it('refuses an address in use, with address and port, and leaves nothing open', () => {
    const { address } = start();
    const before = openDescriptors();
    const port = address?.port ?? 0;
    const second = new ThreadPerConnectionServer({ host: HOST, port });
    expect(() => second.start()).toThrow(
      expect.objectContaining({
        name: 'SystemError',
        code: 'EADDRINUSE',
        syscall: 'bind',
        address: HOST,
        port,
      }),
    );
    expect(second.address).toBeUndefined();
    expect(openDescriptors()).toBe(before);
  });

  it('refuses an address that is not ours', () => {
    const server = new ThreadPerConnectionServer({ host: '192.0.2.1' });
    expect(() => server.start()).toThrow(expect.objectContaining({ code: 'EADDRNOTAVAIL' }));
  });

  it('refuses a host that only looks like an address', () => {
    expect(() => new ThreadPerConnectionServer({ host: '1.2.3.999' })).toThrow(
      expect.objectContaining({ name: 'TypeError', code: 'ERR_INVALID_ARG_VALUE' }),
    );
  });

  it('refuses to start twice', () => {
    const server = start();
    expect(() => server.start()).toThrow(
      expect.objectContaining({ code: 'ERR_SERVER_ALREADY_LISTEN' }),
    );
  });
});

describe('the constructor', () => {
  const make = (options: unknown) => () =>
    new ThreadPerConnectionServer(options as ThreadPerConnectionOptions);
  const numbers = [-1, 1.5, Number.NaN, 2 ** 53, 1e308, Number.POSITIVE_INFINITY];
  const others = ['1', 1n, {}, true, null, Symbol('s'), () => 1];

  it.each([70000, 65536, ...numbers])('refuses the port %s', (port) => {
    expect(make({ port })).toThrow(
      expect.objectContaining({ name: 'RangeError', code: 'ERR_SOCKET_BAD_PORT' }),
    );
  });

  it.each(
    (['backlog', 'stackBytes'] as const).flatMap((name) =>
      [0, 2 ** 54, ...numbers].map((value) => [name, value] as const),
    ),
  )('refuses the %s %s', (name, value) => {
    expect(make({ [name]: value })).toThrow(
      expect.objectContaining({ name: 'RangeError', code: 'ERR_OUT_OF_RANGE' }),
    );
  });

  it.each(['port', 'backlog', 'stackBytes', 'host', 'loop', 'onError'])(
    'refuses another type as %s',
    (name) => {
      const isOne = { host: 'string', onError: 'function' }[name];
      for (const value of others.filter((other) => typeof other !== isOne)) {
        expect(make({ [name]: value })).toThrow(
          expect.objectContaining({ name: 'TypeError', code: 'ERR_INVALID_ARG_TYPE' }),
        );
      }
    },
  );

  it.each(['example.org', '', 'x'.repeat(300), '127.0.0.1\0'])('refuses the host %j', (host) => {
    expect(make({ host })).toThrow(
      expect.objectContaining({ name: 'TypeError', code: 'ERR_INVALID_ARG_VALUE' }),
    );
  });

  it.each([null, 1, 'x'])('refuses %s instead of options', (options) => {
    expect(make(options)).toThrow(TypeError);
  });

  it('reads each option once and none from a polluted prototype', () => {
    const reads: string[] = [];
    const options = new Proxy<Record<string, unknown>>(
      { host: HOST, port: 0, backlog: 5, stackBytes: 65536 },
      {
        get(target, name) {
          reads.push(String(name));
          return Reflect.get(target, name);
        },
      },
    );
    Object.defineProperty(Object.prototype, 'port', { value: 70000, configurable: true });
    try {
      make(options)();
      expect(make({ host: HOST })).not.toThrow();
    } finally {
      Reflect.deleteProperty(Object.prototype, 'port');
    }
    expect(reads.sort()).toEqual(['backlog', 'host', 'port', 'stackBytes']);
  });
});

describe('the native class', () => {
  const server = new native.ThreadServer(65536);
  const calls = ['start', 'stop', 'stats', 'takeErrors'] as const;

  it.each(calls)('refuses to %s anything but one of its own', (name) => {
    for (const other of [undefined, 1, {}, Object.create(server), new Map(), new EventLoop()]) {
      expect(() => Reflect.apply(server[name], other, [])).toThrow(TypeError);
    }
    expect(server.doorbell).toBe(-1);
    expect(server.address).toBeNull();
  });

  it('is not made without new, nor without a size', () => {
    expect(() => Reflect.apply(native.ThreadServer, undefined, [65536])).toThrow(TypeError);
    expect(() => Reflect.construct(native.ThreadServer, [])).toThrow(TypeError);
    expect(() => Reflect.construct(native.ThreadServer, [1])).toThrow(RangeError);
  });
});
