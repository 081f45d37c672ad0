// macOS and the BSDs: those that all of them have. SIGIO and SIGINFO do
// nothing there. See ending_signals.h.
#include <csignal>

#include "os/ending_signals.h"
#include "os/realtime.h"

namespace rawloop {

bool EndsByDefault(int signal) {
  switch (signal) {
    case SIGHUP:
    case SIGINT:
    case SIGQUIT:
    case SIGILL:
    case SIGTRAP:
    case SIGABRT:
    case SIGBUS:
    case SIGFPE:
    case SIGUSR1:
    case SIGSEGV:
    case SIGUSR2:
    case SIGPIPE:
    case SIGALRM:
    case SIGTERM:
    case SIGXCPU:
    case SIGXFSZ:
    case SIGVTALRM:
    case SIGPROF:
    case SIGSYS:
      return true;
    default:
      return IsRealtime(signal);
  }
}

}  // namespace rawloop
