// Messages with ancillary data, as the tests of it send and take them.
import * as raw from '../../lib/raw/index.js';
import { bytesOf } from '../support/bytes.js';
import type { Opened } from '../support/descriptors.js';

export const ONE_BYTE = [bytesOf('x')];

export function send(fd: number, ancillary: raw.Ancillary, address?: raw.Address): number {
  return raw.sendmsg(fd, { buffers: ONE_BYTE, address, ancillary });
}

/** The message that waits; its descriptors are closed after the test. */
export function receive(
  opened: Opened,
  fd: number,
  room: Partial<raw.MessageRoom> = {},
  flags = 0,
): raw.ReceivedMessage {
  const message = { buffers: [new Uint8Array(64)], ...room };
  const got = raw.check(raw.recvmsg(fd, message, flags), 'recvmsg');
  for (const received of got.ancillary.fds) opened.keep(received);
  if (got.ancillary.pidfd !== undefined) opened.keep(got.ancillary.pidfd);
  return got;
}
