// macOS and the BSDs have no descriptor that is always the same child's.
#include "process/child_status.h"

namespace rawloop {

int TakeStatus(pid_t pid, int, ChildStatus* status) {
  return TakeStatusByPid(pid, status);
}

}  // namespace rawloop
