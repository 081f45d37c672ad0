// What the calls on files that never wait share: fs_inline_linux.cc, by paths,
// and transfers_now_linux.cc, by descriptors.
//
// What a status sends to a server waits for it, whatever is asked (FUSE, where
// what it knew is too old). So the device is asked for first, which the kernel
// always has: a status that nothing is asked of is that, and the type of the
// file. See statx(2), AT_STATX_DONT_SYNC.
#ifndef RAWLOOP_JOBS_FS_INLINE_H_
#define RAWLOOP_JOBS_FS_INLINE_H_

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>

#include "core/args.h"
#include "jobs/statx.h"

#ifndef AT_STATX_DONT_SYNC
#define AT_STATX_DONT_SYNC 0x4000
#endif
#ifndef RWF_NOWAIT
#define RWF_NOWAIT 8
#endif

namespace rawloop {

inline int StatOpen(int fd, int64_t fields[kStatFields]) {
  return Statx(fd, "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC, fields);
}

inline int DeviceOf(int fd, int64_t fields[kStatFields]) {
  return Statx(fd, "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC, fields, 0);
}

inline bool IsRegular(const int64_t fields[kStatFields]) {
  return S_ISREG(static_cast<mode_t>(fields[kStatMode]));
}

// Whether a number of `devices`, float64, is that of `fields`.
inline bool IsAmong(const Span& devices, const int64_t fields[kStatFields]) {
  for (size_t at = 0; at + sizeof(double) <= devices.size;
       at += sizeof(double)) {
    double device;
    memcpy(&device, devices.data + at, sizeof(device));
    if (device == static_cast<double>(fields[kStatDev])) return true;
  }
  return false;
}

// What readNow reads; in transfers_now_linux.cc.
int64_t ReadCached(int fd, const Span& span, int64_t position);

}  // namespace rawloop

#endif  // RAWLOOP_JOBS_FS_INLINE_H_
