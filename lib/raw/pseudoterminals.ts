// A pseudoterminal: a master, here, and its slave, which is a terminal to the programs that have it.
// `loop.pty` makes a stream of one. See pty(7).
import { native, type RawCalls } from '../binding/index.js';

/**
 * Opens the master of a new pseudoterminal. Its slave is locked: `grantpt`, `unlockpt` and
 * `ptsname_r`, in this order, lead to it.
 *
 * @param flags O_RDWR | O_NOCTTY, and O_NONBLOCK where the system knows it (Linux); -EINVAL for others
 * @returns a descriptor that the caller owns, close-on-exec, or -errno (-EAGAIN, -ENOSPC: there are as
 *   many as there may be; -EMFILE; -ENOENT: no /dev/ptmx). EINTR is retried. See posix_openpt(3).
 * @example
 * const master = check(posix_openpt(constants.O_RDWR | constants.O_NOCTTY), 'posix_openpt');
 */
export const posix_openpt: RawCalls['posix_openpt'] = native.posix_openpt;

/**
 * Makes the slave the user's own, with permissions 0o620. On Linux the kernel has done so.
 *
 * @param fd the master
 * @returns 0 or -errno (-EACCES; -EBADF; -ENOTTY or -EINVAL: no master). See grantpt(3).
 */
export const grantpt: RawCalls['grantpt'] = native.grantpt;

/**
 * Lets the slave be opened.
 *
 * @param fd the master
 * @returns 0 or -errno (-EBADF; -ENOTTY or -EINVAL: no master). See unlockpt(3).
 */
export const unlockpt: RawCalls['unlockpt'] = native.unlockpt;

/**
 * The path of the slave, such as `/dev/pts/3`. In another mount namespace than the master's it may
 * be of another, or of none: on Linux TIOCGPTPEER of `ioctl` opens it without.
 *
 * @param fd the master
 * @returns the path, or -errno (-EBADF; -ENOTTY: no master). See ptsname_r(3).
 */
export const ptsname_r: RawCalls['ptsname_r'] = native.ptsname_r;
