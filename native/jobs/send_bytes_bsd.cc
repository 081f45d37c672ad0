// macOS and the BSDs: by pread(2) and send(2). Their sendfile(2) knows sockets
// alone, each in a signature of its own.
#include "jobs/send_bytes.h"

namespace rawloop {

int64_t SendBytes(int to, int file, int64_t offset, size_t count) {
  return SendBytesThroughMemory(to, file, offset, count);
}

}  // namespace rawloop
