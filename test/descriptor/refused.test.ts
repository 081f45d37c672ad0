// What loop.stream refuses stays the caller's, open, and with the flags that it had.
//
// Without the look at its kind: a file and an eventfd are told EPERM or nothing at all, a
// socket that listens ENOTCONN by close, datagrams are run together. Without the way back in
// takeOver (lib/descriptor/stream.ts): what another thread owns does not block any more, and
// is waited for.
import { closeSync, openSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { constant } from '../../lib/raw/constants.js';
import * as raw from '../../lib/raw/index.js';
import { runChild } from '../support/child.js';
import { guardDescriptors, isOpen, Opened } from '../support/descriptors.js';
import { eachWithLoop } from '../support/drive.js';
import { usedBackend } from '../support/libkqueue.js';
import { flagsOf } from './support.js';

guardDescriptors();
const opened = new Opened();
const test = eachWithLoop();

const isLinux = process.platform === 'linux';
const NO_STREAM = { name: 'TypeError', code: 'ERR_INVALID_ARG_VALUE' };

interface Refusal {
  open: () => number;
  error: object;
  says: RegExp;
  on?: boolean;
}

const blocking = (type: string) =>
  opened.keep(raw.socket(constant('AF_INET'), constant(type)), 'socket');

const REFUSED: Record<string, Refusal> = {
  'a regular file': {
    open: () => openSync(import.meta.filename, 'r'),
    error: NO_STREAM,
    says: /node:fs/,
  },
  'a folder': {
    open: () => openSync(import.meta.dirname, 'r'),
    error: NO_STREAM,
    says: /node:fs/,
  },
  'a socket of datagrams': {
    open: () => blocking('SOCK_DGRAM'),
    error: NO_STREAM,
    says: /loop\.watch/,
  },
  'a socket that listens': {
    open: () => {
      const fd = blocking('SOCK_STREAM');
      raw.check(raw.listen(fd, 1), 'listen');
      return fd;
    },
    error: NO_STREAM,
    says: /loop\.listen\(\{ fd \}\)/,
  },
  'what has no bytes to stream': {
    on: isLinux,
    open: () => opened.keep(raw.eventfd(0)),
    error: NO_STREAM,
    says: /use loop\.watch/,
  },
  'a device that cannot be waited for': {
    on: isLinux,
    open: () => openSync('/dev/null', 'r+'),
    error: { code: 'EPERM', syscall: usedBackend === 'kqueue' ? 'kevent' : 'epoll_ctl' },
    says: /EPERM/,
  },
  'what is watched already': {
    open: () => {
      const [fd] = opened.pipe(0);
      test.loop.watch(fd, { read: true }, () => {}).unref();
      return fd;
    },
    error: { code: 'EEXIST' },
    says: /already/,
  },
};

describe('what is refused is left as it was', () => {
  const rows = Object.entries(REFUSED).filter(([, { on = true }]) => on);
  it.each(rows)('%s', (_name, { open, error, says }) => {
    const fd = open();
    const [flags, handles] = [flagsOf(fd), test.loop.metrics().handles.length];
    expect(() => test.loop.stream(fd, {}, {})).toThrow(expect.objectContaining(error));
    expect(() => test.loop.stream(fd, {}, {})).toThrow(says);
    expect([isOpen(fd), flagsOf(fd)]).toEqual([true, flags]);
    expect([test.loop.alive, test.loop.metrics().handles.length]).toEqual([false, handles]);
    if (raw.close(fd) < 0) closeSync(fd);
  });

  it('what is not open: EBADF', () => {
    const [fd] = opened.pipe();
    opened.closeAll();
    const error = expect.objectContaining({ name: 'SystemError', code: 'EBADF' });
    expect(() => test.loop.stream(fd, {}, {})).toThrow(error);
  });

  it('options of sockets, and what is no descriptor', () => {
    const [fd] = opened.pipe();
    const stream = test.loop.stream.bind(test.loop) as (...args: unknown[]) => unknown;
    expect(() => stream(fd, { noDelay: true }, {})).toThrow(/options\.noDelay.* is not known/);
    expect(() => stream(fd, {}, { error() {} })).toThrow(/handlers\.error.* is not known/);
    expect(() => stream(fd, { highWaterMark: -1 }, {})).toThrow(RangeError);
    expect(() => stream(-1, {}, {})).toThrow(RangeError);
    expect(() => stream('1', {}, {})).toThrow(TypeError);
    expect(() => stream(fd, {}, null)).toThrow(TypeError);
    expect(test.loop.alive).toBe(false);
  });

  it('what another thread owns: EBUSY', () => {
    const result = runChild(`
      const worker = new Worker(\`
        const raw = require(\${JSON.stringify(DIST + '/raw.cjs')});
        const { parentPort } = require('node:worker_threads');
        parentPort.on('message', () => process.exit());
        parentPort.postMessage(raw.pipe2(0));
      \`, { eval: true });
      worker.on('message', ([fd]) => {
        const flags = () => [raw.fcntl(fd, c.F_GETFL), raw.fcntl(fd, c.F_GETFD)];
        raw.fcntl(fd, c.F_SETFD, 0);
        const before = flags();
        const loop = new EventLoop();
        const told = [];
        try {
          loop.stream(fd, {}, { close: () => told.push('close') });
        } catch (error) {
          told.push(error.code, error.syscall, /release\\(fd\\)/.test(error.message));
        }
        assert.deepStrictEqual(flags(), before);
        told.push(loop.alive, loop.metrics().handles.length);
        // It can be waited for by others: it has left the poller.
        loop.watch(fd, { read: true }, () => {}).close();
        loop.run();
        report(told);
        worker.postMessage('end');
      });
    `);
    expect(result).toEqual(['EBUSY', 'adopt', true, false, 0]);
  });
});
