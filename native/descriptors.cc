// read, write, close, fcntl, pipe2: calls on one descriptor, one to one.
// EINTR is retried where nothing was transferred, as no caller of a
// non-blocking call has a use for it.
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "args.h"
#include "environment.h"
#include "modules.h"
#include "opening.h"

namespace rawloop {
namespace {

// read(fd, buffer, offset?, length?): bytes read, 0 at the end, or -errno.
napi_value Read(napi_env env, napi_callback_info info) {
  Args args(env, info);
  int fd;
  Span span;
  if (!args.Descriptor(0, &fd) || !args.Slice(1, &span)) return nullptr;
  ssize_t result;
  do {
    result = read(fd, span.data, span.size);
  } while (result < 0 && errno == EINTR);
  return Int(env, OrErrno(result));
}

// write(fd, buffer, offset?, length?): bytes written or -errno. A pipe or
// socket without a reader gives EPIPE; the host ignores SIGPIPE, as Node does.
napi_value Write(napi_env env, napi_callback_info info) {
  Args args(env, info);
  int fd;
  Span span;
  if (!args.Descriptor(0, &fd) || !args.Slice(1, &span)) return nullptr;
  ssize_t result;
  do {
    result = write(fd, span.data, span.size);
  } while (result < 0 && errno == EINTR);
  return Int(env, OrErrno(result));
}

// close(fd): 0 or -errno. -EPERM for an open descriptor that was not opened
// here: closing the host's own would break it in ways that surface far away.
napi_value Close(napi_env env, napi_callback_info info) {
  Args args(env, info);
  int fd;
  if (!args.Descriptor(0, &fd)) return nullptr;
  OwnedDescriptors& owned = Environment::Get(env)->owned;
  if (!owned.Has(fd)) {
    return Int(env, fcntl(fd, F_GETFD) < 0 ? -EBADF : -EPERM);
  }
  owned.Remove(fd);
  // Never retried: on Linux the descriptor is gone even after EINTR.
  int result = close(fd);
  return Int(env, result < 0 && errno != EINTR ? -errno : 0);
}

// adopt(fd): from now on `fd` counts as opened here: close() will serve it.
napi_value Adopt(napi_env env, napi_callback_info info) {
  Args args(env, info);
  int fd;
  if (!args.Descriptor(0, &fd)) return nullptr;
  if (fcntl(fd, F_GETFD) < 0) return Int(env, -EBADF);
  Environment::Get(env)->owned.Add(fd);
  return Int(env, 0);
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
  if (!args.Descriptor(0, &fd) || !args.Integer(1, "cmd", &command) ||
      (args.Has(2) && !args.Integer(2, "arg", &argument))) {
    return nullptr;
  }
  if (!TakesNumber(command)) return Int(env, -EINVAL);
  bool duplicates = command == F_DUPFD || command == F_DUPFD_CLOEXEC;
  if (duplicates) command = F_DUPFD_CLOEXEC;
  int result = fcntl(fd, command, argument);
  if (duplicates && result >= 0) Environment::Get(env)->owned.Add(result);
  return Int(env, OrErrno(result));
}

// pipe2(flags?): [read end, write end], both close-on-exec, or -errno.
napi_value Pipe2(napi_env env, napi_callback_info info) {
  Args args(env, info);
  int flags = 0;
  if (args.Has(0) && !args.Integer(0, "flags", &flags)) return nullptr;
  int ends[2];
  if (OpenPipe(ends, flags) < 0) return Int(env, -errno);
  OwnedDescriptors& owned = Environment::Get(env)->owned;
  owned.Add(ends[0]);
  owned.Add(ends[1]);
  return Pair(env, ends[0], ends[1]);
}

}  // namespace

void RegisterDescriptors(napi_env env, napi_value exports) {
  const Function functions[] = {
      {"read", Read},   {"write", Write}, {"close", Close},
      {"adopt", Adopt}, {"fcntl", Fcntl}, {"pipe2", Pipe2},
  };
  Export(env, exports, functions);
}

}  // namespace rawloop
