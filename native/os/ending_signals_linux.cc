// Linux: all but a few, those of real time as well. See ending_signals.h.
#include <csignal>

#include "os/ending_signals.h"

namespace rawloop {

bool EndsByDefault(int signal) {
  switch (signal) {
    case SIGCHLD:
    case SIGCONT:
    case SIGURG:
    case SIGWINCH:
    case SIGTSTP:
    case SIGTTIN:
    case SIGTTOU:
    case SIGKILL:
    case SIGSTOP:
      return false;
    default:
      return true;
  }
}

}  // namespace rawloop
