// What the kernel knows of a file without asking anybody. See statx(2).
#ifndef RAWLOOP_OS_KNOWN_STATUS_H_
#define RAWLOOP_OS_KNOWN_STATUS_H_

#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
// musl has statx(2) from 1.2.5 on; the kernel's header has its types.
#ifndef STATX_BASIC_STATS
#include <linux/stat.h>
#endif
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#ifndef AT_STATX_DONT_SYNC
#define AT_STATX_DONT_SYNC 0x4000
#endif

namespace rawloop {

// Device, inode and kind, as fstat(2) has them, but as the kernel has them in
// memory: the server of a file system may not answer, and the loop's thread
// asks here. Where statx(2) is unknown or refused there is fstat(2).
inline int KnownStatus(int fd, struct stat* status) {
  struct statx found;
  if (syscall(SYS_statx, fd, "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC,
              STATX_TYPE | STATX_INO, &found) != 0) {
    return errno == EBADF ? -1 : fstat(fd, status);
  }
  status->st_dev = makedev(found.stx_dev_major, found.stx_dev_minor);
  status->st_ino = static_cast<ino_t>(found.stx_ino);
  status->st_mode = found.stx_mode;
  return 0;
}

}  // namespace rawloop

#endif  // RAWLOOP_OS_KNOWN_STATUS_H_
