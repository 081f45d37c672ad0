// What is behind a descriptor that is handed over: whether its bytes are a stream, by which
// calls they move, and which way. It is looked at and not changed. See fstat(2), fcntl(2),
// isatty(3), SO_TYPE in socket(7), ptmx(4).
import { native } from '../binding/index.js';
import { invalidValue } from '../loop/errors.js';
import { constant } from '../raw/constants.js';
import { check, SystemError } from '../raw/errors.js';
import {
  BY_FILE,
  BY_SHARED_DEVICE,
  BY_SHARED_PIPE,
  BY_SHARED_TERMINAL,
  BY_TERMINAL,
  type Transfer,
  transferOfSocket,
} from '../stream/transfer.js';

const F_GETFL = constant('F_GETFL');
const O_RDONLY = constant('O_RDONLY');
const O_WRONLY = constant('O_WRONLY');
const O_ACCMODE = constant('O_ACCMODE');
const SOL_SOCKET = constant('SOL_SOCKET');

export interface Kind {
  /** Such as 'pipe'. */
  readonly name: string;
  readonly transfer: Transfer;
  /** The same while it blocks; undefined for a socket, whose calls say that they do not wait. */
  readonly shared: Transfer | undefined;
  /** Whether opening it anew gives the same pipe or terminal. */
  readonly reopens: boolean;
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

type Bytes = Pick<Kind, 'name' | 'transfer' | 'shared' | 'reopens'>;

function bytesOf(fd: number): Bytes {
  const kind = native.fileKind(fd);
  if (typeof kind === 'number') throw new SystemError(kind, 'fstat');
  switch (kind) {
    case 'pipe':
      return { name: kind, transfer: BY_FILE, shared: BY_SHARED_PIPE, reopens: true };
    // A device may have a state for each who opened it: a queue of events, an interface.
    case 'device':
      return { name: kind, transfer: BY_FILE, shared: BY_SHARED_DEVICE, reopens: false };
    case 'terminal':
    case 'terminal-master': {
      const reopens = kind === 'terminal';
      return { name: 'terminal', transfer: BY_TERMINAL, shared: BY_SHARED_TERMINAL, reopens };
    }
    case 'socket':
      return { name: kind, transfer: connectionTransfer(fd), shared: undefined, reopens: false };
    case 'file': {
      const instead = 'read it with node:fs, or pread of rawloop/raw';
      throw invalidValue('fd', `no file, folder or disk, which are always ready: ${instead}`);
    }
    default:
      throw invalidValue('fd', 'a pipe, socket, terminal or character device: use loop.watch');
  }
}

/**
 * What `fd` is.
 *
 * @throws TypeError ERR_INVALID_ARG_VALUE for what is no stream of bytes; SystemError EBADF
 */
export function kindOf(fd: number): Kind {
  const statusFlags = check(native.fcntl(fd, F_GETFL), 'fcntl');
  const access = statusFlags & O_ACCMODE;
  return {
    ...bytesOf(fd),
    statusFlags,
    readable: access !== O_WRONLY,
    writable: access !== O_RDONLY,
  };
}
