// sendPassing: bytes of one stream with descriptors beside them.
// settleReceived, closeReceived: what becomes of those that came. peerOf: who
// is at the other end. See unix(7), sendmsg(2).
#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <cstring>

#include "core/args.h"
#include "core/environment.h"
#include "core/module.h"
#include "core/retried.h"
#include "os/ancillary.h"
#include "os/opening.h"
#include "os/peer.h"
#include "os/transfer.h"

namespace rawloop {
namespace {

// EINTR is retried: nothing was sent then.
ssize_t SendPassing(int fd, const Span& bytes, const Span& fds) {
  alignas(cmsghdr) uint8_t control[CMSG_SPACE(kMaxPassedFds * sizeof(int))];
  iovec part = {bytes.data, std::min(bytes.size, kMaxTransferBytes)};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = CMSG_SPACE(fds.size);
  memset(control, 0, CMSG_SPACE(fds.size));
  cmsghdr* header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(fds.size);
  memcpy(CMSG_DATA(header), fds.data, fds.size);
  ssize_t sent =
      Retried([&] { return sendmsg(fd, &message, kSendFlags | MSG_DONTWAIT); });
  return sent;
}

// sendPassing(fd, bytes, numbers, count): sends a Uint8Array, as much of it as
// the kernel takes, and with its first byte the first `count` (1 to 253)
// descriptors of `numbers`, an Int32Array. The bytes sent, or -errno and
// nothing was sent.
napi_value SendPassingTo(napi_env env, napi_callback_info info) {
  Args args(env, info);
  int fd;
  uint32_t count;
  Span bytes;
  Span fds;
  if (!args.Descriptor(0, &fd) ||
      !args.Integer(3, "count", &count, 1, kMaxPassedFds) ||
      !args.Memory(1, &bytes, "bytes") || !args.Memory(2, &fds, "numbers") ||
      !IsAttached(env, args.at(1), bytes, "bytes")) {
    return nullptr;
  }
  if (fds.size < count * sizeof(int32_t)) {
    ThrowRange(env, "numbers", "room for as many as are sent");
    return nullptr;
  }
  fds.size = count * sizeof(int32_t);
  return Int(env, OrErrno(SendPassing(fd, bytes, fds)));
}

// settleReceived(fd): somebody is told the number of one that came. 0 or
// -errno.
napi_value SettleReceived(napi_env env, napi_callback_info info) {
  Args args(env, info);
  int fd;
  if (!args.Descriptor(0, &fd)) return nullptr;
  return Int(env, Environment::Get(env)->owned.Settle(fd));
}

// closeReceived(fd): nobody was. 0 or -errno.
napi_value CloseReceived(napi_env env, napi_callback_info info) {
  Args args(env, info);
  int fd;
  if (!args.Descriptor(0, &fd)) return nullptr;
  return Int(env, Environment::Get(env)->owned.CloseReceived(fd));
}

// peerOf(fd, out): [pid, uid, gid] of who is at the other end, as 32-bit words
// of `out`. 0 or -errno.
napi_value PeerOf(napi_env env, napi_callback_info info) {
  Args args(env, info);
  int fd;
  Span out;
  if (!args.Descriptor(0, &fd) || !args.Memory(1, &out, "out")) return nullptr;
  Credentials peer;
  if (out.size < sizeof(peer)) {
    ThrowRange(env, "out", "room for three words");
    return nullptr;
  }
  int error = PeerCredentials(fd, &peer);
  if (error == 0) memcpy(out.data, &peer, sizeof(peer));
  return Int(env, error);
}

void RegisterPassing(napi_env env, napi_value exports) {
  const Function functions[] = {{"sendPassing", Guarded<SendPassingTo>},
                                {"settleReceived", Guarded<SettleReceived>},
                                {"closeReceived", Guarded<CloseReceived>},
                                {"peerOf", Guarded<PeerOf>}};
  Export(env, exports, functions);
}
RAWLOOP_MODULE(RegisterPassing);

}  // namespace
}  // namespace rawloop
