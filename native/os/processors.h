// On which processors the calling thread may run. One file implements it for
// each kind of system, chosen by source list: processors_linux.cc,
// processors_absent.cc.
#ifndef RAWLOOP_OS_PROCESSORS_H_
#define RAWLOOP_OS_PROCESSORS_H_

#include <vector>

namespace rawloop {

// Numbers of processors are less than this.
constexpr int kMaxProcessors = 1024;

// 0, or -errno: -EINVAL when none of them is there, or is the process's to use;
// -ENOSYS where threads are not bound to processors.
int RunOnProcessors(const std::vector<int>& processors);

}  // namespace rawloop

#endif  // RAWLOOP_OS_PROCESSORS_H_
