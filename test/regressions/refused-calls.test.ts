// Traps 5 and 46: an errno has more than one cause, and which of them passes is for the
// kernel to say. The calls are made to fail by strace.
//
// Without the back-off for what is on no list (Server's `onReady`) an accept that is
// refused spins, untold; with a close in the place of `isOutOfMemory` (lib/stream/
// sending.ts, input.ts) a connection ends for want of memory; with `undefined` for a
// name that cannot be had a server has no address; without a check of getsockname
// (lib/stream/transfer.ts) a Unix socket that is taken over passes no descriptors.
import { describe, expect, it } from 'vitest';
import { EventLoop } from '../../lib/faces/event-loop.js';
import { endOfChild, hasStrace, runChild } from '../support/child.js';
import { DRIVE_MODES, run } from '../support/drive.js';

const ACCEPT = `
  const loop = new EventLoop();
  const told = [];
  const server = loop.listen({ host: '127.0.0.1', port: 0 }, {
    open: (socket) => { told.push('served'); socket.destroy(); server.close(); },
    error: (from, error) => told.push(error.code + ' ' + error.syscall),
  });
  const fd = raw.check(raw.socket(c.AF_INET, c.SOCK_STREAM), 'socket');
  raw.check(raw.connect(fd, server.address), 'connect');
`;

describe.skipIf(!hasStrace).each(DRIVE_MODES)('in %s mode', (mode) => {
  const start = mode === 'owned' ? 'setImmediate(() => loop.run());' : 'loop.attach();';
  const exit = "process.on('exit', () => report(told));";

  it.each(['EPERM', 'ENOSYS', 'EIO', 'EMFILE'])(
    'an accept that is refused with %s is told, tried again, and served',
    (code) => {
      const strace = ['trace=accept4', `inject=accept4:error=${code}:when=1..3`];
      const told = runChild(`${ACCEPT} ${exit} ${start}`, { strace });
      expect(told).toEqual([...Array(3).fill(`${code} accept4`), 'served']);
    },
  );

  it.each(['ECONNABORTED', 'EHOSTUNREACH'])(
    'an accept that says %s all the time is no accident: it is told, and backs off',
    (code) => {
      const strace = ['trace=accept4', `inject=accept4:error=${code}`];
      // Behind the first, however long the machine stands still before it.
      const close =
        'const close = () => told.length > 0 ? server.close() : loop.setTimeout(close, 150);';
      const script = `${ACCEPT} ${close} loop.setTimeout(close, 150); ${exit} ${start}`;
      const told = runChild<string[]>(script, { strace });
      expect(told[0]).toBe(`${code} accept4`);
      expect(told.length).toBeLessThan(12);
    },
  );

  it('a connection that went away is passed over in silence', () => {
    const strace = ['trace=accept4', 'inject=accept4:error=ECONNABORTED:when=1..5'];
    expect(runChild(`${ACCEPT} ${exit} ${start}`, { strace })).toEqual(['served']);
  });

  it('a server that is over is told, or thrown where nobody listens', () => {
    const strace = ['trace=accept4', 'inject=accept4:error=ENOTSOCK'];
    const script = `${ACCEPT} process.on('exit', () => report([told, server.isClosed])); ${start}`;
    expect(runChild(script, { strace })).toEqual([['ENOTSOCK accept4'], true]);
    const silent = endOfChild(script.replace(/error: .*/, ''), { strace });
    expect([silent.status, silent.stderr]).toEqual([1, expect.stringContaining('ENOTSOCK')]);
  });

  it.each(['ENOBUFS', 'ENOMEM'])('a send without memory (%s) loses no byte', (code) => {
    const strace = ['trace=sendto', `inject=sendto:error=${code}:when=1..4`];
    const result = runChild(
      `
      const loop = new EventLoop();
      const parts = [];
      const server = loop.listen({ host: '127.0.0.1', port: 0 }, {
        data: (socket, chunk) => parts.push(Buffer.from(chunk)),
      });
      const expected = Buffer.concat([Buffer.from('small'), Buffer.alloc(100_000, 'large')]);
      const told = [];
      loop.connect({ port: server.address.port }, {
        open(socket) { socket.write('small'); socket.write(expected.subarray(5)); socket.end(); socket.unref(); },
        close(socket, error) {
          told.push(error?.code);
          server.close();
        },
      });
      process.on('exit', () => report([Buffer.concat(parts).equals(expected), told]));
      ${start}
    `,
      { strace },
    );
    expect(result).toEqual([true, [null]]);
  });

  it('a read without memory is made again', () => {
    const strace = ['trace=recvfrom', 'inject=recvfrom:error=ENOMEM:when=1..3'];
    const result = runChild(
      `
      const loop = new EventLoop();
      const told = [];
      const server = loop.listen({ host: '127.0.0.1', port: 0 }, {
        data: (socket, chunk) => told.push(Buffer.from(chunk).toString()),
        close: (socket, error) => { told.push(error?.code); server.close(); },
      });
      loop.connect({ port: server.address.port }, { open: (socket) => socket.end('hello') });
      process.on('exit', () => report(told));
      ${start}
    `,
      { strace },
    );
    expect(result).toEqual(['hello', null]);
  });

  it('why a connect failed, when it cannot be asked, is told as what could not be asked', () => {
    const strace = ['trace=getsockopt', 'inject=getsockopt:error=ENOBUFS'];
    const result = runChild(
      `
      const loop = new EventLoop();
      const told = [];
      const server = loop.listen({ host: '127.0.0.1', port: 0 }, {});
      loop.connect({ port: server.address.port }, {
        close: (socket, error) => { told.push(error.code + ' ' + error.syscall); server.destroy(); },
      });
      process.on('exit', () => report(told));
      ${start}
    `,
      { strace },
    );
    expect(result).toEqual(['ENOBUFS getsockopt']);
  });
});

