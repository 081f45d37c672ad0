// Socket options: a number (the kernel's int) or raw bytes.
import { native, type RawCalls } from '../binding/index.js';

/**
 * Sets an option of `level` (SOL_SOCKET, IPPROTO_TCP, ...) to a number or to raw
 * bytes in the layout that the kernel documents.
 *
 * @returns 0 or -errno: -ENOPROTOOPT also for options that hold addresses
 *   (SO_ATTACH_FILTER) and those that this package does not know. See setsockopt(2),
 *   socket(7), tcp(7), ip(7).
 */
export const setsockopt: RawCalls['setsockopt'] = native.setsockopt;

/**
 * Reads an option: without `value` as a number, with `value` into those bytes.
 * The few options that may be negative (SO_PEEK_OFF) need the second form, as a
 * negative result means -errno.
 *
 * @returns the number, or how many bytes were filled; or -errno: -ENOPROTOOPT also for
 *   options that do not keep to the length of `value` (IP_MSFILTER, MPTCP_FULL_INFO) and
 *   those that this package does not know. See getsockopt(2).
 */
export const getsockopt: RawCalls['getsockopt'] = native.getsockopt;
