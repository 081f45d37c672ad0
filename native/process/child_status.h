// How a child ended, taken from the kernel: once, by whoever asks first. What
// differs by system is which child is meant, chosen by source list:
//
//   child_status_linux.cc  the one of a pidfd, else the one of the number
//   child_status_bsd.cc    the one of the number
#ifndef RAWLOOP_PROCESS_CHILD_STATUS_H_
#define RAWLOOP_PROCESS_CHILD_STATUS_H_

#include <sys/resource.h>
#include <sys/types.h>

namespace rawloop {

struct ChildStatus {
  int code;    // of exit(3); -1: a signal ended it
  int signal;  // 0: none did
  bool core_dumped;
  rusage usage;
};

// Never of another child. 1: it has ended, and `status` is filled; 0: it has
// not; -errno (-ECHILD: somebody else has asked, or nobody may). It does not
// wait. `pidfd` may be -1.
int TakeStatus(pid_t pid, int pidfd, ChildStatus* status);

// The same of the child that has the number, which stays its own until it is
// asked. See wait4(2).
int TakeStatusByPid(pid_t pid, ChildStatus* status);

}  // namespace rawloop

#endif  // RAWLOOP_PROCESS_CHILD_STATUS_H_
