// Ancillary data of macOS. See ancillary_system.h for the contract; ip(4),
// unix(4), getsockopt(2).
#include <netinet/in.h>
#include <sys/time.h>

#include <cerrno>

#include "os/ancillary_system.h"

namespace rawloop {

const int kReceiveFlags = 0;
// Descriptors are opened before they are copied, and those that do not fit
// stay open with a number that nobody knows. Control memory of a sender is one
// cluster of 2048 bytes.
const size_t kFewestFds = 512;

namespace {

bool ReadIpRecord(const ControlRecord& record, ReceivedControl* out) {
  switch (record.type) {
    case IP_PKTINFO: {
      auto info = ValueOf<in_pktinfo>(record);
      out->packet.family = AF_INET;
      out->packet.interface_index = info.ipi_ifindex;
      memcpy(out->packet.address, &info.ipi_addr, sizeof(info.ipi_addr));
      // The kernel does not say which of ours a group's or everybody's is.
      uint32_t to = ntohl(info.ipi_addr.s_addr);
      if (!IN_MULTICAST(to) && to != INADDR_BROADCAST) {
        memcpy(out->packet.local, &info.ipi_addr, sizeof(info.ipi_addr));
      }
      return true;
    }
    case IP_RECVTTL:
      out->ttl = NumberOf(record);
      return true;
    case IP_RECVTOS:
      out->tos = NumberOf(record);
      return true;
    default:
      return false;
  }
}

}  // namespace

bool ReadRecord(const ControlRecord& record, ReceivedControl* out) {
  if (record.level == IPPROTO_IP) return ReadIpRecord(record, out);
  if (record.level != SOL_SOCKET || record.type != SCM_TIMESTAMP) return false;
  auto time = ValueOf<timeval>(record);
  out->timestamp_ns =
      int64_t{time.tv_sec} * 1000000000 + int64_t{time.tv_usec} * 1000;
  return true;
}

int AppendCredentials(const Credentials&, ControlBytes*) { return -EOPNOTSUPP; }

int AppendPacketInfo(const PacketInfo& packet, ControlBytes* out) {
  in_pktinfo info{};
  info.ipi_ifindex = packet.interface_index;
  memcpy(&info.ipi_spec_dst, packet.local, sizeof(info.ipi_spec_dst));
  out->Append(IPPROTO_IP, IP_PKTINFO, info);
  return 0;
}

int AppendTtl(int, ControlBytes*) { return -EOPNOTSUPP; }

int AppendTos(int, ControlBytes*) { return -EOPNOTSUPP; }

int AppendSegmentBytes(int, ControlBytes*) { return -EOPNOTSUPP; }

}  // namespace rawloop
