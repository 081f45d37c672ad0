// By waitid(2) of a pidfd, which means one process for ever: should somebody
// else have taken the status, the number may be another child's by now. By the
// system call itself, as the C library's gives no usage.
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

#include "core/retried.h"
#include "process/child_status.h"

namespace rawloop {

int TakeStatus(pid_t pid, int pidfd, ChildStatus* status) {
  // Linux 5.4.
  constexpr int kPidfdKind = 3;
  if (pidfd < 0) return TakeStatusByPid(pid, status);
  siginfo_t found{};
  const long result = Retried([&] {
    return syscall(SYS_waitid, kPidfdKind, pidfd, &found, WEXITED | WNOHANG,
                   &status->usage);
  });
  // Unknown to an older kernel, or refused by a filter of system calls.
  if (result < 0 && errno != ECHILD) return TakeStatusByPid(pid, status);
  if (result < 0) return -ECHILD;
  if (found.si_pid == 0) return 0;
  const bool exited = found.si_code == CLD_EXITED;
  status->code = exited ? found.si_status : -1;
  status->signal = exited ? 0 : found.si_status;
  status->core_dumped = found.si_code == CLD_DUMPED;
  return 1;
}

}  // namespace rawloop
