// Unix sockets by path and by abstract name: listening, connecting, what is at both ends.
//
// Each guard was taken out once: without the second attempt of connectLater (lib/net/unix.ts)
// who finds a full backlog fails with EAGAIN; without RETRYING in onConnectable
// (lib/net/socket.ts) it is taken for connected, without that of updateInterest
// (lib/stream/base.ts) the loop spins; without undo in listen.ts a server that cannot listen
// leaves its file.
import { existsSync, lstatSync, readdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ConnectOptions } from '../../lib/net/connect.js';
import type { ListenOptions } from '../../lib/net/listen.js';
import type { Server } from '../../lib/net/server.js';
import { constant } from '../../lib/raw/constants.js';
import type { Address } from '../../lib/raw/index.js';
import * as raw from '../../lib/raw/index.js';
import { recording } from '../stream/support.js';
import { guardDescriptors, isCloseOnExec, Opened } from '../support/descriptors.js';
import { DRIVE_MODES, drive, eachWithLoop } from '../support/drive.js';
import { connection, isLinux, someName, somePath, TYPES } from './unix-support.js';

guardDescriptors();
const opened = new Opened();
const test = eachWithLoop();

describe.each(DRIVE_MODES)('a Unix socket, %s', (mode) => {
  describe.each(TYPES)('of type %s', (type) => {
    it('goes from connect to an answer to both ends', async () => {
      const [serving, asking]: [string[], string[]] = [[], []];
      const { server, path } = connection(
        test.loop,
        type,
        { ...recording(serving), data: (socket, chunk) => void socket.write(chunk) },
        {
          ...recording(asking),
          open: (socket) => void socket.write('hello'),
          data: (socket, chunk) => {
            asking.push(`data ${Buffer.from(chunk)}`);
            socket.end();
          },
        },
      );
      expect(server.address).toEqual({ family: 'unix', path });
      expect(server.label).toBe(`Server ${path}`);
      await drive(test.loop, mode);
      expect(asking).toEqual(['data hello', 'end', 'close']);
      expect(serving).toEqual(['open', 'end', 'close']);
      expect(readdirSync(dirname(path))).toEqual([]);
    });

    it.runIf(isLinux)('may have an abstract name, which is no file', async () => {
      const path = someName();
      const events: string[] = [];
      const server = test.loop.listen({ path, type }, { open: (socket) => socket.end('named') });
      expect(server.address).toEqual({ family: 'unix', path });
      expect(server.label).toBe(`Server @${path.slice(1)}`);
      expect(() => test.loop.listen({ path, type }, {})).toThrow(
        expect.objectContaining({ code: 'EADDRINUSE', path }),
      );
      test.loop.connect(server.address, {});
      test.loop.connect(
        { ...server.address, type },
        { ...recording(events), end: () => server.close() },
      );
      await drive(test.loop, mode);
      expect(events).toEqual(['open', 'data named', 'close']);
    });

    it('knows who is at its other end', async () => {
      const found: unknown[] = [];
      const me = { pid: process.pid, uid: process.geteuid?.(), gid: process.getegid?.() };
      const { client } = connection(
        test.loop,
        type,
        { open: (socket) => socket.end(`${found.push(socket.peerCredentials())}`) },
        { open: (socket) => void found.push(socket.peerCredentials()) },
      );
      await drive(test.loop, mode);
      expect(found).toEqual([me, me]);
      expect(() => client.peerCredentials()).toThrow(
        expect.objectContaining({ code: 'ERR_HANDLE_CLOSED' }),
      );
    });

    it('is made close-on-exec, at both ends', async () => {
      const inherited: boolean[] = [];
      const look = (socket: { handleFd: number }) => inherited.push(isCloseOnExec(socket.handleFd));
      connection(
        test.loop,
        type,
        { open: (socket) => void [look(socket), socket.end()] },
        { open: look },
      );
      await drive(test.loop, mode);
      expect(inherited).toEqual([true, true]);
    });

    it('waits its turn where nobody more may wait to be accepted', async () => {
      const path = somePath();
      const number = constant(type === 'stream' ? 'SOCK_STREAM' : 'SOCK_SEQPACKET');
      const fd = raw.check(raw.socket(constant('AF_UNIX'), number), 'socket');
      raw.check(raw.bind(fd, { family: 'unix', path }), 'bind');
      raw.check(raw.listen(fd, 1), 'listen');
      const events: string[] = [];
      let left = 6;
      let server: Server<Address> | undefined;
      const note = recording(events);
      const close: typeof note.close = (socket, error) => {
        note.close?.(socket, error);
        if (--left === 0) server?.close();
      };
      const sockets = Array.from({ length: 6 }, () => {
        const socket = test.loop.connect({ path, type }, { ...note, close });
        socket.write('early');
        return socket;
      });
      expect(() => sockets.at(-1)?.peerCredentials()).toThrow(
        expect.objectContaining({ code: 'ENOTCONN' }),
      );
      test.loop.setTimeout(() => {
        expect(events.length).toBeLessThan(6);
        server = test.loop.listen({ fd }, { open: (socket) => socket.end('taken') });
      }, 3);
      // One that is taken for connected never ends.
      test.loop.setTimeout(() => test.loop.close(), 20_000).unref();
      await drive(test.loop, mode);
      expect(events.filter((event) => event === 'open')).toHaveLength(6);
      expect(events.filter((event) => event === 'data taken')).toHaveLength(6);
      expect(events.filter((event) => event.startsWith('close'))).toEqual(Array(6).fill('close'));
      expect(test.loop.metrics().iterations).toBeLessThan(150);
    });
  });

  it('that nobody listens at is told by close', async () => {
    const path = somePath();
    const events: string[] = [];
    const found: unknown[] = [];
    test.loop.connect({ path }, { ...recording(events), close: (_, why) => found.push(why) });
    const fd = opened.keep(raw.socket(constant('AF_UNIX'), constant('SOCK_STREAM')));
    raw.check(raw.bind(fd, { family: 'unix', path: `${path}2` }), 'bind');
    test.loop.connect({ path: `${path}2` }, recording(events));
    await drive(test.loop, mode);
    expect(found).toMatchObject([{ code: 'ENOENT', syscall: 'connect', path }]);
    expect(events).toEqual(['close ECONNREFUSED']);
  });

  it('is of the type that its server has, or refused', async () => {
    const path = somePath();
    const events: string[] = [];
    const server = test.loop.listen({ path }, {});
    test.loop.connect(
      { path, type: 'seqpacket' },
      {
        close: (_, why) => {
          events.push(String(why));
          server.close();
        },
      },
    );
    await drive(test.loop, mode);
    expect(events).toEqual([expect.stringMatching(/EPROTOTYPE|ECONNREFUSED/)]);
  });

  it('that was inherited is served, keeps its file, and has its path as address', async () => {
    const path = somePath();
    const fd = raw.check(raw.socket(constant('AF_UNIX'), constant('SOCK_STREAM')), 'socket');
    raw.check(raw.bind(fd, { family: 'unix', path }), 'bind');
    raw.check(raw.listen(fd, 8), 'listen');
    const got: string[] = [];
    const [end, other] = opened.pipe();
    const server = test.loop.listen(
      { fd },
      { open: (socket) => void [socket.write('x', { fds: [end] }), server.destroy()] },
    );
    opened.close(other);
    expect(server.address).toEqual({ family: 'unix', path });
    test.loop.connect(
      { path },
      { data: (_, chunk, fds) => void got.push(`${Buffer.from(chunk)} ${fds?.length}`) },
    );
    await drive(test.loop, mode);
    expect(got).toEqual(['x 1']);
    expect(lstatSync(path).isSocket()).toBe(true);
  });
});

