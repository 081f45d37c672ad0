// sendto, recvfrom, sendmsg, recvmsg: messages with an address or ancillary
// data. EINTR is retried: nothing was transferred then. As with send, a peer
// that went away never raises SIGPIPE. See sendmsg(2), recvmsg(2).
#include <sys/socket.h>

#include <cerrno>

#include "calls/address.h"
#include "calls/message_arguments.h"
#include "calls/message_results.h"
#include "core/args.h"
#include "core/module.h"
#include "core/retried.h"
#include "os/opening.h"
#include "os/transfer.h"

namespace rawloop {
namespace {

// sendto(fd, buffer, offset?, length?, flags?, address?): bytes sent or -errno.
napi_value Sendto(napi_env env, napi_callback_info info) {
  Args args(env, info);
  int fd;
  int flags = 0;
  if (!args.Descriptor(0, &fd) || !args.OptionalInteger(4, "flags", &flags)) {
    return nullptr;
  }
  Address address;
  bool has_address = args.Has(5);
  int error = has_address ? ReadAddress(env, args.at(5), &address) : 0;
  if (error > 0) return nullptr;
  Span span;
  if (!args.Slice(1, &span)) return nullptr;
  if (error < 0) return Int(env, error);
  if ((flags & kBorrowingFlags) != 0) return Int(env, -EOPNOTSUPP);
  const sockaddr* name = has_address ? address.get() : nullptr;
  socklen_t name_size = has_address ? address.size : 0;
  auto send = (flags & MSG_DONTWAIT) != 0 ? SendToNow : sendto;
  ssize_t result = Retried([&] {
    return send(fd, span.data, span.size, flags | kSendFlags, name, name_size);
  });
  return Int(env, OrErrno(result));
}

// recvfrom(fd, buffer, offset?, length?, flags?): { bytes, address } or -errno.
napi_value Recvfrom(napi_env env, napi_callback_info info) {
  Args args(env, info);
  int fd;
  int flags = 0;
  Span span;
  if (!args.Descriptor(0, &fd) || !args.OptionalInteger(4, "flags", &flags) ||
      !args.Slice(1, &span)) {
    return nullptr;
  }
  Address address;
  ssize_t result = Retried([&] {
    address.size = sizeof(address.storage);
    return recvfrom(fd, span.data, span.size, flags, address.get(),
                    &address.size);
  });
  if (result < 0) return Int(env, -errno);
  napi_value object;
  napi_create_object(env, &object);
  Define(env, object, "bytes", Int(env, static_cast<int32_t>(result)));
  Define(env, object, "address", WriteSender(env, address.get(), address.size));
  return object;
}

// sendmsg(fd, message, flags?): bytes sent or -errno.
napi_value Sendmsg(napi_env env, napi_callback_info info) {
  Args args(env, info);
  int fd;
  int flags = 0;
  if (!args.Descriptor(0, &fd) || !args.OptionalInteger(2, "flags", &flags)) {
    return nullptr;
  }
  MessageToSend message;
  int error = message.Read(env, args.at(1));
  if (error <= 0) {
    int taken = message.Take(env, fd);
    error = taken != 0 ? taken : error;
  }
  if (error > 0) return nullptr;
  if (error < 0) return Int(env, error);
  if ((flags & kBorrowingFlags) != 0) return Int(env, -EOPNOTSUPP);
  msghdr header = message.Header();
  ssize_t result =
      Retried([&] { return sendmsg(fd, &header, flags | kSendFlags); });
  return Int(env, OrErrno(result));
}

// recvmsg(fd, message, flags?): { bytes, address, flags, ancillary } or -errno.
napi_value Recvmsg(napi_env env, napi_callback_info info) {
  Args args(env, info);
  int fd;
  int flags = 0;
  MessageRoom room;
  if (!args.Descriptor(0, &fd) || !args.OptionalInteger(2, "flags", &flags) ||
      !room.Read(env, args.at(1)) || !room.Take(env)) {
    return nullptr;
  }
  ReceivedMessage message;
  message.bytes = Retried([&] {
    message.header = room.Header();
    return recvmsg(fd, &message.header, flags | kReceiveFlags);
  });
  if (message.bytes < 0) return Int(env, -errno);
  ParseControl(message.header, room.max_fds(), &message.control);
  napi_value result = message.Write(env);
  message.GiveDescriptors(env);
  return result;
}

void RegisterMessages(napi_env env, napi_value exports) {
  const Function functions[] = {{"sendto", Guarded<Sendto>},
                                {"recvfrom", Guarded<Recvfrom>},
                                {"sendmsg", Guarded<Sendmsg>},
                                {"recvmsg", Guarded<Recvmsg>}};
  Export(env, exports, functions);
}
RAWLOOP_MODULE(RegisterMessages);

}  // namespace
}  // namespace rawloop
