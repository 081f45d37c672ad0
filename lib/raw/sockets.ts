// Socket calls. Every descriptor is close-on-exec; SOCK_NONBLOCK is the
// caller's choice. Addresses are objects, or raw sockaddr bytes.
import { native, type RawCalls } from '../binding/index.js';

/**
 * A socket of `domain` (AF_*), `type` (SOCK_*, perhaps with SOCK_NONBLOCK) and
 * `protocol` (0: the usual one).
 *
 * @returns a descriptor that the caller owns, or -errno. See socket(2).
 * @example
 * const fd = check(socket(constants.AF_INET, constants.SOCK_STREAM | constants.SOCK_NONBLOCK), 'socket');
 */
export const socket: RawCalls['socket'] = native.socket;

/**
 * Two sockets connected to each other.
 *
 * @returns [one end, other end], or -errno. See socketpair(2).
 */
export const socketpair: RawCalls['socketpair'] = native.socketpair;

/**
 * Gives the socket its own address. An address text that is none gives -EINVAL, a
 * Unix path over 107 bytes -ENAMETOOLONG.
 *
 * @returns 0 or -errno
 * @throws RangeError for a port that is not 0 to 65535. See bind(2).
 */
export const bind: RawCalls['bind'] = native.bind;

/**
 * Makes the socket accept connections, up to `backlog` waiting.
 *
 * @returns 0 or -errno. See listen(2).
 */
export const listen: RawCalls['listen'] = native.listen;

/**
 * The next waiting connection; `flags` may hold SOCK_NONBLOCK, SOCK_CLOEXEC is
 * always added. Its peer is `getpeername(fd)`. EINTR is retried.
 *
 * @returns a descriptor that the caller owns, or -errno. See accept4(2).
 */
export const accept4: RawCalls['accept4'] = native.accept4;

/**
 * Connects to an address. On a non-blocking socket -EINPROGRESS is routine: wait
 * for writability, then read SO_ERROR.
 *
 * @returns 0 or -errno. See connect(2).
 */
export const connect: RawCalls['connect'] = native.connect;

/**
 * Ends one direction or both: `how` is SHUT_RD, SHUT_WR or SHUT_RDWR.
 *
 * @returns 0 or -errno. See shutdown(2).
 */
export const shutdown: RawCalls['shutdown'] = native.shutdown;

/**
 * The socket's own address.
 *
 * @returns an address (raw bytes for a family without a form of its own), or
 *   -errno. See getsockname(2).
 */
export const getsockname: RawCalls['getsockname'] = native.getsockname;

/**
 * The peer's address.
 *
 * @returns an address, or -errno (-ENOTCONN: no peer). See getpeername(2).
 */
export const getpeername: RawCalls['getpeername'] = native.getpeername;

/**
 * Sends `length` bytes of `buffer` from `offset` with MSG_* `flags`;
 * MSG_NOSIGNAL is always added. EINTR is retried.
 *
 * @returns bytes sent, perhaps fewer than asked, or -errno (-EOPNOTSUPP: MSG_ZEROCOPY, by which
 *   the kernel would read the memory after the call). See send(2).
 */
export const send: RawCalls['send'] = native.send;

/**
 * Receives at most `length` bytes into `buffer` at `offset` with MSG_* `flags`.
 * EINTR is retried.
 *
 * @returns bytes received (with MSG_TRUNC perhaps more than fitted), 0 at the
 *   end, or -errno. See recv(2).
 */
export const recv: RawCalls['recv'] = native.recv;
