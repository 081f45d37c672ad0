// File status on Linux: statx(2).
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <cerrno>

#include "jobs/stat.h"
#include "jobs/statx.h"

namespace rawloop {

namespace {

// Kernels before 4.11 have no statx, and seccomp filters of old container
// hosts refuse it with EPERM: then the time of birth is that of the change.
bool IsRefused(int result) {
  return result == -ENOSYS || result == -EPERM || result == -EINVAL ||
         result == -EOPNOTSUPP;
}

int FillWithoutBirth(int result, const struct stat& s,
                     int64_t fields[kStatFields]) {
  if (result != 0) return -errno;
  FillWithoutTimes(s, fields);
  fields[kStatAtimeSec] = s.st_atim.tv_sec;
  fields[kStatAtimeNsec] = s.st_atim.tv_nsec;
  fields[kStatMtimeSec] = s.st_mtim.tv_sec;
  fields[kStatMtimeNsec] = s.st_mtim.tv_nsec;
  fields[kStatCtimeSec] = fields[kStatBirthtimeSec] = s.st_ctim.tv_sec;
  fields[kStatCtimeNsec] = fields[kStatBirthtimeNsec] = s.st_ctim.tv_nsec;
  return 0;
}

}  // namespace

int Statx(int fd, const char* path, int flags, int64_t fields[kStatFields],
          unsigned mask) {
  struct statx s;
  if (syscall(SYS_statx, fd, path, flags, mask, &s) != 0) return -errno;
  fields[kStatDev] =
      static_cast<int64_t>(makedev(s.stx_dev_major, s.stx_dev_minor));
  fields[kStatMode] = s.stx_mode;
  fields[kStatNlink] = s.stx_nlink;
  fields[kStatUid] = s.stx_uid;
  fields[kStatGid] = s.stx_gid;
  fields[kStatRdev] =
      static_cast<int64_t>(makedev(s.stx_rdev_major, s.stx_rdev_minor));
  fields[kStatBlksize] = s.stx_blksize;
  fields[kStatIno] = static_cast<int64_t>(s.stx_ino);
  fields[kStatSize] = static_cast<int64_t>(s.stx_size);
  fields[kStatBlocks] = static_cast<int64_t>(s.stx_blocks);
  fields[kStatAtimeSec] = s.stx_atime.tv_sec;
  fields[kStatAtimeNsec] = s.stx_atime.tv_nsec;
  fields[kStatMtimeSec] = s.stx_mtime.tv_sec;
  fields[kStatMtimeNsec] = s.stx_mtime.tv_nsec;
  fields[kStatCtimeSec] = s.stx_ctime.tv_sec;
  fields[kStatCtimeNsec] = s.stx_ctime.tv_nsec;
  // A file system without a time of birth leaves these 0, and so does Node.
  fields[kStatBirthtimeSec] = s.stx_btime.tv_sec;
  fields[kStatBirthtimeNsec] = s.stx_btime.tv_nsec;
  return 0;
}

int StatPath(const char* path, bool follow, int64_t fields[kStatFields]) {
  const int result =
      Statx(AT_FDCWD, path, follow ? 0 : AT_SYMLINK_NOFOLLOW, fields);
  if (!IsRefused(result)) return result;
  struct stat s;
  return FillWithoutBirth(follow ? stat(path, &s) : lstat(path, &s), s, fields);
}

int StatDescriptor(int fd, int64_t fields[kStatFields]) {
  const int result = Statx(fd, "", AT_EMPTY_PATH, fields);
  if (!IsRefused(result)) return result;
  struct stat s;
  return FillWithoutBirth(fstat(fd, &s), s, fields);
}

}  // namespace rawloop
