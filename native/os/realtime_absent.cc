// See realtime.h.
#include "os/realtime.h"

namespace rawloop {

int RealtimeIndex(int) { return -1; }

}  // namespace rawloop
