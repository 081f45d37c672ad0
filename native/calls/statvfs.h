// How large a file system is, and what is left: for the raw call, and for a
// thread of the pool. See statvfs(3).
#ifndef RAWLOOP_CALLS_STATVFS_H_
#define RAWLOOP_CALLS_STATVFS_H_

#include <cstddef>

namespace rawloop {

constexpr size_t kStatvfsFields = 11;

// Fills kStatvfsFields in the order of POSIX's struct: 0 or -errno. EINTR is
// retried. It may wait for a disk or a server.
int ReadStatvfs(const char* path, double* fields);

}  // namespace rawloop

#endif  // RAWLOOP_CALLS_STATVFS_H_
