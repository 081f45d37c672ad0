// Trap 27: the end of a stream on kqueue. EV_EOF comes with the last bytes, not after
// them, and says which direction has ended, not both: only a receive of 0 bytes is
// the end. It stays set, which must not make a loop spin.
//
// Without the guards in BitsOf (native/poll/kqueue_wait.cc): with EV_EOF told as a hangup
// alone, what is still to be read is not told as readable; with a hangup at the end of
// one direction, the half-open socket has one; without a look at the error in fflags,
// the refused connection has none.
import { describe, expect, it } from 'vitest';
import { createPoller, Interest, Ready } from '../../lib/poller/index.js';
import { constant } from '../../lib/raw/constants.js';
import * as raw from '../../lib/raw/index.js';
import { eachWithPoller, found } from '../poller/support.js';
import { pattern, put, take } from '../support/bytes.js';
import { guardDescriptors, Opened } from '../support/descriptors.js';
import { eachWithLoop, run } from '../support/drive.js';
import { deviates, usedBackend } from '../support/libkqueue.js';

const HALF = 3 << 20;

describe.runIf(raw.supported.kqueue)('the poller', () => {
  guardDescriptors();
  const opened = new Opened();
  const test = eachWithPoller(() => createPoller('checked:kqueue'));

  it('tells of bytes that came before the end, and of the end itself, as readable', () => {
    for (const [left, right] of [opened.pair(), opened.tcpPair()]) {
      test.poller.add(left, Interest.READ, left);
      put(right, 'last words');
      opened.close(right);
      const bits = found(test.poller, -1).get(left) ?? 0;
      expect(bits & Ready.READ).toBe(Ready.READ);
      expect(take(left)).toBe('last words');
      // The end is there until somebody has seen it, and stays.
      expect((found(test.poller, -1).get(left) ?? 0) & Ready.READ).toBe(Ready.READ);
      expect(raw.recv(left, new Uint8Array(1))).toBe(0);
      test.poller.delete(left);
    }
  });

  it('tells of a half-open socket that it is readable and writable, and hung up no more', () => {
    const [left, right] = opened.pair();
    raw.check(raw.shutdown(right, constant('SHUT_WR')), 'shutdown');
    test.poller.add(left, Interest.READ | Interest.WRITE, 1);
    expect(found(test.poller)).toEqual(new Map([[1, Ready.READ | Ready.WRITE]]));
    put(left, 'still open');
    expect(take(right)).toBe('still open');
  });

  it('tells of a socket that is over in both directions that it is hung up', () => {
    const [left, right] = opened.pair();
    test.poller.add(left, Interest.READ | Interest.WRITE, 1);
    opened.close(right);
    const bits = found(test.poller, -1).get(1) ?? 0;
    expect(bits & (Ready.READ | Ready.HANGUP)).toBe(Ready.READ | Ready.HANGUP);
  });

  it('tells of a refused connection as an error, which can be asked for', () => {
    const [listener, address] = opened.listening();
    opened.close(listener);
    const type = constant('SOCK_STREAM') | constant('SOCK_NONBLOCK');
    const fd = opened.keep(raw.socket(constant('AF_INET'), type));
    expect(raw.connect(fd, address)).toBe(-constant('EINPROGRESS'));
    test.poller.add(fd, Interest.WRITE, 1);
    const bits = found(test.poller, -1).get(1) ?? 0;
    expect(bits & (Ready.WRITE | Ready.ERROR)).toBe(Ready.WRITE | Ready.ERROR);
    const error = raw.getsockopt(fd, constant('SOL_SOCKET'), constant('SO_ERROR'));
    expect(error).toBe(deviates('kqueue', 'errorTaken') ? 0 : constant('ECONNREFUSED'));
  });
});

describe.runIf(usedBackend === 'kqueue')('a loop', () => {
  guardDescriptors();
  const test = eachWithLoop();

  it('gets all that was sent before the end, then the end once, and spins for neither', async () => {
    const sent = pattern(HALF);
    let received = 0;
    let ends = 0;
    const server = test.loop.listen(
      { port: 0 },
      {
        data(_, chunk) {
          received += chunk.length;
        },
        end(socket) {
          ends++;
          expect(received).toBe(HALF);
          // Half-open: the answer comes after the peer's end.
          socket.end('and the answer');
        },
      },
    );
    const { port } = server.address as raw.IpAddress;
    let answer = '';
    const client = test.loop.connect(
      { port },
      {
        data(_, chunk) {
          answer += Buffer.from(chunk).toString();
        },
        close: () => server.close(),
      },
    );
    client.write(sent);
    client.end();
    const before = test.loop.metrics().iterations;
    await run(test.loop);
    expect([ends, answer]).toEqual([1, 'and the answer']);
    // At most one turn for each KiB.
    expect(test.loop.metrics().iterations - before).toBeLessThan(HALF / 1024);
  });
});
