// RunOnProcessors on Linux. See sched_setaffinity(2).
#include <sched.h>

#include <cerrno>

#include "os/processors.h"

namespace rawloop {

static_assert(kMaxProcessors <= CPU_SETSIZE);

int RunOnProcessors(const std::vector<int>& processors) {
  cpu_set_t set;
  CPU_ZERO(&set);
  for (int processor : processors) CPU_SET(processor, &set);
  return sched_setaffinity(0, sizeof(set), &set) == 0 ? 0 : -errno;
}

}  // namespace rawloop
