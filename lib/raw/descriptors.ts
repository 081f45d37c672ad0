// Calls on one descriptor. Each is the addon's function itself: no wrapper, no
// cost. Descriptors that these calls make are close-on-exec.
import { native, type RawCalls } from '../binding/index.js';

/**
 * Reads into `buffer` from `offset`, at most `length` bytes (default: the rest).
 * EINTR is retried.
 *
 * @returns bytes read, 0 at the end of the file, or -errno (-EAGAIN: nothing there yet)
 * @throws RangeError when offset or length do not lie within the buffer. See read(2).
 * @example
 * const n = read(fd, new Uint8Array(4096));
 */
export const read: RawCalls['read'] = native.read;

/**
 * Writes `length` bytes of `buffer` from `offset` (default: the rest). EINTR is
 * retried; EPIPE is returned, with no signal in a host that ignores SIGPIPE.
 *
 * @returns bytes written, perhaps fewer than asked, or -errno. See write(2).
 */
export const write: RawCalls['write'] = native.write;

/**
 * Reads into up to 1,024 buffers in turn.
 *
 * @returns bytes read in all, 0 at the end, or -errno. See readv(2).
 */
export const readv: RawCalls['readv'] = native.readv;

/**
 * Writes up to 1,024 buffers in turn with one call.
 *
 * @returns bytes written in all, or -errno. See writev(2).
 */
export const writev: RawCalls['writev'] = native.writev;

/**
 * Closes a descriptor that was opened by this package, or adopted, in this
 * thread. Any other open one is left alone.
 *
 * @returns 0; -EBADF when it is not open; -EPERM when it is open but not ours.
 *   See close(2).
 */
export const close: RawCalls['close'] = native.close;

/**
 * Takes ownership of a descriptor that came from elsewhere (inherited, or from a
 * C library), so that `close` serves it.
 *
 * @returns 0, or -EBADF when it is not open
 */
export const adopt: RawCalls['adopt'] = native.adopt;

/**
 * The commands of fcntl whose argument is a number: F_GETFD, F_SETFD, F_GETFL,
 * F_SETFL, F_DUPFD_CLOEXEC (F_DUPFD means the same here), F_GETOWN, F_SETOWN, the
 * pipe sizes and the memfd seals. Others, which take a pointer, give -EINVAL.
 *
 * @returns the command's result, or -errno. See fcntl(2).
 */
export const fcntl: RawCalls['fcntl'] = native.fcntl;

/**
 * A pipe; `flags` may hold O_NONBLOCK and O_DIRECT, O_CLOEXEC is always added.
 *
 * @returns [read end, write end], or -errno. See pipe2(2).
 */
export const pipe2: RawCalls['pipe2'] = native.pipe2;
