// The C library keeps the first ones to itself. See signal(7).
#include <csignal>

#include "os/realtime.h"

namespace rawloop {

bool IsRealtime(int signal) { return signal >= SIGRTMIN && signal <= SIGRTMAX; }

}  // namespace rawloop
