// Bytes of a descriptor that blocks, as others share the open file and would
// have O_NONBLOCK as well. So poll(2) is asked before each call, and no more is
// written at once than the kernel then has room for. Who shares it may still
// read or fill it between the two calls: nothing but O_NONBLOCK helps there.
// See poll(2), pipe(7).
#ifndef RAWLOOP_STREAM_SHARED_H_
#define RAWLOOP_STREAM_SHARED_H_

#include <sys/types.h>
#include <sys/uio.h>

#include <cstddef>
#include <cstdint>

namespace rawloop {

// Whether the bytes of this Transfer move so.
bool IsShared(int32_t transfer);

// As read(2) and writev(2) with O_NONBLOCK. EINTR is retried.
ssize_t ReadShared(int fd, void* data, size_t size);
ssize_t WriteShared(int32_t transfer, int fd, const iovec* parts, size_t count);

}  // namespace rawloop

#endif  // RAWLOOP_STREAM_SHARED_H_
