// Timers of the kernel's, each behind a descriptor. Linux's; elsewhere they return -ENOSYS.
import { native, type RawCalls } from '../binding/index.js';

/**
 * A timer: readable once it has expired; read(2) then gives how often, 8 bytes. TFD_CLOEXEC is
 * always added to `flags`.
 *
 * @param clockid CLOCK_MONOTONIC, CLOCK_REALTIME, CLOCK_BOOTTIME; the two of _ALARM, which wake the
 *   machine, need CAP_WAKE_ALARM
 * @param flags TFD_NONBLOCK
 * @returns a descriptor that the caller owns, or -errno. See timerfd_create(2).
 */
export const timerfd_create: RawCalls['timerfd_create'] = native.timerfd_create;

/**
 * Starts a timer, or stops it. A time is memory of four 64-bit integers: the interval's seconds and
 * nanoseconds (0: once), then those of the first time (0: it stops).
 *
 * @param flags TFD_TIMER_ABSTIME: the first time is one of the clock, not from now on;
 *   TFD_TIMER_CANCEL_ON_SET
 * @param old_value takes what it was set to and how long it had to go; it may be `new_value`
 * @returns 0 or -errno (-EINVAL: no timer, a nanosecond out of range). See timerfd_settime(2).
 * @example
 * const timer = check(timerfd_create(constants.CLOCK_MONOTONIC), 'timerfd_create');
 * check(timerfd_settime(timer, 0, BigInt64Array.of(0n, 0n, 1n, 500_000_000n)), 'timerfd_settime');
 */
export const timerfd_settime: RawCalls['timerfd_settime'] = native.timerfd_settime;

/**
 * Its interval, and how long it has to go, as `timerfd_settime` takes them.
 *
 * @returns 0 or -errno. See timerfd_gettime(2).
 */
export const timerfd_gettime: RawCalls['timerfd_gettime'] = native.timerfd_gettime;
