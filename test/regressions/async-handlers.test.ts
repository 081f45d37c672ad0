// An async handler that awaits read other people's bytes: its chunk is a view of memory
// that the next batch fills. And what it rejected with was the process's, not the
// connection's.
//
// Without `leaveSlab` in goesOn (lib/net/socket.ts) the two that return a promise lose
// their first chunk; without the copies seven of these fail; without the handler in
// `settle` each rejection is the host's unhandledRejection.
import { describe, expect, it } from 'vitest';
import type { StreamHandlers } from '../../lib/net/handlers.js';
import { constant } from '../../lib/raw/constants.js';
import * as raw from '../../lib/raw/index.js';
import { serve } from '../stream/support.js';
import { put } from '../support/bytes.js';
import { runChild } from '../support/child.js';
import { guardDescriptors, Opened } from '../support/descriptors.js';
import { eachWithLoop, run } from '../support/drive.js';

guardDescriptors();
const test = eachWithLoop();
const opened = new Opened();
const pause = () => new Promise((resolve) => setImmediate(resolve));

/** Sends three chunks of one length, each after the one before was read. */
async function threeChunks(handlers: StreamHandlers, options = {}): Promise<void> {
  const { server, port } = serve(test.loop, handlers, options);
  const fd = opened.keep(raw.socket(constant('AF_INET'), constant('SOCK_STREAM')));
  raw.check(raw.connect(fd, { family: 'ipv4', address: '127.0.0.1', port }), 'connect');
  while (server.connections === 0) await run(test.loop, 'once');
  for (const text of ['aaaa', 'bbbb', 'cccc']) {
    put(fd, text);
    await run(test.loop, 'once');
  }
  for (let i = 0; i < 5; i++) await pause();
  server.destroy();
  await run(test.loop);
}

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString();

describe('the bytes of a handler that goes on after its call', () => {
  const KINDS: Record<string, (seen: string[]) => StreamHandlers> = {
    'an async function': (seen) => ({
      async data(_, chunk) {
        await pause();
        await pause();
        seen.push(text(chunk));
      },
    }),
    'a function that returns a promise': (seen) => ({
      data: (_, chunk) =>
        pause()
          .then(pause)
          .then(() => seen.push(text(chunk))),
    }),
    'a function that returns a thenable': (seen) => ({
      data: (_, chunk) => ({
        // biome-ignore lint/suspicious/noThenProperty: that is what it is for
        then: (done: (value: unknown) => void) => {
          setImmediate(() => setImmediate(() => done(void seen.push(text(chunk)))));
        },
      }),
    }),
  };

  it.each(Object.keys(KINDS))('are its own: %s', async (name) => {
    const seen: string[] = [];
    await threeChunks((KINDS[name] as (typeof KINDS)[string])(seen));
    for (let i = 0; i < 10 && seen.length < 3; i++) await pause();
    expect(seen).toEqual(['aaaa', 'bbbb', 'cccc']);
  });

  it('are its own when another object of handlers shares the loop', async () => {
    const seen: string[] = [];
    const others: Uint8Array[] = [];
    await threeChunks({ data: (_, chunk) => void others.push(chunk) });
    await threeChunks((KINDS['an async function'] as (typeof KINDS)[string])(seen));
    expect(new Set(others.map((chunk) => chunk.buffer)).size).toBe(1);
    expect(seen).toEqual(['aaaa', 'bbbb', 'cccc']);
  });
});

describe('what chunks are', () => {
  it.each([
    ['plain', undefined, 1],
    ['plain', 'borrow', 1],
    ['plain', 'copy', 3],
    ['async', undefined, 3],
    ['async', 'borrow', 1],
    ['async', 'copy', 3],
  ] as const)('for a %s handler with chunks: %s', async (kind, chunks, buffers) => {
    const seen: Uint8Array[] = [];
    const handlers: StreamHandlers =
      kind === 'async'
        ? { data: async (_, chunk) => void seen.push(chunk) }
        : { data: (_, chunk) => void seen.push(chunk) };
    await threeChunks(handlers, chunks === undefined ? {} : { chunks });
    expect(seen.length).toBe(3);
    expect(new Set(seen.map((chunk) => chunk.buffer)).size).toBe(buffers);
  });

  it.each(['borrowed', '', true, null])('refuses %j', (chunks) => {
    for (const start of ['listen', 'connect'] as const) {
      expect(() => test.loop[start]({ port: 1, chunks: chunks as never }, {})).toThrow(
        expect.objectContaining({ code: 'ERR_INVALID_ARG_VALUE' }),
      );
    }
  });
});

