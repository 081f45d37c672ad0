// Aborting had three forms: the signal's reason was thrown by one, closed a socket by
// another, and was the cause of a coded error of the third. It has one: an AbortError,
// ABORT_ERR, whose cause is the reason.
//
// With `throw signal.reason` in throwIfAborted, or `destroy(signal.reason)` in connect:
// the tests of that moment fail for every kind.
import { describe, expect, it } from 'vitest';
import type { EventLoop } from '../../lib/faces/event-loop.js';
import type { IpAddress } from '../../lib/raw/index.js';
import { countDescriptors, guardDescriptors, Opened } from '../support/descriptors.js';
import { DRIVE_MODES, drive, eachWithLoop } from '../support/drive.js';

guardDescriptors();
const opened = new Opened();
const test = eachWithLoop({ poolSize: 1 });

const REASONS: [string, unknown][] = [
  ['an error', new Error('enough')],
  ['a value', 7],
  ['an error of time', new DOMException('late', 'TimeoutError')],
];
const told = (cause: unknown) => ({ name: 'AbortError', code: 'ABORT_ERR', cause });

const THROWING: Record<string, (loop: EventLoop, signal: AbortSignal, fd: number) => unknown> = {
  watch: (loop, signal, fd) => loop.watch(fd, { read: true, signal }, () => {}),
  listen: (loop, signal) => loop.listen({ port: 0, signal }, {}),
  connect: (loop, signal) => loop.connect({ port: 9, signal }, {}),
  stream: (loop, signal, fd) => loop.stream(fd, { signal }, {}),
  dgram: (loop, signal) => loop.dgram({ port: 0, signal }, {}),
};
const CODE = 'module.exports = () => 1;';
const REJECTING: Record<string, (loop: EventLoop, signal: AbortSignal) => Promise<unknown>> = {
  'fs.stat': (loop, signal) => loop.fs.stat('/', { signal }),
  'fs.lstat': (loop, signal) => loop.fs.lstat('/', { signal }),
  'fs.readlink': (loop, signal) => loop.fs.readlink('/', { signal }),
  'fs.access': (loop, signal) => loop.fs.access('/', 0, { signal }),
  'crypto.pbkdf2': (loop, signal) => loop.crypto.pbkdf2('p', 's', 1, 8, 'sha256', { signal }),
  'crypto.scrypt': (loop, signal) => loop.crypto.scrypt('p', 's', 8, { cost: 2, signal }),
  'crypto.randomBytes': (loop, signal) => loop.crypto.randomBytes(8, { signal }),
  'crypto.hash': (loop, signal) => loop.crypto.hash('sha256', 'x', { signal }),
  'zlib.gzip': (loop, signal) => loop.zlib.gzip('x', { signal }),
  'workers.run': (loop, signal) => loop.workers({ code: CODE, size: 1 }).run(1, { signal }),
};

describe.each(REASONS)('a signal that aborted before, with %s', (_kind, reason) => {
  const signal = AbortSignal.abort(reason);

  it.each(Object.entries(THROWING))('is thrown by %s, and nothing is opened', (_name, call) => {
    const fd = opened.eventfd();
    const before = countDescriptors();
    expect(() => call(test.loop, signal, fd)).toThrow(expect.objectContaining(told(reason)));
    expect(countDescriptors()).toBe(before);
  });

  it.each(Object.entries(REJECTING))('rejects %s, and nothing starts', async (_name, call) => {
    await expect(call(test.loop, signal)).rejects.toMatchObject(told(reason));
    expect(test.loop.pool.stats().threads).toBe(0);
  });
});

describe('a signal that aborts later', () => {
  it.each(Object.entries(REJECTING))('rejects %s', async (_name, call) => {
    const controller = new AbortController();
    const request = call(test.loop, controller.signal);
    controller.abort('enough');
    await expect(request).rejects.toMatchObject(told('enough'));
  });

  it.each(DRIVE_MODES)('is told to close of a socket (%s)', async (mode) => {
    const controller = new AbortController();
    const { signal } = controller;
    const server = test.loop.listen({ host: '127.0.0.1', port: 0 }, {}).unref();
    const { port } = server.address as IpAddress;
    const ends: unknown[] = [];
    const handlers = { close: (_: unknown, error?: Error) => ends.push(error) };
    test.loop.connect({ port, signal }, { ...handlers, open: () => controller.abort('enough') });
    // Still connecting then.
    test.loop.connect({ port, signal }, handlers);
    await drive(test.loop, mode);
    expect(ends).toMatchObject([told('enough'), told('enough')]);
    server.close();
  });

  it('closes watchers and servers as close() does', async () => {
    const controller = new AbortController();
    const { signal } = controller;
    const watcher = test.loop.watch(opened.eventfd(), { read: true, signal }, () => {});
    const server = test.loop.listen({ port: 0, signal }, {});
    controller.abort('enough');
    expect([watcher.isClosed, server.isClosed]).toEqual([true, true]);
    expect([watcher.error, server.error]).toEqual([undefined, undefined]);
    await drive(test.loop);
  });
});
