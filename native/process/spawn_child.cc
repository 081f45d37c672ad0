#include "process/spawn_child.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "core/retried.h"

namespace rawloop {
namespace {

bool Fails(SpawnFailure* failure, SpawnStep step) {
  failure->error = errno;
  failure->step = step;
  return false;
}

bool JoinSession(const SpawnPlan& plan, SpawnFailure* failure) {
  if (plan.Has(kNewSession) && setsid() < 0) {
    return Fails(failure, kStepSession);
  }
  if (plan.Has(kProcessGroup) && setpgid(0, plan.process_group) < 0) {
    return Fails(failure, kStepProcessGroup);
  }
  return true;
}

// A session's leader without a terminal takes one. Opening it does so by
// itself on Linux, not on the BSDs; to ask for what it is already is no error.
// To open a serial line without O_NONBLOCK waits for its carrier, and so would
// the thread that asks.
bool TakeTerminal(const SpawnPlan& plan, SpawnFailure* failure) {
  int fd = plan.terminal_fd;
  if (plan.Has(kTerminalPath)) {
    constexpr int kFlags = O_RDWR | O_NONBLOCK | O_CLOEXEC;
    fd = Retried([&] { return open(plan.terminal_path, kFlags); });
    if (fd < 0) return Fails(failure, kStepOpenTerminal);
  } else if (!plan.Has(kTerminalFd)) {
    return true;
  }
  if (ioctl(fd, TIOCSCTTY, 0) < 0) return Fails(failure, kStepTerminal);
  return true;
}

// Those that stand where another is to be move out of the way first.
bool MoveDescriptors(const SpawnPlan& plan, SpawnFailure* failure) {
  const int count = static_cast<int>(plan.descriptor_count);
  for (int i = 0; i < count; i++) {
    int& from = plan.descriptors[i];
    if (from < 0 || from == i || from >= count) continue;
    from = fcntl(from, F_DUPFD_CLOEXEC, count);
    if (from < 0) return Fails(failure, kStepMoveDescriptor);
  }
  return true;
}

// Who reads or writes these as usual knows nothing of EAGAIN. The flag is the
// open file's, so this is so for all who share it.
bool LetBlock(int fd, SpawnFailure* failure) {
  const int flags = fcntl(fd, F_GETFL);
  if (flags >= 0 && (flags & O_NONBLOCK) == 0) return true;
  if (flags >= 0 && fcntl(fd, F_SETFL, flags & ~O_NONBLOCK) == 0) return true;
  return Fails(failure, kStepMoveDescriptor);
}

bool Place(int from, int to, SpawnFailure* failure) {
  if (from == kNothing) {
    close(to);
    return true;
  }
  if (from == to) {
    return fcntl(to, F_SETFD, 0) == 0 || Fails(failure, kStepMoveDescriptor);
  }
  // EBUSY: another thread opens that very number. See dup(2).
  int result;
  do result = dup2(from, to);
  while (result < 0 && (errno == EINTR || errno == EBUSY));
  return result >= 0 || Fails(failure, kStepPlaceDescriptor);
}

bool PlaceDescriptors(const SpawnPlan& plan, SpawnFailure* failure) {
  if (!MoveDescriptors(plan, failure)) return false;
  const int count = static_cast<int>(plan.descriptor_count);
  for (int i = 0; i < count; i++) {
    int from = plan.descriptors[i];
    // If it comes to stand where another is to be, that one takes its place,
    // and where nothing is to be, it goes with exec.
    if (from == kNullDevice) {
      from = Retried([] { return open("/dev/null", O_RDWR | O_CLOEXEC); });
      if (from < 0) return Fails(failure, kStepNullDevice);
    }
    if (!Place(from, i, failure)) return false;
    const bool is_standard = i <= STDERR_FILENO && from >= 0;
    if (is_standard && !LetBlock(i, failure)) return false;
  }
  return CloseFrom(count) == 0 || Fails(failure, kStepCloseDescriptors);
}

bool SetSurroundings(const SpawnPlan& plan, SpawnFailure* failure) {
  if (plan.Has(kDirectory) && chdir(plan.directory) < 0) {
    return Fails(failure, kStepDirectory);
  }
  if (plan.Has(kUmask)) umask(plan.umask);
  if (plan.Has(kPriority) && setpriority(PRIO_PROCESS, 0, plan.priority) < 0) {
    return Fails(failure, kStepPriority);
  }
  for (size_t i = 0; i < plan.limit_count; i++) {
    const SpawnLimit& limit = plan.limits[i];
    rlimit wanted;
    wanted.rlim_cur = limit.soft == UINT64_MAX ? RLIM_INFINITY : limit.soft;
    wanted.rlim_max = limit.hard == UINT64_MAX ? RLIM_INFINITY : limit.hard;
    // An enumeration in glibc, an int elsewhere.
    const auto resource = static_cast<decltype(RLIMIT_CORE)>(limit.resource);
    if (setrlimit(resource, &wanted) < 0) return Fails(failure, kStepLimit);
  }
  return true;
}

// The user last: what comes before may need the rights of the one before.
bool BecomeUser(const SpawnPlan& plan, SpawnFailure* failure) {
  if (plan.Has(kGroups)) {
    if (SetGroups(plan.groups, plan.group_count) < 0) {
      return Fails(failure, kStepGroups);
    }
  } else if (plan.Has(kUid) || plan.Has(kGid)) {
    // Those of the user before are nothing for another. Only who may become
    // any other may give them up.
    SetGroups(nullptr, 0);
  }
  if (plan.Has(kGid) && SetGid(plan.gid) < 0) return Fails(failure, kStepGid);
  if (plan.Has(kUid) && SetUid(plan.uid) < 0) return Fails(failure, kStepUid);
  return true;
}

// Whether the next place is to be looked at, as execvp(3) does.
bool IsElsewhere(int error) {
  return error == ENOENT || error == ENOTDIR || error == EACCES ||
         error == ENAMETOOLONG || error == ESTALE || error == ENODEV ||
         error == ETIMEDOUT;
}

void Execute(const SpawnPlan& plan, SpawnFailure* failure) {
  bool denied = false;
  errno = ENOENT;
  for (size_t i = 0; i < plan.candidate_count; i++) {
    execve(plan.candidates[i], plan.arguments, plan.environment);
    if (!IsElsewhere(errno)) break;
    denied |= errno == EACCES;
  }
  if (plan.candidate_count > 1 && IsElsewhere(errno)) {
    errno = denied ? EACCES : ENOENT;
  }
  Fails(failure, kStepExecute);
}

}  // namespace

void BecomeProgram(const SpawnPlan& plan, SpawnFailure* failure) {
  ResetSignals();
  if (!JoinSession(plan, failure) || !TakeTerminal(plan, failure) ||
      !PlaceDescriptors(plan, failure) || !SetSurroundings(plan, failure) ||
      !BecomeUser(plan, failure)) {
    return;
  }
  UnblockSignals();
  Execute(plan, failure);
}

}  // namespace rawloop