describe('a promise that is rejected', () => {
  it.each(['open', 'data', 'end', 'drain'])('by %s destroys its socket with the error', (name) => {
    const told = runChild(
      `
      process.on('unhandledRejection', (reason) => report(['unhandled', String(reason)]));
      const loop = new EventLoop().attach();
      const handlers = {
        open: (socket) => { if ('${name}' === 'drain') while (socket.write(Buffer.alloc(1 << 20))); },
        close(socket, error) { report([socket.constructor.name, error?.message]); server.destroy(); },
      };
      handlers.${name} = ((before) => async (socket) => {
        before?.(socket);
        await undefined;
        throw new Error('from ${name}');
      })('${name}' === 'drain' ? undefined : handlers.${name});
      const server = loop.listen({ host: '127.0.0.1', port: 0 }, handlers);
      const { Socket } = require('node:net');
      const client = new Socket({ allowHalfOpen: true }).connect(server.address.port, '127.0.0.1');
      client.on('connect', () => { client.write('x'); if ('${name}' === 'end') client.end(); });
      client.on('error', () => {});
      client.on('end', () => client.destroy());
      client.resume();
    `,
    );
    expect(told).toEqual(['Socket', `from ${name}`]);
  });

  it('with no error is told as one that has it as its cause', () => {
    const told = runChild(`
      const loop = new EventLoop().attach();
      const server = loop.listen({ host: '127.0.0.1', port: 0 }, {
        open: () => Promise.reject(Object.create(null)),
        close(socket, error) { report([error.code, typeof error.cause]); server.close(); },
      });
      loop.connect({ port: server.address.port }, {});
    `);
    expect(told).toEqual(['ERR_HANDLER_REJECTED', 'object']);
  });

  it('after the connection is gone warns, and the process goes on', () => {
    const told = runChild(`
      process.on('unhandledRejection', (reason) => report(['unhandled', String(reason)]));
      process.removeAllListeners('warning');
      process.on('warning', (warning) => { report(warning.message); server.close(); });
      const loop = new EventLoop().attach();
      let closed;
      const gone = new Promise((resolve) => { closed = resolve; });
      const server = loop.listen({ host: '127.0.0.1', port: 0 }, {
        async data() { client.resetAndDestroy(); await gone; throw new Error('too late'); },
        close: () => setImmediate(closed),
      });
      const client = loop.connect({ port: server.address.port }, { open: (socket) => socket.write('x') });
    `);
    expect(told).toBe('too late');
  });

  it('of which nobody would hear is a warning', () => {
    const told = runChild(`
      const loop = new EventLoop().attach();
      const { host, port } = { host: '127.0.0.1', port: 0 };
      const fails = (name) => async () => { throw new Error(name); };
      process.removeAllListeners('warning');
      const warnings = [];
      process.on('warning', ({ message }) => warnings.push(message));
      const server = loop.listen({ host, port }, { data: fails('of a socket') });
      const client = loop.connect({ port: server.address.port }, { open: () => client.write('x') });
      client.closed.catch(() => {}).then(() => server.close());
      const output = fails('of a child');
      loop.spawn('echo', ['x'], {}, { stdout: output });
      // These are told.
      loop.spawn('echo', ['x'], {}, { stdout: output, close: () => {} });
      loop.spawn('echo', ['x'], {}, { stdout: output }).closed.catch(() => {});
      process.on('exit', () => report(warnings.sort()));
    `);
    expect(told).toEqual(['of a child', 'of a socket']);
  });

  it("by close is the host's unhandledRejection, as nobody else would hear of it", () => {
    const told = runChild(`
      process.on('unhandledRejection', (reason) => { report(reason.message); server.close(); });
      const loop = new EventLoop().attach();
      const server = loop.listen({ host: '127.0.0.1', port: 0 }, {});
      loop.connect({ port: server.address.port }, {
        open: (socket) => socket.destroy(),
        async close() { throw new Error('from close'); },
      });
    `);
    expect(told).toBe('from close');
  });
});
