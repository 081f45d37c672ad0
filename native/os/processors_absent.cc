// RunOnProcessors on macOS and the BSDs: macOS takes hints only, and on the
// BSDs nobody asked for it yet.
#include <cerrno>

#include "os/processors.h"

namespace rawloop {

int RunOnProcessors(const std::vector<int>&) { return -ENOSYS; }

}  // namespace rawloop
