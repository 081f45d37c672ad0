// What each platform must supply to the pool. One file implements it for one
// kernel (pool_linux.cc, pool_bsd.cc), chosen by source list. The contract, in
// the order of the functions there:
//
//   OpenWakeup   the pair of descriptors by which a thread wakes the loop
//   StatPath     stat(2) or lstat(2) with the time of birth
#ifndef RAWLOOP_POOL_PLATFORM_H_
#define RAWLOOP_POOL_PLATFORM_H_

#include <cstddef>
#include <cstdint>

namespace rawloop {

// fds[0] is read and polled, fds[1] written, eight bytes at a time; both
// non-blocking and close-on-exec. They are the same where the kernel has an
// eventfd(2), unless `pipe` asks for a pipe(2). 0 or -errno.
int OpenWakeup(bool pipe, int fds[2]);

// The order of these is the order of the cells that JavaScript reads.
enum StatField : size_t {
  kStatDev,
  kStatMode,
  kStatNlink,
  kStatUid,
  kStatGid,
  kStatRdev,
  kStatBlksize,
  kStatIno,
  kStatSize,
  kStatBlocks,
  kStatAtimeSec,
  kStatAtimeNsec,
  kStatMtimeSec,
  kStatMtimeNsec,
  kStatCtimeSec,
  kStatCtimeNsec,
  kStatBirthtimeSec,
  kStatBirthtimeNsec,
  kStatFields,
};

// 0 or -errno. Without `follow` a symbolic link is described itself.
int StatPath(const char* path, bool follow, int64_t fields[kStatFields]);

}  // namespace rawloop

#endif  // RAWLOOP_POOL_PLATFORM_H_
