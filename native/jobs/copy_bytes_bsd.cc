// macOS and the BSDs: by read(2) and write(2). macOS shares blocks of whole
// files by clonefile(2), which makes the file itself and so fits no open one.
#include <cerrno>

#include "jobs/copy_bytes.h"

namespace rawloop {

int ShareBlocks(int, int) { return -ENOTSUP; }

int CopyBytes(int from, int to) { return CopyBytesThroughMemory(from, to); }

}  // namespace rawloop
