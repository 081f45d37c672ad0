// Linux: FICLONE, and copy_file_range(2), which shares blocks by itself where
// it can and lets servers of network file systems copy.
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

#include "jobs/copy_bytes.h"

namespace rawloop {

namespace {

// FICLONE of <linux/fs.h>, which does not go together with <sys/mount.h>.
constexpr unsigned long kShare = _IOW(0x94, 9, int);
constexpr size_t kMostAtOnce = 1 << 30;

}  // namespace

int ShareBlocks(int from, int to) {
  return ioctl(to, kShare, from) == 0 ? 0 : -errno;
}

int CopyBytes(int from, int to) {
  for (bool first = true;; first = false) {
    const ssize_t size = syscall(SYS_copy_file_range, from, nullptr, to,
                                 nullptr, kMostAtOnce, 0);
    if (size > 0) continue;
    // Of procfs kernels up to 5.18 say that there is nothing.
    if (size == 0) return first ? CopyBytesThroughMemory(from, to) : 0;
    if (errno == EINTR) continue;
    const bool is_refused = errno == EXDEV || errno == EINVAL ||
                            errno == ENOSYS || errno == EOPNOTSUPP ||
                            errno == EPERM || errno == EBADF;
    return is_refused ? CopyBytesThroughMemory(from, to) : -errno;
  }
}

}  // namespace rawloop
