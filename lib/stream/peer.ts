// Who is at the other end of a Unix socket, by the kernel's word. See SO_PEERCRED in unix(7).
import { native } from '../binding/index.js';
import { handleClosed } from '../loop/errors.js';
import { constant } from '../raw/constants.js';
import { check, SystemError } from '../raw/errors.js';
import type { StreamBase } from './base.js';

/** Who made the other end of a Unix socket, as the kernel noted it then. */
export interface PeerCredentials {
  /** The process that connected, called listen(2), or made the pair; 0: not of ours to see. */
  pid: number;
  /** Its effective user. */
  uid: number;
  /** Its effective group. */
  gid: number;
}

const ENOTSUP = -constant('ENOTSUP');
const words = new Int32Array(3);

/** @throws SystemError ENOTCONN, ENOTSUP; Error ERR_HANDLE_CLOSED */
export function peerCredentialsOf(stream: StreamBase): PeerCredentials {
  if (!stream.active) throw handleClosed(stream.kind);
  if (!stream.group.transfer.passes) throw new SystemError(ENOTSUP, 'getsockopt');
  check(native.peerOf(stream.handleFd, words), 'getsockopt');
  const [pid = 0, uid = 0, gid = 0] = words;
  // Users and groups have no sign.
  return { pid, uid: uid >>> 0, gid: gid >>> 0 };
}
