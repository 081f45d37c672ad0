// socket, bind, listen, accept4, connect, shutdown, names, send and recv: one
// to one. Every descriptor is made close-on-exec; blocking or not is the
// caller's choice by SOCK_NONBLOCK. See socket(2), accept4(2), send(2).
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

#include "calls/address.h"
#include "core/args.h"
#include "core/environment.h"
#include "core/module.h"
#include "core/retried.h"
#include "os/opening.h"
#include "os/transfer.h"

namespace rawloop {
namespace {

// socket(domain, type, protocol): descriptor or -errno.
napi_value Socket(napi_env env, napi_callback_info info) {
  Args args(env, info);
  int domain;
  int type;
  int protocol = 0;
  if (!args.Integer(0, "domain", &domain) || !args.Integer(1, "type", &type) ||
      !args.OptionalInteger(2, "protocol", &protocol)) {
    return nullptr;
  }
  return Opened(env, OpenSocket(domain, type, protocol));
}

// socketpair(domain, type, protocol): [one end, other end] or -errno.
napi_value Socketpair(napi_env env, napi_callback_info info) {
  Args args(env, info);
  int domain;
  int type;
  int protocol = 0;
  if (!args.Integer(0, "domain", &domain) || !args.Integer(1, "type", &type) ||
      !args.OptionalInteger(2, "protocol", &protocol)) {
    return nullptr;
  }
  int ends[2];
  return OpenedPair(env, OpenSocketPair(domain, type, protocol, ends), ends);
}

using AddressCall = int (*)(int, const sockaddr*, socklen_t);

napi_value CallWithAddress(napi_env env, napi_callback_info info,
                           AddressCall call) {
  Args args(env, info);
  int fd;
  Address address;
  if (!args.Descriptor(0, &fd)) return nullptr;
  int error = ReadAddress(env, args.at(1), &address);
  if (error > 0) return nullptr;
  if (error < 0) return Int(env, error);
  return Int(env, OrErrno(call(fd, address.get(), address.size)));
}

// checkAddress(address): 0, or -errno that the calls below would return for
// its text, with no system call.
napi_value CheckAddress(napi_env env, napi_callback_info info) {
  Args args(env, info);
  Address address;
  int error = ReadAddress(env, args.at(0), &address);
  return error > 0 ? nullptr : Int(env, error);
}

// bind(fd, address): 0 or -errno.
napi_value Bind(napi_env env, napi_callback_info info) {
  return CallWithAddress(env, info, bind);
}

// connect(fd, address): 0 or -errno (-EINPROGRESS: wait for writability, then
// read SO_ERROR). EINTR is not retried: the attempt goes on by itself.
napi_value Connect(napi_env env, napi_callback_info info) {
  return CallWithAddress(env, info, connect);
}

// listen(fd, backlog): 0 or -errno.
napi_value Listen(napi_env env, napi_callback_info info) {
  Args args(env, info);
  int fd;
  int backlog;
  if (!args.Descriptor(0, &fd) || !args.Integer(1, "backlog", &backlog)) {
    return nullptr;
  }
  return Int(env, OrErrno(listen(fd, backlog)));
}

// accept4(fd, flags?): descriptor or -errno.
napi_value Accept4(napi_env env, napi_callback_info info) {
  Args args(env, info);
  int fd;
  int flags = 0;
  if (!args.Descriptor(0, &fd) || !args.OptionalInteger(1, "flags", &flags)) {
    return nullptr;
  }
  int accepted =
      Retried([&] { return AcceptSocket(fd, nullptr, nullptr, flags); });
  return Opened(env, accepted);
}

// shutdown(fd, how): 0 or -errno.
napi_value Shutdown(napi_env env, napi_callback_info info) {
  Args args(env, info);
  int fd;
  int how;
  if (!args.Descriptor(0, &fd) || !args.Integer(1, "how", &how)) {
    return nullptr;
  }
  return Int(env, OrErrno(shutdown(fd, how)));
}

using NameCall = int (*)(int, sockaddr*, socklen_t*);

napi_value CallForName(napi_env env, napi_callback_info info, NameCall call) {
  Args args(env, info);
  int fd;
  if (!args.Descriptor(0, &fd)) return nullptr;
  Address address;
  if (call(fd, address.get(), &address.size) < 0) return Int(env, -errno);
  return WriteAddress(env, address.get(), address.size);
}

// getsockname(fd), getpeername(fd): an address or -errno.
napi_value Getsockname(napi_env env, napi_callback_info info) {
  return CallForName(env, info, getsockname);
}

napi_value Getpeername(napi_env env, napi_callback_info info) {
  return CallForName(env, info, getpeername);
}

// send(fd, buffer, offset?, length?, flags?): bytes sent or -errno.
// A peer that went away never raises SIGPIPE: MSG_NOSIGNAL is always added, or
// the socket has SO_NOSIGPIPE.
napi_value Send(napi_env env, napi_callback_info info) {
  Args args(env, info);
  int fd;
  int flags = 0;
  Span span;
  if (!args.Descriptor(0, &fd) || !args.OptionalInteger(4, "flags", &flags) ||
      !args.Slice(1, &span)) {
    return nullptr;
  }
  if ((flags & kBorrowingFlags) != 0) return Int(env, -EOPNOTSUPP);
  auto call = (flags & MSG_DONTWAIT) != 0 ? SendNow : send;
  ssize_t result = Retried(
      [&] { return call(fd, span.data, span.size, flags | kSendFlags); });
  return Int(env, OrErrno(result));
}

// recv(fd, buffer, offset?, length?, flags?): bytes, 0 at the end, or -errno.
napi_value Recv(napi_env env, napi_callback_info info) {
  Args args(env, info);
  int fd;
  int flags = 0;
  Span span;
  if (!args.Descriptor(0, &fd) || !args.OptionalInteger(4, "flags", &flags) ||
      !args.Slice(1, &span)) {
    return nullptr;
  }
  // With MSG_TRUNC a datagram socket reports the full length: it is never more
  // than was asked for that counts as arrived.
  ssize_t result =
      Retried([&] { return recv(fd, span.data, span.size, flags); });
  return Int(env, OrErrno(result));
}

void RegisterSockets(napi_env env, napi_value exports) {
  const Function functions[] = {
      {"socket", Guarded<Socket>},
      {"socketpair", Guarded<Socketpair>},
      {"checkAddress", Guarded<CheckAddress>},
      {"bind", Guarded<Bind>},
      {"listen", Guarded<Listen>},
      {"accept4", Guarded<Accept4>},
      {"connect", Guarded<Connect>},
      {"shutdown", Guarded<Shutdown>},
      {"getsockname", Guarded<Getsockname>},
      {"getpeername", Guarded<Getpeername>},
      {"send", Guarded<Send>},
      {"recv", Guarded<Recv>},
  };
  Export(env, exports, functions);
}
RAWLOOP_MODULE(RegisterSockets);

}  // namespace
}  // namespace rawloop
