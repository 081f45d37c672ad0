// The C library of Linux keeps the first ones to itself, and says where its
// SIGRTMIN is by a function that a handler may call. See signal(7).
#include "os/realtime.h"

#include <csignal>

namespace rawloop {

int RealtimeIndex(int signal) {
  const bool is_one = signal >= SIGRTMIN && signal <= SIGRTMAX;
  return is_one ? signal - SIGRTMIN : -1;
}

}  // namespace rawloop
