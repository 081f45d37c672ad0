// A look at a few descriptors at once, on every system. No set is kept in the kernel:
// all of them are told anew with each call.
import { native, type RawCalls } from '../binding/index.js';

/**
 * Waits until one of the first `nfds` records of `fds` has something to tell. A record is
 * three 32-bit words: the descriptor, the POLL* bits that are asked for (16 bits), and
 * those that were found, which the call writes. POLLERR, POLLHUP and POLLNVAL come
 * unasked; a record whose descriptor is negative is passed over.
 *
 * @param timeout in ms, 0: do not wait, -1: for ever. The thread stands still meanwhile.
 * @returns how many records have bits that were found, or -errno, and no record is
 *   written; -EINTR is not retried, as the caller knows its deadline. See poll(2).
 * @throws RangeError when the records do not fit into `fds`, or events into 16 bits
 * @example
 * const fds = Int32Array.of(fd, constants.POLLIN, 0);
 * if (check(poll(fds, 1, 1000), 'poll') > 0) console.log('found', fds[2]);
 */
export const poll: RawCalls['poll'] = native.poll;
