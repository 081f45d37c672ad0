// A loop that waits sleeps, whatever the kernel says of a datagram socket without an end: that
// it was shut down by somebody who shares it, that its queue of errors has something that
// nobody asked for here.
//
// Each was seen to fail with its guard removed: `foundNothing` that does nothing, and a queue of
// errors that only a socket with `errors` reads. Tens of thousands of iterations then.
import { describe, expect, it } from 'vitest';
import type { DatagramSocket } from '../../lib/datagram/socket.js';
import { constant, constants } from '../../lib/raw/constants.js';
import * as raw from '../../lib/raw/index.js';
import { guardDescriptors } from '../support/descriptors.js';
import { DRIVE_MODES, drive, eachWithLoop } from '../support/drive.js';
import { HOST, listening } from './support.js';

guardDescriptors();
const test = eachWithLoop();
const isLinux = process.platform === 'linux';
const DEAD = { host: HOST, port: 9 };
const WAIT_MS = 40;
/** Of a loop that sleeps; one that does not makes thousands. */
const FEW = 60;

/** Closes it in a while, as nothing else ends it. */
async function waitWith(socket: DatagramSocket, mode: 'owned' | 'guest'): Promise<void> {
  // Behind the poll phase: on a busy machine the time may be over before anything was read.
  test.loop.setTimeout(() => test.loop.setImmediate(() => socket.close()), WAIT_MS);
  await drive(test.loop, mode);
  expect(test.loop.metrics().iterations).toBeLessThan(FEW);
}

describe.runIf(isLinux).each(DRIVE_MODES)('the loop sleeps, in %s mode,', (mode) => {
  it.each([
    ['for reading', 'SHUT_RD'],
    ['for both', 'SHUT_RDWR'],
  ])('with a socket that was shut down %s', async (_what, how) => {
    const { socket } = listening(test.loop, {}, { to: DEAD });
    raw.check(raw.shutdown(socket.handleFd, constant(how)), 'shutdown');
    await waitWith(socket, mode);
  });

  it('with one of a pair that was', async () => {
    const [ours, theirs] = raw.check(
      raw.socketpair(constant('AF_UNIX'), constant('SOCK_DGRAM')),
      'socketpair',
    );
    const socket = test.loop.dgram({ fd: ours }, {});
    raw.check(raw.shutdown(ours, constant('SHUT_RDWR')), 'shutdown');
    await waitWith(socket, mode);
    raw.close(theirs);
  });

  it('when errors are asked for behind its back, which are told as any', async () => {
    const { socket, heard } = listening(test.loop, {}, { errors: false });
    socket.setOption('IP_RECVERR', true);
    socket.send('x', DEAD);
    await waitWith(socket, mode);
    expect(heard.errors).toMatchObject([{ code: 'ECONNREFUSED', to: { port: DEAD.port } }]);
  });

  it('when times of sending are, which are no errors', async () => {
    const { socket, heard } = listening(test.loop, {}, { errors: false });
    // SOF_TIMESTAMPING_TX_SOFTWARE | SOF_TIMESTAMPING_SOFTWARE
    const name = constants['SO_TIMESTAMPING'] ?? 37;
    raw.check(raw.setsockopt(socket.handleFd, constant('SOL_SOCKET'), name, 18), 'setsockopt');
    socket.send('x', { host: HOST, port: (socket.address as { port: number }).port });
    await waitWith(socket, mode);
    expect(heard.errors).toEqual([]);
    expect(heard.messages.length).toBe(1);
  });
});

it('a socket that was ready in vain hears what comes all the same', async () => {
  const server = listening(test.loop, { message: (socket) => socket.close() });
  server.socket.vain = 1000;
  const client = listening(test.loop, {}, { to: server.socket.address as raw.IpAddress });
  client.socket.send('x');
  client.socket.close();
  await drive(test.loop);
  expect(server.heard.messages.length).toBe(1);
});
