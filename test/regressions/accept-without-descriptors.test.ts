// Trap 5: no descriptor is left for the next connection. The listening socket stays
// readable: a loop that goes on at once spins, one that closes what it cannot take
// throws the backlog away.
//
// Without the back-off in Server: the error handler is called thousands of times
// before descriptors are free again.
import { describe, expect, it } from 'vitest';
import { runChild } from '../support/child.js';
import { DRIVE_MODES } from '../support/drive.js';

const CLIENTS = 5;

/** A server whose clients wait in the backlog while every descriptor is taken. */
const SETUP = `
  const loop = new EventLoop();
  // The host waits for a descriptor of its own.
  if (MODE === 'guest') loop.attach();
  const errors = [];
  const texts = [];
  let served = 0;
  const server = loop.listen({ host: '127.0.0.1', port: 0 }, {
    data: (socket, chunk) => {
      texts.push(Buffer.from(chunk).toString());
      socket.end(chunk);
    },
    close: () => { if (++served === ${CLIENTS}) server.close(); },
    error: (from, error) => onError(from, error),
  });
  const clients = [];
  for (let i = 0; i < ${CLIENTS}; i++) {
    const fd = raw.check(raw.socket(c.AF_INET, c.SOCK_STREAM), 'socket');
    raw.check(raw.connect(fd, server.address), 'connect');
    raw.check(raw.write(fd, Buffer.from('client ' + i)), 'write');
    raw.check(raw.shutdown(fd, c.SHUT_WR), 'shutdown');
    clients.push(fd);
  }
  const hoard = [];
  for (let fd = raw.eventfd(0); fd >= 0; fd = raw.eventfd(0)) hoard.push(fd);
  const free = () => { for (const fd of hoard.splice(0)) raw.close(fd); };
`;

const options = { maxDescriptors: 64 };

describe.each(DRIVE_MODES)('in %s mode', (mode) => {
  const setUp = `const MODE = '${mode}'; ${SETUP}`;
  const start = mode === 'owned' ? 'loop.run();' : '';

  it('the server tells of it, waits, and serves everybody who waited', () => {
    const result = runChild<{ errors: string[]; texts: string[]; ticks: number }>(
      `
      let ticks = 0;
      function onError(from, error) {
        assert.strictEqual(from, server);
        errors.push(error.code + ' ' + error.syscall);
        if (errors.length === 3) free();
      }
      ${setUp}
      const ticker = loop.setInterval(() => { ticks++; }, 1).unref();
      process.on('exit', () => {
        free();
        report({ errors, texts: texts.sort(), ticks });
      });
      ${start}
    `,
      options,
    );
    expect(result.errors).toEqual(Array(3).fill('EMFILE accept4'));
    expect(result.texts).toEqual(Array.from({ length: CLIENTS }, (_, i) => `client ${i}`));
    // The rest of the loop goes on meanwhile.
    expect(result.ticks).toBeGreaterThan(1);
  });

  it('it backs off instead of spinning', () => {
    const errors = runChild<number>(
      `
      let count = 0;
      function onError() { count++; }
      ${setUp}
      // Not before the second attempt, however long the machine stands still.
      const interval = loop.setInterval(() => {
        if (count < 2) return;
        loop.clearInterval(interval);
        free();
      }, 200);
      process.on('exit', () => report(count));
      ${start}
    `,
      options,
    );
    // 5, 10, 20, 40, 80 ms apart.
    expect(errors).toBeGreaterThanOrEqual(2);
    expect(errors).toBeLessThan(15);
  });

  it('a server without an error handler does the same', () => {
    const texts = runChild<string[]>(
      `
      const onError = () => {};
      ${setUp.replace(/error: .*/, '')}
      loop.setTimeout(free, 30);
      process.on('exit', () => report(texts));
      ${start}
    `,
      options,
    );
    expect(texts.length).toBe(CLIENTS);
  });

  it('a server that is closed meanwhile stays closed', () => {
    const result = runChild(
      `
      function onError(from, error) {
        errors.push(error.code);
        from.close();
        from.close();
      }
      ${setUp}
      process.on('exit', () => {
        free();
        report([errors, texts, server.isClosed, loop.alive]);
      });
      ${start}
    `,
      options,
    );
    expect(result).toEqual([['EMFILE'], [], true, false]);
  });
});
