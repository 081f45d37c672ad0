// What the kernel refuses a relay, and what follows: without descriptors for a pipe, or where
// splice(2) says EINVAL, the bytes are copied from then on; where it has no memory they wait. And
// that a peer that is gone raises no SIGPIPE, which splice(2) has no flag against.
//
// Without the mask in native/stream/relay.cc: the handler of the last test is called.
import { describe, expect, it } from 'vitest';
import { supported } from '../../lib/raw/index.js';
import { hasStrace, runChild } from '../support/child.js';

/** Relays a megabyte through an echo, with a reader that pauses; `report`s what came back. */
const ECHO = `
  const { relay } = rawloop;
  const loop = new EventLoop();
  const nonblock = c.SOCK_STREAM | c.SOCK_NONBLOCK;
  const pair = () => raw.check(raw.socketpair(c.AF_UNIX, nonblock, 0), 'socketpair');
  const [[near, ofA], [ofB, far]] = [pair(), pair()];
  const bytes = Buffer.from(Array.from({ length: 1 << 20 }, (_, i) => (i * 31 + (i >> 8) * 7) % 251));
  const a = loop.stream(ofA, {}, {});
  const b = loop.stream(ofB, {}, {});
  loop.stream(far, { allowHalfOpen: true }, {
    data: (socket, chunk) => { socket.write(chunk); },
    end: (socket) => socket.end(),
  });
  const came = [];
  const client = loop.stream(near, { allowHalfOpen: true }, {
    data: (socket, chunk) => { came.push(chunk.slice()); },
  });
  client.end(bytes);
  const run = (then) => setImmediate(() => { loop.run(); then(Buffer.concat(came).equals(bytes)); });
`;

describe.runIf(supported.splice)('a relay inside the kernel', () => {
  it('copies where there are no descriptors for a pipe', () => {
    const result = runChild(
      `${ECHO}
      const held = [];
      for (let fd = raw.dup(1); fd >= 0; fd = raw.dup(1)) held.push(fd);
      const joined = relay(a, b);
      const before = joined.spliced;
      run((same) => report([same, before, joined.spliced, joined.bytesAToB, joined.bytesBToA]));
    `,
      { maxDescriptors: 64 },
    );
    expect(result).toEqual([true, true, false, 1 << 20, 1 << 20]);
  });

  it.runIf(hasStrace).each([
    ['EINVAL', 'splice:error=EINVAL:when=7', false],
    ['EINVAL at once', 'splice:error=EINVAL', false],
    ['ENOMEM', 'splice:error=ENOMEM:when=4+5', true],
  ])('passes on each byte although the kernel says %s', (_name, inject, splices) => {
    const result = runChild(
      `${ECHO}
      const joined = relay(a, b);
      run((same) => report([same, joined.spliced, joined.bytesAToB]));
    `,
      { strace: [`inject=${inject}`] },
    );
    expect(result).toEqual([true, splices, 1 << 20]);
  });

  it('raises no SIGPIPE where the peer is gone', () => {
    const result = runChild(`
      let signals = 0;
      process.on('SIGPIPE', () => { signals++; });
      const { relay } = rawloop;
      const loop = new EventLoop();
      const nonblock = c.SOCK_STREAM | c.SOCK_NONBLOCK;
      const pair = () => raw.check(raw.socketpair(c.AF_UNIX, nonblock, 0), 'socketpair');
      const codes = [];
      for (let i = 0; i < 5; i++) {
        const [[near, ofA], [ofB, far]] = [pair(), pair()];
        relay(loop.stream(ofA, {}, {}), loop.stream(ofB, {}, {})).closed.catch((error) => codes.push(error.code));
        raw.write(near, Buffer.alloc(1000));
        raw.shutdown(far, c.SHUT_RD);
        raw.close(far);
        loop.setTimeout(() => raw.close(near), 5);
      }
      setImmediate(() => {
        loop.run();
        setTimeout(() => { report([signals, codes]); process.exit(); }, 30);
      });
    `) as [number, string[]];
    expect(result[0]).toBe(0);
  });
});
