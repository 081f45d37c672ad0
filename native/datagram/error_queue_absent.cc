// macOS and the BSDs keep no such queue: see control.h.
#include "datagram/control.h"

namespace rawloop {

int TakeError(int /*fd*/, Arrival* /*out*/) { return -1; }

}  // namespace rawloop
