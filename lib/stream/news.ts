// What the kernel has for a handle that its loop has not looked at yet. A thread that was
// held up comes to its timers first: a limit of time is not to end what has long answered.
// See poll(2).
import { native } from '../binding/index.js';
import { Interest } from '../poller/interest.js';
import { constant } from '../raw/constants.js';

const POLLIN = constant('POLLIN');
const POLLOUT = constant('POLLOUT');

/** What this asks of a handle. */
export interface Waiting {
  readonly handleFd: number;
  readonly interest: number;
}

/** Whether what the handle waits for is there, an error counted: the loop will tell it. */
export function hasNews({ handleFd, interest }: Waiting): boolean {
  // By the edge are those waited for who want neither, but to hear of a reset.
  if ((interest & Interest.EDGE) !== 0) return false;
  const reads = (interest & Interest.READ) !== 0 ? POLLIN : 0;
  const writes = (interest & Interest.WRITE) !== 0 ? POLLOUT : 0;
  if ((reads | writes) === 0) return false;
  return native.poll(Int32Array.of(handleFd, reads | writes, 0), 1, 0) > 0;
}
