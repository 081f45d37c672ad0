// Trap 8: to take from a descriptor until there is no more blocks for ever when it is
// a blocking one, as an inherited socket is.
//
// Without O_NONBLOCK being set in listen: the second accept of the first turn does not
// return, and the child is killed at its time limit.
import { expect, it } from 'vitest';
import { runChild } from '../support/child.js';
import { DRIVE_MODES } from '../support/drive.js';

it.each(DRIVE_MODES)('an inherited listening socket that blocks is served (%s)', (mode) => {
  const result = runChild(`
    const fd = raw.check(raw.socket(c.AF_INET, c.SOCK_STREAM), 'socket');
    raw.check(raw.bind(fd, { family: 'ipv4', address: '127.0.0.1', port: 0 }), 'bind');
    raw.check(raw.listen(fd, 8), 'listen');
    const blocks = () => (raw.fcntl(fd, c.F_GETFL) & c.O_NONBLOCK) === 0;
    const before = blocks();
    const loop = new EventLoop();
    const texts = [];
    const server = loop.listen({ fd }, {
      data: (socket, chunk) => texts.push(Buffer.from(chunk).toString()),
      close: () => { if (texts.length === 3) server.close(); },
    });
    const after = blocks();
    const { port } = server.address;
    let next = 0;
    const connect = () => {
      if (next++ === 3) return;
      loop.connect({ port }, { open: (socket) => socket.end('hello'), close: connect });
    };
    connect();
    if ('${mode}' === 'owned') loop.run();
    else loop.attach();
    process.on('exit', () => report([before, after, texts]));
  `);
  expect(result).toEqual([true, false, ['hello', 'hello', 'hello']]);
});
