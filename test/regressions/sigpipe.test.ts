// Trap 15: to send to a peer that is gone raises SIGPIPE, which ends the process that
// does not ignore it. The disposition is the host's to set, not ours.
//
// Without MSG_NOSIGNAL in send and in SendParts (native/stream/batch.cc): the handler here is called.
import { expect, it } from 'vitest';
import { runChild } from '../support/child.js';

const COUNT = `
  let signals = 0;
  process.on('SIGPIPE', () => { signals++; });
  const tellLater = (value) => setTimeout(() => {
    report([signals, value]);
    process.exit();
  }, 50);
`;

it('raw.send to a peer that is gone is -EPIPE and no signal', () => {
  const result = runChild(`${COUNT}
    const [left, right] = raw.socketpair(c.AF_UNIX, c.SOCK_STREAM);
    raw.close(right);
    tellLater(raw.send(left, Buffer.from('x')) === -c.EPIPE);
  `);
  expect(result).toEqual([0, true]);
});

it.each([
  ['small', 10, 1],
  ['many small', 10, 100],
  ['large', 1_000_000, 1],
])('a socket that writes %s pieces to a reset peer is closed, and no signal', (_, size, times) => {
  const result = runChild<[number, string[]]>(`${COUNT}
    const loop = new EventLoop();
    const listener = raw.check(raw.socket(c.AF_INET, c.SOCK_STREAM), 'socket');
    raw.check(raw.bind(listener, { family: 'ipv4', address: '127.0.0.1', port: 0 }), 'bind');
    raw.check(raw.listen(listener, 4), 'listen');
    const codes = [];
    let left = 5;
    const again = () => loop.connect({ port: raw.getsockname(listener).port }, {
      open(socket) {
        const peer = raw.accept4(listener);
        raw.setsockopt(peer, c.SOL_SOCKET, c.SO_LINGER, new Int32Array([1, 0]));
        raw.close(peer);
        // The first error takes the reset; what follows would raise the signal.
        socket.pause();
        loop.setImmediate(() => {
          socket.getOption(c.SOL_SOCKET, c.SO_ERROR);
          for (let i = 0; i < ${times} && socket.active; i++) socket.write(Buffer.alloc(${size}));
        });
      },
      close(socket, error) {
        codes.push(error.code);
        if (--left > 0) again();
      },
    });
    again();
    setImmediate(() => {
      loop.run();
      tellLater(codes);
    });
  `);
  expect(result[0]).toBe(0);
  expect(result[1].length).toBe(5);
  expect(new Set([...result[1], 'EPIPE', 'ECONNRESET']).size).toBe(2);
});

it('the disposition of SIGPIPE stays as the host has it', () => {
  const [before, after] = runChild<[string, string]>(`
    const masks = () => fs.readFileSync('/proc/self/status', 'utf8').match(/Sig(Ign|Cgt|Blk).*/g);
    const before = masks();
    const loop = new EventLoop();
    const [left, right] = raw.socketpair(c.AF_UNIX, c.SOCK_STREAM);
    raw.close(right);
    raw.send(left, Buffer.from('x'));
    raw.write(left, Buffer.from('x'));
    loop.listen({ port: 0 }, {}).close();
    loop.run();
    report([before.join(), masks().join()]);
  `);
  expect(after).toBe(before);
});
