// MSG_ZEROCOPY has the kernel read the memory after the call, when it may hold something else:
// what other code keeps there would go out. It is refused. Without kBorrowingFlags each call
// returns the number of bytes.
import { expect, it } from 'vitest';
import { constant, constants } from '../../lib/raw/constants.js';
import * as raw from '../../lib/raw/index.js';
import { Opened } from '../support/descriptors.js';

const opened = new Opened();
const MSG_ZEROCOPY = constants['MSG_ZEROCOPY'] ?? 0;
const bytes = new Uint8Array(16);

it.runIf(MSG_ZEROCOPY !== 0).each([
  ['send', (fd: number) => raw.send(fd, bytes, 0, 16, MSG_ZEROCOPY)],
  ['sendto', (fd: number) => raw.sendto(fd, bytes, 0, 16, MSG_ZEROCOPY)],
  ['sendmsg', (fd: number) => raw.sendmsg(fd, { buffers: [bytes] }, MSG_ZEROCOPY)],
  ['sendmmsg', (fd: number) => raw.sendmmsg(fd, [{ buffers: [bytes] }], MSG_ZEROCOPY)],
])('%s does not lend memory to the kernel', (_, call) => {
  const server = opened.keep(raw.socket(constant('AF_INET'), constant('SOCK_STREAM')));
  raw.check(raw.bind(server, { family: 'ipv4', address: '127.0.0.1', port: 0 }), 'bind');
  raw.check(raw.listen(server, 1), 'listen');
  const client = opened.keep(raw.socket(constant('AF_INET'), constant('SOCK_STREAM')));
  raw.check(raw.connect(client, raw.check(raw.getsockname(server), 'getsockname')), 'connect');
  raw.setsockopt(client, constant('SOL_SOCKET'), constant('SO_ZEROCOPY'), 1);
  expect(call(client)).toBe(-constant('EOPNOTSUPP'));
});
