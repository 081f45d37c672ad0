// sendmmsg and recvmmsg: many messages by one call. EINTR is retried: it is
// told only when no message was transferred. See sendmmsg(2), recvmmsg(2).
#include <sys/socket.h>

#include <cerrno>
#include <vector>

#include "calls/buffers.h"
#include "calls/message_arguments.h"
#include "calls/message_results.h"
#include "core/args.h"
#include "core/module.h"
#include "core/retried.h"
#include "os/opening.h"

namespace rawloop {
namespace {

// The elements of `messages`: at most as many as a kernel takes, 1024.
bool ReadCall(const Args& args, int* fd, int* flags,
              std::vector<napi_value>* messages) {
  return args.Descriptor(0, fd) &&
         (!args.Has(2) || args.Integer(2, "flags", flags)) &&
         ReadElements(args.env(), args.at(1), "messages", kMaxBuffers,
                      messages);
}

// The first that is wrong decides; what throws goes before any errno. First all
// that may run user code.
int ReadAll(napi_env env, int fd, const std::vector<napi_value>& values,
            std::vector<MessageToSend>* out) {
  int error = 0;
  for (size_t i = 0; i < values.size() && error <= 0; i++) {
    int one = (*out)[i].Read(env, values[i]);
    if (one > 0 || error == 0) error = one;
  }
  for (size_t i = 0; i < values.size() && error <= 0; i++) {
    int one = (*out)[i].Take(env, fd);
    if (one > 0 || error == 0) error = one;
  }
  return error;
}

// sendmmsg(fd, messages, flags?): the bytes of each message that was sent, or
// -errno when none was.
napi_value Sendmmsg(napi_env env, napi_callback_info info) {
  Args args(env, info);
  int fd;
  int flags = 0;
  std::vector<napi_value> values;
  if (!ReadCall(args, &fd, &flags, &values)) return nullptr;
  std::vector<MessageToSend> messages(values.size());
  int error = ReadAll(env, fd, values, &messages);
  if (error > 0) return nullptr;
  if (error < 0) return Int(env, error);
  if ((flags & kBorrowingFlags) != 0) return Int(env, -EOPNOTSUPP);
  std::vector<mmsghdr> headers(messages.size());
  for (size_t i = 0; i < headers.size(); i++) {
    headers[i].msg_hdr = messages[i].Header();
  }
  int result = Retried([&] {
    return sendmmsg(fd, headers.data(), headers.size(), flags | kSendFlags);
  });
  if (result < 0) return Int(env, -errno);
  napi_value array;
  napi_create_array(env, &array);
  for (int i = 0; i < result; i++) {
    DefineElement(env, array, i, Int(env, headers[i].msg_len));
  }
  return array;
}

// Those that came, in the order of their arrival.
napi_value WriteAll(napi_env env, std::vector<ReceivedMessage>* messages,
                    size_t count) {
  napi_value array;
  napi_create_array(env, &array);
  for (size_t i = 0; i < count; i++) {
    DefineElement(env, array, i, (*messages)[i].Write(env));
  }
  for (size_t i = 0; i < count; i++) (*messages)[i].GiveDescriptors(env);
  return array;
}

// recvmmsg(fd, messages, flags?): an array of what recvmsg returns, or -errno
// when none came.
napi_value Recvmmsg(napi_env env, napi_callback_info info) {
  Args args(env, info);
  int fd;
  int flags = 0;
  std::vector<napi_value> values;
  if (!ReadCall(args, &fd, &flags, &values)) return nullptr;
  std::vector<MessageRoom> rooms(values.size());
  for (size_t i = 0; i < rooms.size(); i++) {
    if (!rooms[i].Read(env, values[i])) return nullptr;
  }
  for (MessageRoom& room : rooms) {
    if (!room.Take(env)) return nullptr;
  }
  std::vector<ReceivedMessage> messages(rooms.size());
  std::vector<mmsghdr> headers(rooms.size());
  for (size_t i = 0; i < headers.size(); i++) {
    headers[i].msg_hdr = rooms[i].Header();
  }
  int result = Retried([&] {
    return recvmmsg(fd, headers.data(), headers.size(), flags | kReceiveFlags,
                    nullptr);
  });
  if (result < 0) return Int(env, -errno);
  for (int i = 0; i < result; i++) {
    messages[i].header = headers[i].msg_hdr;
    messages[i].bytes = headers[i].msg_len;
    ParseControl(messages[i].header, rooms[i].max_fds(), &messages[i].control);
  }
  return WriteAll(env, &messages, result);
}

void RegisterMessageBatches(napi_env env, napi_value exports) {
  const Function functions[] = {{"sendmmsg", Guarded<Sendmmsg>},
                                {"recvmmsg", Guarded<Recvmmsg>}};
  Export(env, exports, functions);
}
RAWLOOP_MODULE(RegisterMessageBatches);

}  // namespace
}  // namespace rawloop
