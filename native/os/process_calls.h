// Linux's calls on processes, made by their numbers, which are the same on
// every architecture that this is built for: the C libraries that it is to run
// on have no functions for the newer of them. Each is as the system call, -1
// and errno when it fails, and safe in a child that shares its parent's memory.
// See syscall(2).
#ifndef RAWLOOP_OS_PROCESS_CALLS_H_
#define RAWLOOP_OS_PROCESS_CALLS_H_

#include <sys/syscall.h>
#include <unistd.h>

#include <cstdint>

namespace rawloop {

constexpr unsigned kCloseRangeCloexec = 1U << 2;

// Close-on-exec by itself. Linux 5.3.
inline int OpenPidfd(int pid, unsigned flags) {
  constexpr long kPidfdOpen = 434;
  return static_cast<int>(syscall(kPidfdOpen, pid, flags));
}

// Linux 5.1.
inline int SignalPidfd(int pidfd, int signal, unsigned flags) {
  constexpr long kPidfdSendSignal = 424;
  return static_cast<int>(
      syscall(kPidfdSendSignal, pidfd, signal, nullptr, flags));
}

// Linux 5.9; to mark in place of closing 5.11.
inline int CloseDescriptors(unsigned first, unsigned last, unsigned flags) {
  constexpr long kCloseRange = 436;
  return static_cast<int>(syscall(kCloseRange, first, last, flags));
}

// Soft and hard limit, either pair may be null.
inline int LimitProcess(int pid, int resource, const uint64_t* wanted,
                        uint64_t* found) {
  return static_cast<int>(syscall(SYS_prlimit64, pid, resource, wanted, found));
}

}  // namespace rawloop

#endif  // RAWLOOP_OS_PROCESS_CALLS_H_
