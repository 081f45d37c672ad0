// Locks on files, which never wait: who has to wait asks again, so that no
// thread is held by somebody else's lock. See flock(2), fcntl(2) "Advisory
// record locking" and "Open file description locks".
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>

#include "core/retried.h"
#include "jobs/file_call.h"
#include "jobs/fs.h"

namespace rawloop {

namespace {

// Whose a record lock is.
enum LockOwner : int { kProcess = 0, kOpenFile = 1 };

// What is done with it.
enum LockAction : int {
  kRead = 0,
  kWrite = 1,
  kUnlock = 2,
  kTestRead = 3,
  kTestWrite = 4
};

#ifdef F_OFD_SETLK
constexpr int kSet[] = {F_SETLK, F_OFD_SETLK};
constexpr int kGet[] = {F_GETLK, F_OFD_GETLK};
#else
constexpr int kSet[] = {F_SETLK, -1};
constexpr int kGet[] = {F_GETLK, -1};
#endif

// flock(fd, operation): LOCK_* of <sys/file.h>; -EWOULDBLOCK where another has
// it.
int64_t Flock(FileCall* call) {
  return OrErrno(Retried(
      [&] { return flock(call->integer(0), call->integer(1) | LOCK_NB); }));
}

// lock(fd, owner, action, start, length): -EAGAIN or -EACCES where another has
// it, -ENOTSUP where the system has no such owner. A test returns who: the type
// (0: nobody), start, length and process of the first lock in the way.
int64_t Lock(FileCall* call) {
  const int owner = call->integer(1);
  const int action = call->integer(2);
  if (owner > kOpenFile || action > kTestWrite) return -EINVAL;
  const bool tests = action >= kTestRead;
  const int command = tests ? kGet[owner] : kSet[owner];
  if (command < 0) return -ENOTSUP;
  struct flock lock = {};
  lock.l_type = action == kUnlock                          ? F_UNLCK
                : action == kWrite || action == kTestWrite ? F_WRLCK
                                                           : F_RDLCK;
  lock.l_whence = SEEK_SET;
  lock.l_start = call->number(3);
  lock.l_len = call->number(4);
  const int result =
      Retried([&] { return fcntl(call->integer(0), command, &lock); });
  if (result < 0) return -errno;
  if (!tests) return 0;
  const double type = lock.l_type == F_UNLCK   ? 0
                      : lock.l_type == F_RDLCK ? 1
                                               : 2;
  const double found[] = {type, static_cast<double>(lock.l_start),
                          static_cast<double>(lock.l_len),
                          static_cast<double>(lock.l_pid)};
  return call->Return(found, sizeof(found));
}

constexpr Operation kTable[] = {
    {"flock", MakeFileCall<Flock, kFd, kInteger>},
    {"lock", MakeFileCall<Lock, kFd, kInteger, kInteger, kPlace, kPlace>}};

}  // namespace

const Operations kLockCalls = AllOf(kTable);

}  // namespace rawloop
