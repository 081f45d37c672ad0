// See realtime.h.
#include "os/realtime.h"

namespace rawloop {

bool IsRealtime(int) { return false; }

}  // namespace rawloop
