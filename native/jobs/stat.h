// What stat(2) tells on every system, for the files that implement StatPath
// where there is no better call. The times have other names on each.
#ifndef RAWLOOP_POOL_STAT_H_
#define RAWLOOP_POOL_STAT_H_

#include <sys/stat.h>

#include <cerrno>

#include "pool/pool_platform.h"

namespace rawloop {

// Fills the fields up to the times. 0 or -errno.
inline int StatWithoutTimes(const char* path, bool follow, struct stat* s,
                            int64_t fields[kStatFields]) {
  if ((follow ? stat(path, s) : lstat(path, s)) != 0) return -errno;
  fields[kStatDev] = static_cast<int64_t>(s->st_dev);
  fields[kStatMode] = s->st_mode;
  fields[kStatNlink] = static_cast<int64_t>(s->st_nlink);
  fields[kStatUid] = s->st_uid;
  fields[kStatGid] = s->st_gid;
  fields[kStatRdev] = static_cast<int64_t>(s->st_rdev);
  fields[kStatBlksize] = s->st_blksize;
  fields[kStatIno] = static_cast<int64_t>(s->st_ino);
  fields[kStatSize] = s->st_size;
  fields[kStatBlocks] = s->st_blocks;
  return 0;
}

}  // namespace rawloop

#endif  // RAWLOOP_POOL_STAT_H_
