// Bytes that move inside the kernel, with no copy in this process, and files that are memory
// alone. Linux's; elsewhere they return -ENOSYS.
import { native, type RawCalls } from '../binding/index.js';

/**
 * Moves up to `count` bytes from a file to any descriptor.
 *
 * @param offset where in `in_fd`, 0 to 2^53-1, whose own offset then stays; null: from its own
 *   offset, which moves. The call tells how far it came by what it returns
 * @param count 0 to 2^53-1; one call moves 2,147,479,552 bytes at most
 * @returns bytes moved, perhaps fewer than asked, 0 at the end of the file, or -errno (-EAGAIN
 *   where `out_fd` does not block and is full). EINTR is retried. See sendfile(2).
 * @example
 * let sent = 0;
 * while (sent < size) sent += check(sendfile(socket, file, sent, size - sent), 'sendfile');
 */
export const sendfile: RawCalls['sendfile'] = native.sendfile;

/**
 * Moves up to `len` bytes between two descriptors, one of which is a pipe.
 *
 * @param off_in where in `fd_in`, as `offset` of `sendfile`; null for a pipe
 * @param off_out the same of `fd_out`
 * @param flags SPLICE_F_NONBLOCK and its like, 0 to 2^32-1
 * @returns bytes moved, 0 when there is nothing more to come, or -errno (-EINVAL: neither is a
 *   pipe; -ESPIPE: an offset for one). EINTR is retried. See splice(2).
 */
export const splice: RawCalls['splice'] = native.splice;

/**
 * A file in memory, without a name in any folder, which lives as long as something has it
 * open. MFD_CLOEXEC is always added to `flags`.
 *
 * @param name shown in /proc/self/fd: at most 249 bytes of UTF-8
 * @returns a descriptor that the caller owns, or -errno (-EINVAL: a longer name, or one with a
 *   NUL in it). See memfd_create(2).
 */
export const memfd_create: RawCalls['memfd_create'] = native.memfd_create;
