// A child made by fork(2) shares its parent's poller and waker: what it registered or
// waited for would change what the parent waits for. So it is refused.
import { native } from '../binding/index.js';
import { codedError } from '../raw/errors.js';

const page = native.forkMark();
/** A byte that is 0 in a child; undefined where the kernel wipes no memory. */
const mark = typeof page === 'number' ? undefined : new Uint8Array(page, 0, 1).fill(1);
const pid = native.getpid();

/** Whether this process is a child of the one that loaded the package. */
export function isForked(): boolean {
  return mark === undefined ? native.getpid() !== pid : mark[0] === 0;
}

/** @throws Error ERR_LOOP_FORKED in a child made by fork(2) */
export function refuseForked(): void {
  if (!isForked()) return;
  const message =
    'this process is a fork(2) of the one whose loop this is; load the package in a new process';
  throw codedError(Error, 'ERR_LOOP_FORKED', message);
}
