// Processes: by their numbers, which the system gives out again, and as descriptors of
// Linux, which always mean the same process.
import { native, type RawCalls } from '../binding/index.js';

/**
 * Sends a signal to a process; 0: only asks whether one could. A number below 1 means many, as
 * the man page says: `kill(-1, SIGKILL)` ends all that the user may end.
 *
 * @returns 0 or -errno (-ESRCH: there is none, -EPERM). See kill(2).
 */
export const kill: RawCalls['kill'] = native.kill;

/**
 * Sends a signal with a value, which `loop.onSignal` and a signalfd tell, and queues one of those from
 * SIGRTMIN to SIGRTMAX, however many wait. Of the others it is as `kill`, and one that waits already
 * takes no second one.
 *
 * @param pid one process: 1 or more
 * @param sig 0: only asks whether one could
 * @param value -2^31 to 2^31-1
 * @returns 0 or -errno (-EAGAIN: as many wait as may, RLIMIT_SIGPENDING; -ESRCH, -EPERM; -ENOSYS: macOS).
 *   See sigqueue(3).
 * @example
 * check(sigqueue(pid, constants.SIGRTMIN + 1, 42), 'sigqueue');
 */
export const sigqueue: RawCalls['sigqueue'] = native.sigqueue;

/**
 * Waits for a child, and takes its status unless WNOWAIT is among `options`: nobody else is
 * told it then. So do not wait for P_ALL, which takes those of the host.
 *
 * @param id 0 to 2^31-1: a pid (P_PID), a group (P_PGID), a descriptor (P_PIDFD, Linux 5.4)
 * @param info 5 words: pid, uid, signal (SIGCHLD), status, code (CLD_*). All 0 when WNOHANG
 *   found nothing. `status` is an exit status when the code is CLD_EXITED, else a signal
 * @param options WEXITED and its like; without WNOHANG the thread stands still
 * @returns 0 or -errno (-ECHILD: no child, or taken already). EINTR is retried. See waitid(2).
 * @throws RangeError when `info` is shorter
 */
export const waitid: RawCalls['waitid'] = native.waitid;

/**
 * A descriptor for a process, which is readable once that has ended, and never comes to mean
 * another. `loop.waitPid` waits for it.
 *
 * @param flags PIDFD_NONBLOCK or 0
 * @returns a descriptor that the caller owns, or -errno (-ESRCH; -EINVAL: no process but a
 *   thread; -ENOSYS: before Linux 5.3, other systems). See pidfd_open(2).
 */
export const pidfd_open: RawCalls['pidfd_open'] = native.pidfd_open;

/**
 * Sends a signal to the process of a descriptor; 0: only asks. Never to another that has the
 * same number by now.
 *
 * @param info is left out
 * @returns 0 or -errno (-ESRCH: it has ended; -ENOSYS: before Linux 5.1, other systems). See
 *   pidfd_send_signal(2).
 */
export const pidfd_send_signal: RawCalls['pidfd_send_signal'] = native.pidfd_send_signal;

/**
 * Sets and reads a limit of a process, 0: this one.
 *
 * @param resource RLIMIT_NOFILE and its like
 * @param new_limit the soft limit and the hard one, 2^64-1n: none; null: they stay
 * @param old_limit is filled with those from before
 * @returns 0 or -errno (-EPERM: the hard limit is not to be raised; -ENOSYS: other systems).
 *   See getrlimit(2).
 * @throws RangeError when one is shorter than two words
 * @example
 * const limits = new BigUint64Array(2);
 * check(prlimit(0, constants.RLIMIT_NOFILE, null, limits), 'prlimit');
 */
export const prlimit: RawCalls['prlimit'] = native.prlimit;

/**
 * Marks all descriptors from `first` to `last`, both 0 to 2^32-1, close-on-exec.
 *
 * @param flags CLOSE_RANGE_CLOEXEC, and nothing else: what would close descriptors closes those
 *   of the host as well, which is refused
 * @returns 0 or -errno (-EPERM: other flags; -EINVAL; -ENOSYS: before Linux 5.9, other
 *   systems). See close_range(2).
 */
export const close_range: RawCalls['close_range'] = native.close_range;
