// CurrentCpu on Linux: no system call. See sched_getcpu(3), rseq(2).
#include <sched.h>

#include "os/current_cpu.h"

namespace rawloop {

int CurrentCpu() { return sched_getcpu(); }

}  // namespace rawloop
