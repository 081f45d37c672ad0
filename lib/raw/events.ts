// The kernel's event interfaces: epoll and eventfd.
import { native, type RawCalls } from '../binding/index.js';

/**
 * An epoll instance, close-on-exec.
 *
 * @returns a descriptor that the caller owns, or -errno. See epoll_create1(2).
 */
export const epoll_create1: RawCalls['epoll_create1'] = native.epoll_create1;

/**
 * Adds, changes or removes a descriptor: `op` is EPOLL_CTL_ADD, _MOD or _DEL.
 * `event` is `{ events, data }`; the two may also be passed as plain numbers,
 * `epoll_ctl(epfd, op, fd, events, data)`, which makes no object. The events may be
 * negative, as `EPOLLIN | EPOLLET` is.
 *
 * @returns 0 or -errno (-EPERM: a regular file, which is always ready). See epoll_ctl(2).
 */
export const epoll_ctl: RawCalls['epoll_ctl'] = native.epoll_ctl;

/**
 * Waits for events. `events` takes a record of three 32-bit words for each: the
 * EPOLL* bits, the low and the high half of the data.
 *
 * @param timeout in ms, -1: for ever
 * @returns how many records were filled, or -errno; -EINTR is not retried, as the
 *   caller knows its deadline. See epoll_wait(2).
 * @example
 * const records = new Uint32Array(3 * 64);
 * const count = check(epoll_wait(epfd, records, 64, -1), 'epoll_wait');
 */
export const epoll_wait: RawCalls['epoll_wait'] = native.epoll_wait;

/**
 * As `epoll_wait`, with the timeout in nanoseconds.
 *
 * @returns the count, or -errno; -ENOSYS before Linux 5.11. See epoll_pwait2(2).
 */
export const epoll_pwait2: RawCalls['epoll_pwait2'] = native.epoll_pwait2;

/**
 * A 64-bit counter behind a descriptor: write(2) adds, read(2) takes; readable
 * while it is not 0. `flags`: EFD_NONBLOCK, EFD_SEMAPHORE.
 *
 * @returns a descriptor that the caller owns, or -errno. See eventfd(2).
 */
export const eventfd: RawCalls['eventfd'] = native.eventfd;
