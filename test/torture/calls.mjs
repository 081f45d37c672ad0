// The system calls that fail, and what each may fail with on Linux: from the man pages,
// and from what seccomp filters (EPERM, ENOSYS), cgroup hooks (EPERM) and full tables
// give. Beside each errno stands what may follow:
//   told   whoever uses the loop hears of it, by this very errno
//   retry  as told; or nothing, if all went on as though it had not failed
//   quiet  nothing need be said: an interruption, a call to be made again, or an error
//          that is no news to anybody (a connection that left before it was accepted)
// In any case no other connection, pipe, timer or request may notice.
import { FILE_CALLS } from './file-calls.mjs';

const told = (...names) => names.map((name) => [name, 'told']);
const retry = (...names) => names.map((name) => [name, 'retry']);
const quiet = (...names) => names.map((name) => [name, 'quiet']);

const OUT_OF_DESCRIPTORS = retry('EMFILE', 'ENFILE', 'ENOMEM');
const REFUSED = told('EPERM', 'ENOSYS');
const NO_MEMORY = retry('ENOMEM', 'ENOBUFS');
// Of an earlier datagram, which the queue of errors tells: this one is sent all the same.
const EARLIER = retry('ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'EMSGSIZE', 'EACCES');
const WENT_AWAY = told('ECONNRESET', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'ENETDOWN');
const SYSTEM_SAID = told('EMFILE', 'ENFILE', 'ENOMEM', 'EINTR', 'ECONNREFUSED', 'EPERM', 'ENOSYS');

export const CALLS = {
  socket: [
    ...OUT_OF_DESCRIPTORS,
    ...retry('ENOBUFS'),
    ...told('EACCES', 'EAFNOSUPPORT', 'EINVAL', 'EPROTONOSUPPORT'),
    ...REFUSED,
  ],
  bind: [
    ...told('EADDRINUSE', 'EADDRNOTAVAIL', 'EACCES', 'EINVAL', 'EPERM', 'ENOSYS'),
    ...retry('ENOMEM'),
  ],
  listen: told('EADDRINUSE', 'EOPNOTSUPP', 'EINVAL', 'EPERM', 'ENOSYS'),
  accept4: [
    ...OUT_OF_DESCRIPTORS,
    ...retry('ENOBUFS'),
    ...quiet('EINTR', 'EAGAIN', 'ECONNABORTED', 'EPROTO', 'ENOPROTOOPT', 'EHOSTDOWN', 'ENONET'),
    ...quiet('EHOSTUNREACH', 'ENETUNREACH', 'ENETDOWN', 'ETIMEDOUT', 'ECONNRESET'),
    ...told('EPERM', 'ENOSYS', 'EIO', 'EINVAL', 'EOPNOTSUPP', 'EBADF'),
  ],
  connect: [
    ...quiet('EINTR'),
    ...retry('EAGAIN'),
    ...told('ECONNREFUSED', 'ETIMEDOUT', 'ENETUNREACH', 'EHOSTUNREACH', 'EADDRNOTAVAIL'),
    ...told('EADDRINUSE', 'EACCES', 'EPERM', 'EINVAL', 'EAFNOSUPPORT', 'ENOSYS', 'EIO'),
    ...NO_MEMORY,
  ],
  // Who is behind the file of a Unix socket. ECONNREFUSED and EPROTOTYPE are answers.
  connect_datagram: [...told('EACCES', 'EPERM', 'ENOSYS', 'EIO', 'EINVAL'), ...NO_MEMORY],
  getsockname: [...told('ENOBUFS', 'EPERM', 'ENOSYS', 'EINVAL', 'EIO')],
  getpeername: [...quiet('ENOTCONN'), ...told('ENOBUFS', 'EPERM', 'ENOSYS')],
  getsockopt: [...told('EPERM', 'ENOSYS', 'EINVAL', 'ENOPROTOOPT'), ...NO_MEMORY],
  setsockopt: [...told('EPERM', 'ENOSYS', 'EINVAL', 'ENOPROTOOPT', 'EDOM'), ...NO_MEMORY],
  shutdown: [...told('ENOTCONN', 'EPERM', 'ENOSYS', 'EIO'), ...retry('ENOBUFS')],
  send: [
    ...quiet('EINTR', 'EAGAIN'),
    ...NO_MEMORY,
    ...WENT_AWAY,
    ...told('EPIPE', 'EPERM', 'EACCES', 'EIO', 'ENOSYS'),
  ],
  sendmsg: [
    ...quiet('EINTR', 'EAGAIN'),
    ...NO_MEMORY,
    ...retry('ETOOMANYREFS'),
    ...told('ECONNRESET', 'EPIPE', 'EPERM'),
  ],
  recv: [
    ...quiet('EINTR', 'EAGAIN'),
    ...NO_MEMORY,
    ...WENT_AWAY,
    ...told('ECONNREFUSED', 'ENOTCONN', 'EPERM', 'EIO', 'ENOSYS'),
  ],
  sendto: [
    ...quiet('EINTR', 'EAGAIN'),
    ...NO_MEMORY,
    ...EARLIER,
    ...told('ECONNRESET', 'ETIMEDOUT', 'ENETDOWN', 'EPERM', 'EINVAL', 'ENOSYS'),
  ],
  sendmmsg: [...quiet('EINTR', 'EAGAIN'), ...NO_MEMORY, ...EARLIER, ...told('EPERM', 'ENOSYS')],
  recvfrom: [...quiet('EINTR', 'EAGAIN'), ...NO_MEMORY, ...told('ECONNREFUSED', 'EPERM', 'EIO')],
  recvmsg: [...quiet('EINTR', 'EAGAIN'), ...NO_MEMORY, ...told('ECONNRESET', 'EPERM', 'EIO')],
  recvmmsg: [...quiet('EINTR', 'EAGAIN'), ...NO_MEMORY, ...told('ECONNREFUSED', 'EPERM', 'ENOSYS')],
  read: [...quiet('EINTR', 'EAGAIN'), ...retry('ENOMEM'), ...told('EIO', 'EPERM', 'EINVAL')],
  write: [...quiet('EINTR', 'EAGAIN'), ...told('EPIPE', 'EIO', 'ENOSPC', 'EPERM', 'EINVAL')],
  readv: [...quiet('EINTR'), ...told('EAGAIN', 'EIO', 'EINVAL', 'EPERM')],
  writev: [...quiet('EINTR', 'EAGAIN'), ...told('EPIPE', 'EIO', 'ENOSPC', 'EINVAL', 'EPERM')],
  pread: [...quiet('EINTR'), ...told('EAGAIN', 'EIO', 'EINVAL', 'ESPIPE', 'EPERM')],
  pwrite: [...quiet('EINTR'), ...told('EIO', 'ENOSPC', 'EFBIG', 'EINVAL', 'ESPIPE', 'EPERM')],
  preadv: [...quiet('EINTR'), ...told('EAGAIN', 'EIO', 'EINVAL', 'ESPIPE', 'ENOSYS')],
  pwritev: [...quiet('EINTR'), ...told('EIO', 'ENOSPC', 'EFBIG', 'EINVAL', 'ENOSYS')],
  sendfile: [...quiet('EINTR'), ...told('EAGAIN', 'EIO', 'EINVAL', 'ENOMEM', 'EPIPE', 'ENOSYS')],
  // A relay waits, or copies from then on; who calls it himself is told.
  splice: [
    ...quiet('EINTR'),
    ...retry('EAGAIN', 'EINVAL', 'ENOMEM', 'ENOSYS'),
    ...told('ESPIPE', 'EPERM'),
  ],
  memfd_create: [...OUT_OF_DESCRIPTORS, ...told('EINVAL'), ...REFUSED],
  // What a request does when a signal comes is its own: the caller is told.
  ioctl: told('EINTR', 'ENOTTY', 'EIO', 'EINVAL', 'EFAULT', 'EPERM', 'ENOSYS'),
  // Of too many there are ENOSPC and EAGAIN.
  posix_openpt: [
    ...quiet('EINTR'),
    ...OUT_OF_DESCRIPTORS,
    ...told('EAGAIN', 'ENOSPC', 'ENOENT', 'EACCES'),
    ...REFUSED,
  ],
  grantpt: told('EACCES', 'EBADF', 'EINVAL', 'EPERM', 'ENOSYS'),
  unlockpt: told('EBADF', 'EINVAL', 'EPERM', 'ENOSYS'),
  ptsname_r: told('EBADF', 'ENOTTY', 'ERANGE', 'EPERM', 'ENOSYS'),
  socketpair: [...OUT_OF_DESCRIPTORS, ...told('EAFNOSUPPORT', 'EOPNOTSUPP'), ...REFUSED],
  // Without one a relay copies.
  pipe2: [...OUT_OF_DESCRIPTORS, ...retry('EPERM', 'ENOSYS')],
  // A pipe that is taken over and cannot be put in another's place is asked before each call.
  dup3: [...quiet('EINTR'), ...retry('EBADF', 'EBUSY', 'EMFILE', 'EINVAL', 'EPERM', 'ENOSYS')],
  eventfd: [...OUT_OF_DESCRIPTORS, ...told('ENODEV', 'EINVAL'), ...REFUSED],
  inotify_init1: [...OUT_OF_DESCRIPTORS, ...told('EINVAL'), ...REFUSED],
  // What it was to watch is not there, or not for this user: no folder, or no watch is left.
  inotify_add_watch: told('ENOSPC', 'ENOMEM', 'EACCES', 'ENOENT', 'EINVAL', 'EPERM', 'ENOSYS'),
  inotify_rm_watch: quiet('EINVAL', 'EPERM', 'ENOSYS'),
  timerfd_create: [...OUT_OF_DESCRIPTORS, ...told('ENODEV', 'EINVAL'), ...REFUSED],
  timerfd_settime: told('EINVAL', 'ECANCELED', 'EPERM', 'ENOSYS'),
  timerfd_gettime: told('EINVAL', 'EPERM', 'ENOSYS'),
  signalfd: [...OUT_OF_DESCRIPTORS, ...told('ENODEV', 'EINVAL'), ...REFUSED],
  fanotify_init: [...OUT_OF_DESCRIPTORS, ...told('EINVAL'), ...REFUSED],
  fanotify_mark: [...quiet('EINTR'), ...told('ENOSPC', 'ENOENT', 'EXDEV', 'EPERM', 'ENOSYS')],
  // Without a duplicate for libuv a thread waits in its place.
  fcntl: retry('EPERM', 'ENOSYS', 'EMFILE', 'EINVAL'),
  // The number is free whatever close says, and what it says is too late to be of use.
  close: quiet('EINTR', 'EIO', 'ENOSPC', 'EDQUOT'),
  stat: [
    ...told('EACCES', 'ENOENT', 'ELOOP', 'EIO', 'ENOMEM', 'EOVERFLOW', 'ESTALE'),
    ...retry('EINTR'),
  ],
  // Refused by a filter, or unknown to an old kernel: there is stat(2).
  statx: [
    ...told('EACCES', 'ENOENT', 'ELOOP', 'EIO', 'ENOMEM', 'ESTALE'),
    ...quiet('ENOSYS', 'EPERM', 'EINVAL', 'EOPNOTSUPP'),
    ...retry('EINTR'),
  ],
  // A folder that cannot be locked is done without, and what fchmod(2) of a socket is refused
  // chmod(2) of its file gives. See lib/unix/path.ts.
  open: quiet('EINTR', 'EMFILE', 'ENFILE', 'ENOMEM', 'EACCES', 'ENOENT', 'EPERM', 'ENOSYS', 'EIO'),
  // Who calls it himself is told.
  flock: [...quiet('EINTR'), ...retry('EAGAIN', 'ENOLCK', 'EPERM', 'ENOSYS', 'EINVAL', 'EIO')],
  fchmod: quiet('EPERM', 'ENOSYS', 'EINVAL', 'EROFS', 'EIO'),
  fstat: quiet('EPERM', 'ENOSYS', 'EIO', 'ENOMEM', 'EOVERFLOW'),
  // Neither is cut short by a signal.
  readlink: told('EACCES', 'ENOENT', 'EINVAL', 'EIO', 'ENOMEM', 'ESTALE', 'EPERM', 'ENOSYS'),
  access: told('EACCES', 'ENOENT', 'EROFS', 'EIO', 'ENOMEM', 'ESTALE', 'EPERM', 'ENOSYS'),
  // A child that borrows our memory makes these, from clone to execve; what it is refused is
  // thrown by spawn. EINVAL of clone is that of a kernel without pidfds: it is made again.
  clone: [...told('EAGAIN', 'ENOMEM', 'EPERM', 'ENOSYS'), ...retry('EINVAL')],
  execve: told('EACCES', 'ENOENT', 'ENOMEM', 'EPERM', 'E2BIG', 'ETXTBSY', 'EIO'),
  chdir: told('EACCES', 'ENOENT', 'EIO', 'ENOMEM', 'EPERM'),
  dup2: [...quiet('EINTR', 'EBUSY'), ...told('EMFILE', 'EBADF', 'EPERM')],
  // There is /proc to find what is open by.
  close_range: quiet('ENOSYS', 'EPERM', 'EINVAL'),
  // There is wait4(2).
  waitid: quiet('EINTR', 'ENOSYS', 'EPERM', 'EINVAL'),
  // There is SIGCHLD; waitPid is told.
  pidfd_open: [...OUT_OF_DESCRIPTORS, ...told('EPERM', 'ENOSYS', 'EINVAL')],
  pidfd_send_signal: told('EPERM', 'ENOSYS', 'EINVAL'),
  // A relay that cannot see whether SIGPIPE is ignored holds it back.
  sigaction: retry('EINVAL', 'EPERM', 'ENOSYS'),
  epoll_create1: [...OUT_OF_DESCRIPTORS, ...told('EINVAL'), ...REFUSED],
  epoll_ctl_add: [
    ...retry('ENOMEM', 'ENOSPC'),
    ...told('EPERM', 'EEXIST', 'EBADF', 'EINVAL', 'ELOOP', 'ENOSYS'),
  ],
  // Told in the next turn, by when a stream that has ended both ways may have closed as it should.
  epoll_ctl_mod: retry('ENOMEM', 'ENOSPC', 'ENOENT', 'EPERM', 'EINVAL', 'ENOSYS'),
  epoll_ctl_del: quiet('ENOENT', 'EBADF', 'EPERM', 'ENOMEM'),
  // By these three the addon knows whether a number is still what it opened. Refused,
  // nobody may notice. Where the kernel's word is an answer (not in the set, no epoll, not
  // open, no socket) it is none of them.
  epoll_ctl_mark: quiet('ENOMEM', 'ENOSPC', 'EPERM', 'EEXIST', 'EBADF', 'EINVAL', 'ENOSYS'),
  epoll_ctl_marked: quiet('EPERM', 'ENOSYS', 'ENOMEM', 'ENOSPC'),
  getsockopt_cookie: quiet('EPERM', 'ENOSYS', 'EINVAL', 'ENOPROTOOPT', 'ENOMEM', 'ENOBUFS'),
  epoll_wait: [...quiet('EINTR'), ...retry('ENOMEM'), ...told('EBADF', 'EINVAL', 'EPERM')],
  epoll_pwait2: [
    ...quiet('EINTR', 'ENOSYS', 'EPERM'),
    ...retry('ENOMEM'),
    ...told('EBADF', 'EINVAL'),
  ],
  poll: [...quiet('EINTR'), ...retry('ENOMEM'), ...told('EINVAL', 'EPERM')],
  // What the C library says of itself, and what it says that the system said.
  getaddrinfo: [...told('EAI_AGAIN', 'EAI_FAIL', 'EAI_MEMORY', 'EAI_NONAME'), ...SYSTEM_SAID],
  getnameinfo: [...told('EAI_AGAIN', 'EAI_FAIL', 'EAI_MEMORY', 'EAI_NONAME'), ...SYSTEM_SAID],
  // A processor may have gone since it was looked at: then threads run on any.
  sched_setaffinity: retry('EINVAL', 'EPERM', 'ENOSYS', 'ESRCH'),
  // With fewer threads than it may have, a pool does all its work.
  pthread_create: retry('EAGAIN', 'ENOMEM', 'EPERM', 'EINVAL'),
  mmap: quiet('ENOMEM', 'EPERM', 'EAGAIN', 'ENFILE'),
  madvise: quiet('EINVAL', 'EPERM', 'ENOSYS', 'EAGAIN'),
  statvfs: [...quiet('EINTR'), ...told('EIO', 'EACCES', 'ENOMEM', 'EPERM', 'ENOSYS')],
};

/** Every call that has a rule somewhere. */
export const CALL_NAMES = Object.keys({ ...CALLS, ...FILE_CALLS });

/** Which use of a call fails; with a plus that one and all after it. */
export const USES = ['1', '2', '3', '10', '50'];
/** Until the referee lets go of it: half a second, see referee.mjs. */
export const LASTING = '1+';
/** Calls that are made again and again, so that a lasting refusal may make the loop spin. */
const REPEATED = new Set([
  'accept4',
  'connect',
  'socket',
  'getsockopt',
  'recv',
  'send',
  'sendmsg',
  'sendto',
  'recvfrom',
  'recvmsg',
  'sendmmsg',
  'recvmmsg',
  'read',
  'write',
  'epoll_ctl_add',
  'epoll_ctl_mod',
  'epoll_ctl_del',
  'epoll_ctl_mark',
  'epoll_ctl_marked',
  'getsockopt_cookie',
  'epoll_wait',
  'epoll_pwait2',
  'poll',
  'pthread_create',
  'pipe2',
  'eventfd',
  'statx',
  'openat2',
  'statx_now',
  'preadv2',
  'statfs',
  'flock',
  'fcntl_lock',
]);

/** What passes by itself: a signal, a queue that was empty, one connection that left. */
const PASSING = new Set([
  'EINTR',
  'EAGAIN',
  'ECONNABORTED',
  'EPROTO',
  'ENOPROTOOPT',
  'EHOSTDOWN',
  'ENONET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENETDOWN',
  'ETIMEDOUT',
  'ECONNRESET',
]);

export function mayLast(call, errno, rules) {
  return REPEATED.has(call) && !(ruleOf(call, errno, rules) === 'quiet' && PASSING.has(errno));
}

/**
 * What says the same as an errno: the kernel keeps the error that ended a connection, and
 * who is told of a failed shutdown is told that one (interpose.c leaves it there). A name that
 * is not there is ENOTFOUND, as Node says.
 */
const SAME_AS = {
  'shutdown ENOTCONN': ['ECONNRESET'],
  'getaddrinfo EAI_NONAME': ['ENOTFOUND'],
  'getnameinfo EAI_NONAME': ['ENOTFOUND'],
};

/** Any of which tells of the failure. */
export function wordsFor(call, errno) {
  return [errno, ...(SAME_AS[`${call} ${errno}`] ?? [])];
}

/** 'told', 'retry' or 'quiet'. @param rules a workload's own, before those of all */
export function ruleOf(call, errno, rules = {}) {
  return (rules[call] ?? CALLS[call])?.find(([name]) => name === errno)?.[1] ?? 'told';
}
