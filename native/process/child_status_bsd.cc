// By wait4(2) of one number: that of a child stays its own until it is asked.
#include <sys/wait.h>

#include <cerrno>

#include "core/retried.h"
#include "process/child_status.h"

namespace rawloop {

int TakeStatus(pid_t pid, int, ChildStatus* status) {
  int word = 0;
  const pid_t result =
      Retried([&] { return wait4(pid, &word, WNOHANG, &status->usage); });
  if (result <= 0) return result < 0 ? -errno : 0;
  status->code = WIFEXITED(word) ? WEXITSTATUS(word) : -1;
  status->signal = WIFSIGNALED(word) ? WTERMSIG(word) : 0;
  status->core_dumped = WIFSIGNALED(word) && WCOREDUMP(word);
  return 1;
}

}  // namespace rawloop
