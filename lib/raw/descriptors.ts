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
 * As `read`, at a place of a file: its own offset is neither used nor moved. `offset` and
 * `length` are those of the buffer, undefined: all of it.
 *
 * @param position where in the file: 0 to 2^53-1
 * @returns bytes read, 0 at the end of the file, or -errno (-ESPIPE: what has no places, such
 *   as a pipe). See pread(2).
 * @example
 * const header = new Uint8Array(16);
 * const n = pread(fd, header, 0, header.length, 512);
 */
export const pread: RawCalls['pread'] = native.pread;

/**
 * As `write`, at a place of a file: see `pread`. With O_APPEND Linux writes at the end
 * whatever `position` says.
 *
 * @returns bytes written, perhaps fewer than asked, or -errno. See pwrite(2).
 */
export const pwrite: RawCalls['pwrite'] = native.pwrite;

/**
 * As `readv`, at a place of a file: see `pread`.
 *
 * @returns bytes read in all, 0 at the end, or -errno. See preadv(2).
 */
export const preadv: RawCalls['preadv'] = native.preadv;

/**
 * As `writev`, at a place of a file: see `pread`.
 *
 * @returns bytes written in all, or -errno. See pwritev(2).
 */
export const pwritev: RawCalls['pwritev'] = native.pwritev;

/**
 * Closes a descriptor that was opened by this package, or adopted, in this
 * thread. Any other open one is left alone, also one that has the number of ours
 * by now: what was opened is known by its identity, not by its number. In the place of
 * 0, 1 and 2 is /dev/null then: the host takes none of them for its own files.
 *
 * @returns 0; -EBADF when it is not open; -EPERM when it is open but not ours.
 *   See close(2).
 */
export const close: RawCalls['close'] = native.close;

/**
 * Takes ownership of a descriptor that came from elsewhere (inherited, or from a
 * C library), so that `close` serves it, and the end of this thread. To adopt what is
 * owned here already changes nothing.
 *
 * @returns 0; -EBADF when it is not open; -EBUSY when another thread owns it, which has
 *   to `release` it first (a second copy of this package in the process is not
 *   asked); -ENOMEM
 */
export const adopt: RawCalls['adopt'] = native.adopt;

/**
 * Gives a descriptor away: whoever it is handed to closes it, and neither `close` nor
 * the end of this thread does. A handle of a loop keeps using it until it is closed.
 *
 * @returns 0; -EBADF when it is not open; -EPERM when it is not ours
 */
export const release: RawCalls['release'] = native.release;

/**
 * The commands of fcntl whose argument is a number: F_GETFD, F_SETFD, F_GETFL,
 * F_SETFL, F_DUPFD_CLOEXEC (F_DUPFD means the same here), F_GETOWN, F_SETOWN, the
 * pipe sizes and the memfd seals; and those of a lock on a part of a file: F_SETLK, F_GETLK,
 * F_SETLKW, which waits and the thread with it, and on Linux F_OFD_*. Theirs is five int64: type,
 * whence, start, length and process, which are filled with what was found. Others, which take a
 * pointer, give -EINVAL.
 *
 * @returns the command's result, or -errno: -EAGAIN or -EACCES when another has the lock. EINTR is
 *   retried for locks. See fcntl(2).
 * @throws TypeError, RangeError: no memory for a lock, or less than 40 bytes
 * @example
 * const { F_SETLK, F_WRLCK, SEEK_SET } = constants;
 * const all = BigInt64Array.of(BigInt(F_WRLCK), BigInt(SEEK_SET), 0n, 0n, 0n);
 * check(fcntl(fd, F_SETLK, all), 'fcntl');
 */
export const fcntl: RawCalls['fcntl'] = native.fcntl;

/**
 * A pipe; `flags` may hold O_NONBLOCK and O_DIRECT, O_CLOEXEC is always added.
 *
 * @returns [read end, write end], or -errno. See pipe2(2).
 */
export const pipe2: RawCalls['pipe2'] = native.pipe2;

/**
 * A second descriptor for the same open file: they share its offset and its flags, such
 * as O_NONBLOCK. It is the lowest number that is free, and each of the two is closed on
 * its own.
 *
 * @returns a descriptor that the caller owns, or -errno. See dup(2).
 */
export const dup: RawCalls['dup'] = native.dup;

/**
 * As `dup`, with the number `newfd`. If `close` would serve that number, what is open
 * there is closed in the same moment; if nothing is open there, it becomes ours. `flags`
 * may hold O_CLOEXEC, which is always added. EINTR is retried.
 *
 * @returns newfd, which the caller owns, or -errno: -EPERM when newfd is open but not
 *   ours; -EINVAL when it is oldfd; -EBUSY when another thread opened that number
 *   meanwhile. See dup3(2).
 * @example
 * // The number stays, and what is behind it is another file from here on.
 * check(dup3(replacement, fd), 'dup3');
 */
export const dup3: RawCalls['dup3'] = native.dup3;

/**
 * Locks a file, for all who share its open file: LOCK_SH or LOCK_EX, or LOCK_UN to give it back.
 * Without LOCK_NB it waits while another has it, and the thread with it: `loop.fs.flock` does not.
 *
 * @returns 0 or -errno: -EWOULDBLOCK when another has it. EINTR is retried. See flock(2).
 */
export const flock: RawCalls['flock'] = native.flock;

/**
 * Sets where a file stands.
 *
 * @param offset -2^53+1 to 2^53-1 bytes
 * @param whence SEEK_SET, SEEK_CUR, SEEK_END; on Linux SEEK_DATA and SEEK_HOLE as well
 * @returns where it stands now, or -errno: -ESPIPE for what has no places. See lseek(2).
 */
export const lseek: RawCalls['lseek'] = native.lseek;

/**
 * How large the file system of a path is, and what is left of it. It may wait for a disk or a
 * server: `loop.fs.statfs` does so on a thread.
 *
 * @param fields at least 11 float64, filled in this order: block size, fragment size, blocks (in
 *   fragments), free ones, those for who is no superuser, files, free ones, those for who is no
 *   superuser, identity, flags, the longest name
 * @returns 0 or -errno. EINTR is retried. See statvfs(3).
 */
export const statvfs: RawCalls['statvfs'] = native.statvfs;
