// stat(2) with the time of birth: what each platform must supply for it, chosen
// by source list (stat_linux.cc, stat_bsd.cc), and what all of them share.
#ifndef RAWLOOP_JOBS_STAT_H_
#define RAWLOOP_JOBS_STAT_H_

#include <sys/stat.h>

#include <cstddef>
#include <cstdint>

namespace rawloop {

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
// The same of what is open.
int StatDescriptor(int fd, int64_t fields[kStatFields]);

// For the implementations: the fields up to the times, which have other names
// on each system.
inline void FillWithoutTimes(const struct stat& s,
                             int64_t fields[kStatFields]) {
  fields[kStatDev] = static_cast<int64_t>(s.st_dev);
  fields[kStatMode] = s.st_mode;
  fields[kStatNlink] = static_cast<int64_t>(s.st_nlink);
  fields[kStatUid] = s.st_uid;
  fields[kStatGid] = s.st_gid;
  fields[kStatRdev] = static_cast<int64_t>(s.st_rdev);
  fields[kStatBlksize] = s.st_blksize;
  fields[kStatIno] = static_cast<int64_t>(s.st_ino);
  fields[kStatSize] = s.st_size;
  fields[kStatBlocks] = s.st_blocks;
}

}  // namespace rawloop

#endif  // RAWLOOP_JOBS_STAT_H_
