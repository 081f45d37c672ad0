// CurrentCpu on macOS and the BSDs: not told.
#include "os/current_cpu.h"

namespace rawloop {

int CurrentCpu() { return -1; }

}  // namespace rawloop
