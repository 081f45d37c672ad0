// What native/calls/poll.cc exports.
import type { Bytes } from './descriptors.js';

/** `lib/raw` documents it. */
export interface PollCalls {
  poll(fds: Bytes, nfds: number, timeout: number): number;
}
