// How a socket comes to listen: opened at an address or a path, or inherited. What was opened
// is closed again when a later call fails. See listen(2), ip(7), ipv6(7), unix(7).
import { type IpAddress, native } from '../binding/index.js';
import { invalidValue } from '../loop/errors.js';
import { constant } from '../raw/constants.js';
import { check, type SystemError } from '../raw/errors.js';
import { BY_SOCKET, type Transfer, transferOfSocket } from '../stream/transfer.js';
import { type BoundPath, bindToPath } from '../unix/path.js';
import { detailsOf } from './endpoint.js';
import { bindTo, guarded, openStream, setFlag, setNoDelay } from './open.js';
import { openUnix, type UnixPlace } from './unix.js';

const SOL_SOCKET = constant('SOL_SOCKET');

/** A socket that listens, and does not block. */
export interface Listening {
  readonly fd: number;
  /** By which calls the bytes of its connections move. */
  readonly transfer: Transfer;
  /** Its file, if it made one. */
  readonly bound?: BoundPath | undefined;
}

/** What opening goes by beside the place. */
export interface Opening {
  readonly backlog: number;
  readonly noDelay: boolean;
  readonly reusePort: boolean;
  readonly ipv6Only: boolean;
  /** Sets the socket options that were asked for. */
  readonly setInitialOptions: (fd: number) => void;
}

/** Opens a socket that listens at `address`. */
function openAt(address: IpAddress, opening: Opening): number {
  const { backlog, noDelay, reusePort, ipv6Only } = opening;
  const fd = openStream(address);
  return guarded(fd, () => {
    // Accepted sockets inherit it: no call for each of them.
    if (noDelay) setNoDelay(fd);
    setFlag(fd, SOL_SOCKET, 'SO_REUSEADDR');
    if (reusePort) setFlag(fd, SOL_SOCKET, 'SO_REUSEPORT');
    // Said either way: the system's own default is an administrator's to change.
    if (ipv6Only || address.address === '::') {
      setFlag(fd, constant('IPPROTO_IPV6'), 'IPV6_V6ONLY', ipv6Only);
    }
    opening.setInitialOptions(fd);
    bindTo(fd, address);
    check(native.listen(fd, backlog), 'listen', detailsOf(address));
    return fd;
  });
}

/** What a system without IPv6 answers, or whose '::' cannot take IPv4 as well. */
const NO_IPV6 = new Set(['EAFNOSUPPORT', 'EADDRNOTAVAIL', 'EINVAL']);

/** Opens a socket that listens at the first of two addresses that there is. */
export function openIp([first, second]: IpAddress[], opening: Opening): Listening {
  let refused: unknown;
  const setInitialOptions = (fd: number) => {
    try {
      opening.setInitialOptions(fd);
    } catch (error) {
      refused = error;
      throw error;
    }
  };
  try {
    return {
      fd: openAt(first as IpAddress, { ...opening, setInitialOptions }),
      transfer: BY_SOCKET,
    };
  } catch (error) {
    // A bad value of an option is EINVAL as well, and says nothing of IPv6.
    const isAbsent = error !== refused && NO_IPV6.has((error as SystemError).code);
    if (second === undefined || !isAbsent) throw error;
    return { fd: openAt(second, opening), transfer: BY_SOCKET };
  }
}

/** Opens a Unix socket that listens; its file goes again when it cannot. */
export function openPath(
  place: UnixPlace,
  mode: number | undefined,
  { backlog, setInitialOptions }: Opening,
): Listening {
  const fd = openUnix(place);
  let bound: BoundPath | undefined;
  const open = () => {
    setInitialOptions(fd);
    bound = bindToPath(fd, place, mode);
    check(native.listen(fd, backlog), 'listen', detailsOf(place));
    return { fd, transfer: place.transfer, bound };
  };
  return guarded(fd, open, () => bound?.release());
}

/** Looks at an inherited socket, which has to listen. @throws SystemError; TypeError */
export function checkInherited(fd: number): Transfer {
  const accepts = native.getsockopt(fd, SOL_SOCKET, constant('SO_ACCEPTCONN'));
  check(accepts, 'getsockopt');
  const transfer = transferOfSocket(fd);
  if (accepts !== 0 && transfer !== undefined) return transfer;
  throw invalidValue('options.fd', 'a listening socket');
}

/** An accept must never block the loop. */
export function prepareInherited(fd: number): void {
  const flags = check(native.fcntl(fd, constant('F_GETFL')), 'fcntl');
  check(native.fcntl(fd, constant('F_SETFL'), flags | constant('O_NONBLOCK')), 'fcntl');
  check(native.fcntl(fd, constant('F_SETFD'), constant('FD_CLOEXEC')), 'fcntl');
}
