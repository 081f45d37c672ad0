// A child that is a copy of its parent, on macOS and the BSDs: a thread of
// theirs may not borrow the memory of another process. What failed comes by a
// pipe that closes when the program runs. See fork(2), spawn_child.h.
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

#include "core/retried.h"
#include "os/opening.h"
#include "process/spawn_child.h"

namespace rawloop {
namespace {

[[noreturn]] void RunChild(const SpawnPlan& plan, int report) {
  SpawnFailure failure;
  // Beyond the numbers that are given to the program.
  const int count = static_cast<int>(plan.descriptor_count);
  const int moved = fcntl(report, F_DUPFD_CLOEXEC, count);
  if (moved >= 0) {
    BecomeProgram(plan, &failure);
  } else {
    failure = {kStepMoveDescriptor, errno};
  }
  const int fd = moved >= 0 ? moved : report;
  Retried([&] { return write(fd, &failure, sizeof(failure)); });
  _exit(127);
}

// No handler of the parent is to run in the child, nor between two processes.
class BlockedSignals {
 public:
  BlockedSignals() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~BlockedSignals() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  BlockedSignals(const BlockedSignals&) = delete;
  BlockedSignals& operator=(const BlockedSignals&) = delete;

 private:
  sigset_t before_;
};

}  // namespace

int StartChild(const SpawnPlan& plan, ChildStack* /*stack*/, int* pidfd,
               SpawnFailure* failure) {
  *pidfd = -1;
  int ends[2];
  if (OpenPipe(ends, 0) < 0) {
    *failure = {kStepStart, errno};
    return -failure->error;
  }
  pid_t pid;
  {
    BlockedSignals blocked;
    pid = fork();
    if (pid == 0) RunChild(plan, ends[1]);
    if (pid < 0) *failure = {kStepStart, errno};
  }
  close(ends[1]);
  ssize_t bytes = 0;
  if (pid > 0) {
    bytes = Retried([&] { return read(ends[0], failure, sizeof(*failure)); });
  }
  close(ends[0]);
  if (pid > 0 && bytes != sizeof(*failure)) return pid;
  if (pid > 0) Retried([&] { return waitpid(pid, nullptr, 0); });
  return -failure->error;
}

// It is not asked for: lib/spawn/program.ts.
char** OwnEnvironment() {
  static char* none[] = {nullptr};
  return none;
}

void ResetSignals() {
  struct sigaction by_default {};
  by_default.sa_handler = SIG_DFL;
  for (int signal = 1; signal < NSIG; signal++) {
    sigaction(signal, &by_default, nullptr);
  }
}

void UnblockSignals() {
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
}

int SetGroups(const gid_t* groups, size_t count) {
  return setgroups(static_cast<int>(count), groups);
}

int SetGid(gid_t gid) { return setgid(gid); }

int SetUid(uid_t uid) { return setuid(uid); }

// Marked, not closed: the report is among them.
int CloseFrom(int first) {
  const int end = getdtablesize();
  for (int fd = first; fd < end; fd++) fcntl(fd, F_SETFD, FD_CLOEXEC);
  return 0;
}

}  // namespace rawloop
