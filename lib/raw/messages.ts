// Messages with an address or ancillary data: descriptors, credentials, the way of a packet.
// Each of the calls retries EINTR; MSG_NOSIGNAL is always added where bytes are sent, and
// close-on-exec where descriptors may come. MSG_ZEROCOPY is -EOPNOTSUPP: the kernel would read the
// memory after the call.
import { native, type RawCalls } from '../binding/index.js';

/**
 * Sends `length` bytes of `buffer` from `offset` to `address` with MSG_* `flags`. Without an
 * address it is `send`.
 *
 * @returns bytes sent, or -errno: -EINVAL for a text that is no address, -ENAMETOOLONG for a
 *   Unix path over 107 bytes. See sendto(2).
 * @example
 * const to = { family: 'ipv4', address: '127.0.0.1', port: 5353 } as const;
 * check(sendto(fd, bytes, 0, bytes.length, 0, to), 'sendto');
 */
export const sendto: RawCalls['sendto'] = native.sendto;

/**
 * Receives at most `length` bytes into `buffer` at `offset` with MSG_* `flags`, and tells who
 * sent them.
 *
 * @returns `{ bytes, address }`, or -errno. `address` is undefined where the sender has no
 *   name (an unbound Unix socket), or is the peer of a stream. See recvfrom(2).
 */
export const recvfrom: RawCalls['recvfrom'] = native.recvfrom;

/**
 * Sends a message of several buffers, to an address or to the peer, with ancillary data.
 * Descriptors are duplicated by the kernel: the caller may close his when the call returns.
 * `ttl` and `tos` are IPv4's or IPv6's, as the address is, or the peer's, or the socket.
 *
 * @returns bytes sent, or -errno: -EBADF for a descriptor that is not open, -EPERM for
 *   credentials of another, -EOPNOTSUPP for what this system or socket cannot be told for one
 *   message, -EINVAL for a record of a level whose records may hold addresses
 * @throws RangeError for over 253 descriptors, over 64 records. See sendmsg(2), cmsg(3).
 * @example
 * check(sendmsg(socket, { buffers: [Buffer.from('log')], ancillary: { fds: [1] } }), 'sendmsg');
 */
export const sendmsg: RawCalls['sendmsg'] = native.sendmsg;

/**
 * Receives a message into several buffers, with what came along: at most `maxFds`
 * descriptors, which are close-on-exec and the caller's to close, and what socket options
 * ask for. Descriptors beyond `maxFds` are closed, and `ancillary.truncated` is set: without
 * `maxFds` a peer cannot fill the table of descriptors.
 *
 * @returns `{ bytes, address, flags, ancillary }`, or -errno. 0 bytes: the end of a stream,
 *   or an empty message. See recvmsg(2), cmsg(3).
 * @example
 * const message = check(recvmsg(socket, { buffers: [buffer], maxFds: 1 }), 'recvmsg');
 * for (const fd of message.ancillary.fds) close(fd);
 */
export const recvmsg: RawCalls['recvmsg'] = native.recvmsg;

/**
 * Sends up to 1024 messages by one call. All are read before the first is sent.
 *
 * @returns for each message that was sent how many bytes of it, perhaps for fewer than were
 *   given; or -errno when none was, as by `sendmsg`; -ENOSYS on macOS. See sendmmsg(2).
 */
export const sendmmsg: RawCalls['sendmmsg'] = native.sendmmsg;

/**
 * Receives up to 1024 messages by one call. A socket that blocks waits until all have come,
 * or with MSG_WAITFORONE until one has.
 *
 * @returns those that came, each as by `recvmsg`; or -errno when none did; -ENOSYS on macOS.
 *   See recvmmsg(2).
 */
export const recvmmsg: RawCalls['recvmmsg'] = native.recvmmsg;
