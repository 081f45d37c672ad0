// statx(2) on Linux, for whoever asks by it.
#ifndef RAWLOOP_JOBS_STATX_H_
#define RAWLOOP_JOBS_STATX_H_

#include <sys/stat.h>
// musl has statx(2) from 1.2.5 on; the kernel's header has its types.
#ifndef STATX_BASIC_STATS
#include <linux/stat.h>
#endif

#include <cstdint>

#include "jobs/stat.h"

namespace rawloop {

// 0 or -errno. `path` is relative to `fd`; empty, with AT_EMPTY_PATH among the
// flags: what is open at `fd`.
int Statx(int fd, const char* path, int flags, int64_t fields[kStatFields],
          unsigned mask = STATX_BASIC_STATS | STATX_BTIME);

}  // namespace rawloop

#endif  // RAWLOOP_JOBS_STATX_H_
