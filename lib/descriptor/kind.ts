// What is behind a descriptor that is handed over: whether its bytes are a stream, by which
// calls they move, and which way. It is looked at and not changed. See fstat(2), fcntl(2),
// isatty(3), SO_TYPE in socket(7).
import { fstatSync } from 'node:fs';
import { isatty } from 'node:tty';
import { native } from '../binding/index.js';
import { invalidValue } from '../loop/errors.js';
import { constant } from '../raw/constants.js';
import { check } from '../raw/errors.js';
import { BY_FILE, BY_TERMINAL, type Transfer, transferOfSocket } from '../stream/transfer.js';

const F_GETFL = constant('F_GETFL');
const O_RDONLY = constant('O_RDONLY');
const O_WRONLY = constant('O_WRONLY');
const O_ACCMODE = constant('O_ACCMODE');
const SOL_SOCKET = constant('SOL_SOCKET');

export interface Kind {
  /** Such as 'pipe'. */
  readonly name: string;
  readonly transfer: Transfer;
  /** What F_GETFL says: O_NONBLOCK or not, and the rest. */
  readonly statusFlags: number;
  readonly readable: boolean;
  readonly writable: boolean;
}

function connectionTransfer(fd: number): Transfer {
  const transfer = transferOfSocket(fd);
  if (transfer === undefined) {
    throw invalidValue('fd', 'a socket of bytes: loop.watch waits for one of datagrams');
  }
  const accepts = native.getsockopt(fd, SOL_SOCKET, constant('SO_ACCEPTCONN'));
  if (check(accepts, 'getsockopt') === 0) return transfer;
  throw invalidValue('fd', 'a connection: loop.listen({ fd }) takes a socket that listens');
}

function transferOf(fd: number): [name: string, transfer: Transfer] {
  const status = fstatSync(fd);
  if (status.isFIFO()) return ['pipe', BY_FILE];
  if (status.isCharacterDevice()) {
    return isatty(fd) ? ['terminal', BY_TERMINAL] : ['device', BY_FILE];
  }
  if (status.isSocket()) {
    return ['socket', connectionTransfer(fd)];
  }
  if (status.isFile() || status.isDirectory() || status.isBlockDevice()) {
    throw invalidValue('fd', 'no file, folder or disk, which are always ready: use loop.fs');
  }
  throw invalidValue('fd', 'a pipe, socket, terminal or character device: use loop.watch');
}

/**
 * What `fd` is.
 *
 * @throws TypeError ERR_INVALID_ARG_VALUE for what is no stream of bytes; SystemError EBADF
 */
export function kindOf(fd: number): Kind {
  const statusFlags = check(native.fcntl(fd, F_GETFL), 'fcntl');
  const [name, transfer] = transferOf(fd);
  const access = statusFlags & O_ACCMODE;
  return {
    name,
    transfer,
    statusFlags,
    readable: access !== O_WRONLY,
    writable: access !== O_RDONLY,
  };
}