describe('a server at a path', () => {
  it('has the permissions that it is to have', () => {
    const path = somePath();
    test.loop.listen({ path, mode: 0o612 }, {});
    expect(lstatSync(path).mode & 0o777).toBe(0o612);
  });

  it('leaves no file when it cannot listen, nor takes that of another', () => {
    const path = somePath();
    const server = test.loop.listen({ path }, {});
    expect(() => test.loop.listen({ path }, {})).toThrow(
      expect.objectContaining({ code: 'EADDRINUSE', syscall: 'bind', path }),
    );
    expect(existsSync(path)).toBe(true);
    server.close();
    test.loop.run('nowait');
    expect(existsSync(path)).toBe(false);
    const none = somePath();
    test.loop.poller.close();
    expect(() => test.loop.listen({ path: none }, {})).toThrow();
    expect(existsSync(none)).toBe(false);
  });

  it('goes with its loop', () => {
    const path = somePath();
    test.loop.listen({ path }, {});
    test.loop.close();
    expect(existsSync(path)).toBe(false);
  });
});

describe('misuse', () => {
  const path = '/nowhere/socket';
  const long = `/tmp/${'x'.repeat(103)}`;
  const LISTENS: [given: unknown, code: string][] = [
    [{ path: long }, 'ENAMETOOLONG'],
    [{ path: '' }, 'ERR_INVALID_ARG_VALUE'],
    [{ path: '/tmp/a\0b' }, 'ERR_INVALID_ARG_VALUE'],
    [{ path: 7 }, 'ERR_INVALID_ARG_TYPE'],
    [{ path, type: 'dgram' }, 'ERR_INVALID_ARG_VALUE'],
    [{ path, type: 'toString' }, 'ERR_INVALID_ARG_VALUE'],
    [{ path, mode: 0o1777 }, 'ERR_OUT_OF_RANGE'],
    [{ path, mode: '600' }, 'ERR_INVALID_ARG_TYPE'],
    [{ path, port: 0 }, 'ERR_INVALID_ARG_VALUE'],
    [{ path, host: '::' }, 'ERR_INVALID_ARG_VALUE'],
    [{ path, fd: 0 }, 'ERR_INVALID_ARG_VALUE'],
    [{ path, reusePort: false }, 'ERR_INVALID_ARG_VALUE'],
    [{ port: 0, type: 'stream' }, 'ERR_INVALID_ARG_VALUE'],
    [{ port: 0, mode: 0o600 }, 'ERR_INVALID_ARG_VALUE'],
    [{ path }, 'ENOENT'],
  ];
  // What is said is what somebody can mend.
  const TEXTS: [given: { path: string; mode?: number }, text: string][] = [
    [{ path: long }, 'bytes of UTF-8'],
    [{ path, mode: 0o1777 }, 'from 0 to 0o777, not 0o1777'],
    [{ path, mode: -1 }, 'not -1'],
  ];
  it.each(TEXTS)('listen with %j says what is possible', (given, text) => {
    expect(() => test.loop.listen(given, {})).toThrow(text);
  });

  const CONNECTS: [given: unknown, code: string][] = [
    [{ path: long }, 'ENAMETOOLONG'],
    [{ path: '' }, 'ERR_INVALID_ARG_VALUE'],
    [{ path, type: 'raw' }, 'ERR_INVALID_ARG_VALUE'],
    [{ path, port: 1 }, 'ERR_INVALID_ARG_VALUE'],
    [{ path, host: 'localhost' }, 'ERR_INVALID_ARG_VALUE'],
    [{ path, localPort: 1 }, 'ERR_INVALID_ARG_VALUE'],
    [{ path, family: 'ipv4' }, 'ERR_INVALID_ARG_VALUE'],
    [{ port: 1, type: 'stream' }, 'ERR_INVALID_ARG_VALUE'],
  ];

  it.each(LISTENS)('listen(%j) throws, and nothing is opened: %s', (given, code) => {
    expect(() => test.loop.listen(given as ListenOptions, {})).toThrow(
      expect.objectContaining({ code }),
    );
  });

  it.each(CONNECTS)('connect(%j) throws, and nothing is opened: %s', (given, code) => {
    expect(() => test.loop.connect(given as ConnectOptions, {})).toThrow(
      expect.objectContaining({ code }),
    );
  });

  it('TCP has no credentials of its peer', () => {
    const server = test.loop.listen({ host: '127.0.0.1', port: 0 }, {});
    const socket = test.loop.connect(server.address, {});
    expect(() => socket.peerCredentials()).toThrow(expect.objectContaining({ code: 'ENOTSUP' }));
  });
});
