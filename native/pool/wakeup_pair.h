// What each platform must supply to the pool, chosen by source list:
//
//   wakeup_eventfd.cc  Linux: an eventfd(2), or a pipe when it is asked for
//   wakeup_pipe.cc     macOS and the BSDs: a pipe(2)
#ifndef RAWLOOP_POOL_WAKEUP_PAIR_H_
#define RAWLOOP_POOL_WAKEUP_PAIR_H_

namespace rawloop {

// fds[0] is read and polled, fds[1] written, eight bytes at a time; both
// non-blocking and close-on-exec. They are the same where the kernel has an
// eventfd(2), unless `pipe` asks for a pipe(2). 0 or -errno.
int OpenWakeupPair(bool pipe, int fds[2]);

}  // namespace rawloop

#endif  // RAWLOOP_POOL_WAKEUP_PAIR_H_
