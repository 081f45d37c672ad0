// Which of the raw calls this platform has. One that it lacks is present all the
// same and returns -ENOSYS.
import { native, type RawCalls } from '../binding/index.js';
import { constant, constants } from './constants.js';

function hasPwait2(): boolean {
  const epfd = native.epoll_create1(0);
  if (epfd < 0) return false;
  const result = native.epoll_pwait2(epfd, new Uint32Array(3), 1, 0);
  native.close(epfd);
  return result === 0;
}

/** Whether the kernel knows the call: it refuses what is no descriptor and no process. */
function isKnown(result: number): boolean {
  return result !== ENOSYS;
}

const ENOSYS = -constant('ENOSYS');
const NOBODY = 2 ** 31 - 1;
const linux = process.platform === 'linux';
// Its constants are there where it is: on Linux, in a build against libkqueue.
const hasKqueue = constants['EVFILT_READ'] !== undefined;
let pwait2: boolean | undefined;

/**
 * Call name to whether the platform (and for `epoll_pwait2`, `close_range` and those of
 * pidfds the running kernel) has it.
 */
export const supported: Readonly<Record<keyof RawCalls, boolean>> = Object.freeze({
  read: true,
  write: true,
  readv: true,
  writev: true,
  pread: true,
  pwrite: true,
  preadv: true,
  pwritev: true,
  close: true,
  adopt: true,
  release: true,
  fcntl: true,
  flock: true,
  lseek: true,
  statvfs: true,
  ioctl: true,
  pipe2: true,
  dup: true,
  dup3: true,
  poll: true,
  sendfile: linux,
  splice: linux,
  memfd_create: linux,
  socket: true,
  socketpair: true,
  bind: true,
  listen: true,
  accept4: true,
  connect: true,
  shutdown: true,
  getsockname: true,
  getpeername: true,
  send: true,
  recv: true,
  sendto: true,
  recvfrom: true,
  sendmsg: true,
  recvmsg: true,
  sendmmsg: process.platform !== 'darwin',
  recvmmsg: process.platform !== 'darwin',
  setsockopt: true,
  getsockopt: true,
  epoll_create1: linux,
  epoll_ctl: linux,
  epoll_wait: linux,
  // Asked of the kernel on first use: most programs never look.
  get epoll_pwait2(): boolean {
    pwait2 ??= linux && hasPwait2();
    return pwait2;
  },
  eventfd: linux || constants['EFD_CLOEXEC'] !== undefined,
  inotify_init1: linux,
  inotify_add_watch: linux,
  inotify_rm_watch: linux,
  timerfd_create: linux,
  timerfd_settime: linux,
  timerfd_gettime: linux,
  signalfd: linux,
  fanotify_init: linux,
  fanotify_mark: linux,
  kqueue: hasKqueue,
  kevent: hasKqueue,
  kill: true,
  sigqueue: process.platform !== 'darwin',
  waitid: true,
  posix_openpt: true,
  grantpt: true,
  unlockpt: true,
  ptsname_r: true,
  prlimit: linux,
  tcgetattr: true,
  tcsetattr: true,
  tcgetwinsize: true,
  tcsetwinsize: true,
  tcgetpgrp: true,
  tcsetpgrp: true,
  tcgetsid: true,
  tcdrain: true,
  tcflush: true,
  tcflow: true,
  get pidfd_open(): boolean {
    return isKnown(native.pidfd_open(NOBODY));
  },
  get pidfd_send_signal(): boolean {
    return isKnown(native.pidfd_send_signal(NOBODY, 0));
  },
  get close_range(): boolean {
    return isKnown(native.close_range(NOBODY, NOBODY, constants['CLOSE_RANGE_CLOEXEC'] ?? 0));
  },
});
