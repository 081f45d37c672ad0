// Bytes of a file to a socket or pipe that does not block: what each platform
// must supply for it, chosen by source list (send_bytes_linux.cc,
// send_bytes_bsd.cc).
#ifndef RAWLOOP_JOBS_SEND_BYTES_H_
#define RAWLOOP_JOBS_SEND_BYTES_H_

#include <cstddef>
#include <cstdint>

namespace rawloop {

// Sends up to `count` bytes of `file` from `offset` on, as many as `to` takes
// now: how many, 0 at the end of the file, or -errno when it is none (-EAGAIN:
// there is no room). It may wait for the disk.
int64_t SendBytes(int to, int file, int64_t offset, size_t count);

// For the implementations: the same by pread(2) and send(2).
int64_t SendBytesThroughMemory(int to, int file, int64_t offset, size_t count);

}  // namespace rawloop

#endif  // RAWLOOP_JOBS_SEND_BYTES_H_