it.skipIf(!hasStrace)(
  'a server whose name cannot be had is refused, and closes what it opened',
  () => {
    const result = runChild(
      `
    const loop = new EventLoop();
    const before = countDescriptors();
    let code;
    try { loop.listen({ host: '127.0.0.1', port: 0 }, {}); } catch (error) { code = error.code + ' ' + error.syscall; }
    report([code, countDescriptors() - before, loop.alive]);
  `,
      { strace: ['trace=getsockname', 'inject=getsockname:error=ENOBUFS'] },
    );
    expect(result).toEqual(['ENOBUFS getsockname', 0, false]);
  },
);

it.skipIf(!hasStrace)('a socket whose name cannot be had is not taken over', () => {
  const result = runChild(
    `
    const loop = new EventLoop();
    const [fd] = raw.socketpair(c.AF_UNIX, c.SOCK_STREAM, 0);
    const told = [];
    try { loop.stream(fd, {}, {}); } catch (error) { told.push(error.code + ' ' + error.syscall); }
    report([...told, raw.close(fd)]);
  `,
    { strace: ['trace=getsockname', 'inject=getsockname:error=ENOBUFS'] },
  );
  expect(result).toEqual(['ENOBUFS getsockname', 0]);
});

it.skipIf(!hasStrace)('a threaded server whose name cannot be had is not started', () => {
  const result = runChild(
    `
    const server = new rawloop.ThreadPerConnectionServer({ host: '127.0.0.1', loop: new EventLoop() });
    const before = countDescriptors();
    let code;
    try { server.start(); } catch (error) { code = error.code + ' ' + error.syscall; }
    report([code, countDescriptors() - before]);
  `,
    { strace: ['trace=getsockname', 'inject=getsockname:error=ENOBUFS'] },
  );
  expect(result).toEqual(['ENOBUFS getsockname', 0]);
});

describe('an address', () => {
  it('of a link without its interface is refused by the kernel, and that is told', async () => {
    const loop = new EventLoop();
    const told: unknown[] = [];
    const close = (_: unknown, error?: NodeJS.ErrnoException) =>
      void told.push(error?.code, error?.syscall);
    loop.connect({ host: 'fe80::1', port: 9 }, { close });
    await run(loop);
    expect(told).toEqual(['EINVAL', 'connect']);
    expect(() => loop.listen({ host: 'fe80::1', port: 0 }, {})).toThrow(
      expect.objectContaining({ code: 'EINVAL', syscall: 'bind' }),
    );
    loop.close();
  });

  it.each([
    '1.2.3.999',
    '1.2.3',
    'fe80::g',
    ':::',
    'http://host',
    '1::2::3',
    '::1%no-such-0',
    '\0',
    '',
  ])('that is none is refused before any call: %j', (host) => {
    const loop = new EventLoop();
    for (const start of ['listen', 'connect'] as const) {
      expect(() => loop[start]({ host, port: 1 }, {})).toThrow(
        expect.objectContaining({ code: 'ERR_INVALID_ARG_VALUE' }),
      );
    }
    expect(() => loop.connect({ port: 1, localAddress: host }, {})).toThrow(
      expect.objectContaining({ code: 'ERR_INVALID_ARG_VALUE' }),
    );
    expect(loop.alive).toBe(false);
    loop.close();
  });
});
