// A child that borrows its parent's memory until its program runs. No page
// table is copied, so the time does not grow with the parent, and no memory has
// to be promised for a copy. posix_spawn(3) does the same, and cannot change
// the user, the terminal or limits. The thread that asks waits; others go on,
// and share errno with nobody. See clone(2), vfork(2), spawn_child.h.
#include <dirent.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <mutex>

#include "core/retried.h"
#include "os/process_calls.h"
#include "process/spawn_child.h"

namespace rawloop {
namespace {

// Of the kernel's mask and actions, which have no place for the C library's
// own. An action of all zeros is the default one on every architecture.
constexpr int kSignals = 64;
using KernelMask = uint64_t;
constexpr size_t kActionWords = 8;

// Linux 5.2; before, the bit means nothing.
constexpr int kClonePidfd = 0x1000;

// 16-bit ids had the plain names where there are others.
#ifdef SYS_setuid32
constexpr long kSetUid = SYS_setuid32;
constexpr long kSetGid = SYS_setgid32;
constexpr long kSetGroups = SYS_setgroups32;
#else
constexpr long kSetUid = SYS_setuid;
constexpr long kSetGid = SYS_setgid;
constexpr long kSetGroups = SYS_setgroups;
#endif

// Every signal, those of the C library as well: no handler of the parent may
// run in a child that shares its memory.
class BlockedSignals {
 public:
  BlockedSignals() {
    const KernelMask all = ~KernelMask{0};
    syscall(SYS_rt_sigprocmask, SIG_SETMASK, &all, &before_, sizeof(all));
  }
  ~BlockedSignals() {
    syscall(SYS_rt_sigprocmask, SIG_SETMASK, &before_, nullptr,
            sizeof(before_));
  }
  BlockedSignals(const BlockedSignals&) = delete;
  BlockedSignals& operator=(const BlockedSignals&) = delete;

 private:
  KernelMask before_ = 0;
};

// Who becomes another user may leave no core file and may not be traced. The
// kernel notes that with the memory, which until the program runs is its
// parent's as well: so it is set back then. One child at a time, as what is
// noted meanwhile protects another that is on its way. See PR_SET_DUMPABLE,
// prctl(2).
class KeptDumpable {
 public:
  explicit KeptDumpable(const SpawnPlan& plan) {
    if (!plan.Has(kUid) && !plan.Has(kGid)) return;
    static std::mutex mutex;
    lock_ = std::unique_lock<std::mutex>(mutex);
    was_ = prctl(PR_GET_DUMPABLE) == kByUser;
  }
  ~KeptDumpable() {
    if (was_) prctl(PR_SET_DUMPABLE, kByUser);
  }
  KeptDumpable(const KeptDumpable&) = delete;
  KeptDumpable& operator=(const KeptDumpable&) = delete;

 private:
  static constexpr int kByUser = 1;
  std::unique_lock<std::mutex> lock_;
  bool was_ = false;
};

struct Child {
  const SpawnPlan* plan;
  SpawnFailure* failure;
};

// Not for AddressSanitizer: before a call that does not return it clears the
// marks of the thread's whole stack, and takes its parent's for that one.
[[gnu::no_sanitize_address]] int RunChild(void* argument) {
  const auto* child = static_cast<const Child*>(argument);
  BecomeProgram(*child->plan, child->failure);
  // Not exit(3), whose handlers are the parent's.
  _exit(127);
}

int Clone(const SpawnPlan& plan, void* stack, Child* child, int* pidfd) {
  const int flags = CLONE_VM | CLONE_VFORK | SIGCHLD;
  if (plan.Has(kPidfd)) {
    const int pid = clone(RunChild, stack, flags | kClonePidfd, child, pidfd,
                          nullptr, nullptr);
    // Only who knows the bit refuses it.
    if (pid >= 0 || errno != EINVAL) return pid;
  }
  return clone(RunChild, stack, flags, child);
}

// The flag of exec for all that /proc shows, as kernels before 5.9 do not
// close by ranges. Its entries are read as they come: readdir(3) allocates.
bool MarkByProc(int first) {
  struct Entry {
    uint64_t inode;
    int64_t offset;
    uint16_t size;
    uint8_t type;
    char name[1];
  };
  const int folder = Retried(
      [] { return open("/proc/self/fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC); });
  if (folder < 0) return false;
  alignas(Entry) char entries[2048];
  long bytes;
  while ((bytes = syscall(SYS_getdents64, folder, entries, sizeof(entries))) >
         0) {
    for (long at = 0; at < bytes;) {
      const auto* entry = reinterpret_cast<const Entry*>(entries + at);
      at += entry->size;
      int fd = 0;
      for (const char* digit = entry->name; *digit != '\0'; digit++) {
        fd = *digit == '.' ? -1 : fd * 10 + (*digit - '0');
      }
      if (fd >= first) fcntl(fd, F_SETFD, FD_CLOEXEC);
    }
  }
  close(folder);
  return bytes == 0;
}

}  // namespace

int StartChild(const SpawnPlan& plan, ChildStack* stack, int* pidfd,
               SpawnFailure* failure) {
  *pidfd = -1;
  void* top = stack->Top();
  Child child{&plan, failure};
  const KeptDumpable kept(plan);
  int pid = -1;
  int error = errno;
  if (top != nullptr) {
    BlockedSignals blocked;
    pid = Clone(plan, top, &child, pidfd);
    error = errno;
  }
  if (pid < 0) {
    *failure = {kStepStart, error};
    return -error;
  }
  if (failure->step == kStepNone) return pid;
  // It has exited, or is about to.
  Retried([&] { return waitpid(pid, nullptr, 0); });
  if (*pidfd >= 0) close(*pidfd);
  *pidfd = -1;
  return -failure->error;
}

char** OwnEnvironment() { return environ; }

void ResetSignals() {
  const unsigned long by_default[kActionWords] = {};
  for (int signal = 1; signal <= kSignals; signal++) {
    syscall(SYS_rt_sigaction, signal, by_default, nullptr, sizeof(KernelMask));
  }
}

void UnblockSignals() {
  const KernelMask none = 0;
  syscall(SYS_rt_sigprocmask, SIG_SETMASK, &none, nullptr, sizeof(none));
}

int SetGroups(const gid_t* groups, size_t count) {
  return static_cast<int>(syscall(kSetGroups, count, groups));
}

int SetGid(gid_t gid) { return static_cast<int>(syscall(kSetGid, gid)); }

int SetUid(uid_t uid) { return static_cast<int>(syscall(kSetUid, uid)); }

int CloseFrom(int first) {
  if (CloseDescriptors(first, ~0U, 0) == 0 || MarkByProc(first)) return 0;
  rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) < 0) return -1;
  for (rlim_t fd = first; fd < limit.rlim_cur; fd++) {
    fcntl(static_cast<int>(fd), F_SETFD, FD_CLOEXEC);
  }
  return 0;
}

}  // namespace rawloop
