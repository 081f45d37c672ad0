// Linux: see control.h.
#include <time.h>
// Behind what its structs are made of.
#include <linux/errqueue.h>
#include <netinet/in.h>
#include <sys/uio.h>

#include <cstring>

#include "datagram/control.h"
#include "os/ancillary.h"

namespace rawloop {
namespace {

// A network's refusal; not a timestamp, nor that memory which was lent to the
// kernel is free again. Nor one of this machine's own (SO_EE_ORIGIN_LOCAL, a
// datagram that is longer than the way takes): the call that sends has it too.
bool IsFailure(const sock_extended_err& error) {
  return error.ee_errno != 0 && (error.ee_origin == SO_EE_ORIGIN_ICMP ||
                                 error.ee_origin == SO_EE_ORIGIN_ICMP6);
}

}  // namespace

int TakeError(int fd, Arrival* out) {
  alignas(cmsghdr) uint8_t control[512];
  // What the failed datagram began with is left out.
  iovec none{nullptr, 0};
  msghdr message{};
  message.msg_name = out->from.name;
  message.msg_namelen = sizeof(out->from.name);
  message.msg_iov = &none;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof(control);
  // A Unix socket knows no such queue and gives a message, with descriptors.
  if (recvmsg(fd, &message, MSG_ERRQUEUE | MSG_DONTWAIT | kReceiveFlags) < 0) {
    return -1;
  }
  ReceivedControl came;
  ParseControl(message, 0, &came);
  out->from.size = static_cast<int32_t>(message.msg_namelen);
  for (const ControlRecord& record : came.others) {
    bool v4 = record.level == IPPROTO_IP && record.type == IP_RECVERR;
    bool v6 = record.level == IPPROTO_IPV6 && record.type == IPV6_RECVERR;
    if ((!v4 && !v6) || record.size < sizeof(sock_extended_err)) continue;
    sock_extended_err error;
    memcpy(&error, record.data, sizeof(error));
    out->error = static_cast<int32_t>(error.ee_errno);
    return IsFailure(error) ? 1 : 0;
  }
  return 0;
}

}  // namespace rawloop
