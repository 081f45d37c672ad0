// By wait4(2), which every system has, and which tells of the usage as well. A
// number is its child's own until this was asked: nobody else is given it while
// the child is a zombie.
#include "process/child_status.h"

#include <sys/wait.h>

#include <cerrno>

#include "core/retried.h"

namespace rawloop {

int TakeStatusByPid(pid_t pid, ChildStatus* status) {
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
