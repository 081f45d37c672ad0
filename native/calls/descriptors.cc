// read, write, close, fcntl, pipe2, dup, dup3: calls on one descriptor, one to
// one. EINTR is retried where nothing was transferred, as no caller of a
// non-blocking call has a use for it.
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "calls/locks.h"
#include "core/args.h"
#include "core/environment.h"
#include "core/module.h"
#include "core/retried.h"
#include "os/opening.h"

namespace rawloop {
namespace {

// read(fd, buffer, offset?, length?): bytes read, 0 at the end, or -errno.
// write(fd, buffer, offset?, length?): bytes written or -errno. A pipe or
// socket without a reader gives EPIPE; the host ignores SIGPIPE, as Node does.
template <auto call>
napi_value Move(napi_env env, napi_callback_info info) {
  Args args(env, info);
  int fd;
  Span span;
  if (!args.Descriptor(0, &fd) || !args.Slice(1, &span)) return nullptr;
  return Int(env,
             OrErrno(Retried([&] { return call(fd, span.data, span.size); })));
}

// close(fd): 0 or -errno. -EPERM for an open descriptor that was not opened
// here, or whose number is another's by now: closing the host's own would break
// it in ways that surface far away.
napi_value Close(napi_env env, napi_callback_info info) {
  Args args(env, info);
  int fd;
  if (!args.Descriptor(0, &fd)) return nullptr;
  return Int(env, Environment::Get(env)->owned.Close(fd));
}

// adopt(fd): from now on `fd` counts as opened here: close() will serve it. 0
// or -errno (-EBUSY: it is another environment's).
napi_value Adopt(napi_env env, napi_callback_info info) {
  Args args(env, info);
  int fd;
  if (!args.Descriptor(0, &fd)) return nullptr;
  return Int(env, Environment::Get(env)->owned.Adopt(fd));
}

// release(fd): the opposite: it is the caller's from now on. 0 or -errno.
napi_value Release(napi_env env, napi_callback_info info) {
  Args args(env, info);
  int fd;
  if (!args.Descriptor(0, &fd)) return nullptr;
  return Int(env, Environment::Get(env)->owned.Release(fd));
}

// The commands whose argument is a number. Those that take a pointer would let
// a number from JavaScript be used as an address.
bool TakesNumber(int command) {
  switch (command) {
    case F_DUPFD:
    case F_DUPFD_CLOEXEC:
    case F_GETFD:
    case F_SETFD:
    case F_GETFL:
    case F_SETFL:
    case F_GETOWN:
    case F_SETOWN:
#ifdef F_SETPIPE_SZ
    case F_GETPIPE_SZ:
    case F_SETPIPE_SZ:
#endif
#ifdef F_ADD_SEALS
    case F_ADD_SEALS:
    case F_GET_SEALS:
#endif
      return true;
    default:
      return false;
  }
}

// fcntl(fd, cmd, arg?): the command's result or -errno.
napi_value Fcntl(napi_env env, napi_callback_info info) {
  Args args(env, info);
  int fd;
  int command;
  int argument = 0;
  if (!args.Descriptor(0, &fd) || !args.Integer(1, "cmd", &command)) {
    return nullptr;
  }
  if (TakesLock(command)) return FcntlOfLock(args, fd, command);
  if (!args.OptionalInteger(2, "arg", &argument)) return nullptr;
  if (!TakesNumber(command)) return Int(env, -EINVAL);
  bool duplicates = command == F_DUPFD || command == F_DUPFD_CLOEXEC;
  if (duplicates) command = F_DUPFD_CLOEXEC;
  int result = fcntl(fd, command, argument);
  if (duplicates) return Opened(env, result);
  return Int(env, OrErrno(result));
}

// pipe2(flags?): [read end, write end], both close-on-exec, or -errno.
napi_value Pipe2(napi_env env, napi_callback_info info) {
  Args args(env, info);
  int flags = 0;
  if (!args.OptionalInteger(0, "flags", &flags)) return nullptr;
  int ends[2];
  return OpenedPair(env, OpenPipe(ends, flags), ends);
}

// dup(oldfd): a descriptor for the same open file, or -errno.
napi_value Dup(napi_env env, napi_callback_info info) {
  Args args(env, info);
  int oldfd;
  if (!args.Descriptor(0, &oldfd, "oldfd")) return nullptr;
  return Opened(env, fcntl(oldfd, F_DUPFD_CLOEXEC, 0));
}

// `newfd` is free. Not by dup3(2), which would close what another thread has
// opened there since: -EBUSY then, as dup3 itself has it in such a race.
int DuplicateToFree(int oldfd, int newfd) {
  int result = fcntl(oldfd, F_DUPFD_CLOEXEC, newfd);
  if (result == newfd) return result;
  if (result >= 0) {
    close(result);
    errno = EBUSY;
  } else if (errno == EINVAL) {
    errno = EBADF;  // beyond the limit of numbers: dup3's word for that
  }
  return -1;
}

// What has the number is closed in the same moment. EINTR is retried: nothing
// has been closed then.
int DuplicateOver(int oldfd, int newfd) {
  return Retried([&] { return DuplicateTo(oldfd, newfd); });
}

// dup3(oldfd, newfd, flags?): newfd or -errno. -EPERM where `newfd` is open and
// close would not serve it: what dup3 closes without a word would be the
// host's.
napi_value Dup3(napi_env env, napi_callback_info info) {
  Args args(env, info);
  int oldfd;
  int newfd;
  int flags = 0;
  if (!args.Descriptor(0, &oldfd, "oldfd") ||
      !args.Descriptor(1, &newfd, "newfd") ||
      !args.OptionalInteger(2, "flags", &flags)) {
    return nullptr;
  }
  if (oldfd == newfd || (flags & ~O_CLOEXEC) != 0) return Int(env, -EINVAL);
  int error = Environment::Get(env)->owned.Check(newfd);
  if (error == -EPERM) return Int(env, error);
  return Opened(env, error == 0 ? DuplicateOver(oldfd, newfd)
                                : DuplicateToFree(oldfd, newfd));
}

void RegisterDescriptors(napi_env env, napi_value exports) {
  const Function functions[] = {
      {"read", Guarded<Move<read>>}, {"write", Guarded<Move<write>>},
      {"close", Guarded<Close>},     {"adopt", Guarded<Adopt>},
      {"release", Guarded<Release>}, {"fcntl", Guarded<Fcntl>},
      {"pipe2", Guarded<Pipe2>},     {"dup", Guarded<Dup>},
      {"dup3", Guarded<Dup3>},
  };
  Export(env, exports, functions);
}
RAWLOOP_MODULE(RegisterDescriptors);

}  // namespace
}  // namespace rawloop
