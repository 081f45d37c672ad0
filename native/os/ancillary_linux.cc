// Ancillary data of Linux. See ancillary_system.h for the contract; unix(7),
// ip(7), socket(7), udp(7).
#include <netinet/in.h>
#include <netinet/udp.h>

#include <cerrno>

#include "os/ancillary_system.h"

namespace rawloop {

const int kReceiveFlags = MSG_CMSG_CLOEXEC;
// What does not fit is never opened.
const size_t kFewestFds = 0;

namespace {

// By number: headers are older than kernels, and on machines of 32 bits the
// headers' name is one of the two forms of time, as it was compiled.
constexpr int kTimestamp = 29;    // timeval, of long
constexpr int kTimestampNs = 35;  // timespec, of long
constexpr int kTimestamp64 = 63;  // the same of 64 bits
constexpr int kTimestampNs64 = 64;
constexpr int kPidfd = 4;  // SCM_PIDFD
constexpr int kUdpSegment = 103;
constexpr int kUdpGro = 104;

// Seconds and their parts, two longs or two of 64 bits.
int64_t TimeOf(const ControlRecord& record, int64_t part_ns) {
  struct Wide {
    int64_t seconds, part;
  };
  struct Narrow {
    int32_t seconds, part;
  };
  if (record.size >= sizeof(Wide)) {
    auto time = ValueOf<Wide>(record);
    return time.seconds * 1000000000 + time.part * part_ns;
  }
  auto time = ValueOf<Narrow>(record);
  return int64_t{time.seconds} * 1000000000 + time.part * part_ns;
}

bool ReadSocketRecord(const ControlRecord& record, ReceivedControl* out) {
  switch (record.type) {
    case SCM_CREDENTIALS: {
      auto sender = ValueOf<ucred>(record);
      out->credentials = Credentials{sender.pid, sender.uid, sender.gid};
      return true;
    }
    case kTimestamp:
    case kTimestamp64:
      out->timestamp_ns = TimeOf(record, 1000);
      return true;
    case kTimestampNs:
    case kTimestampNs64:
      out->timestamp_ns = TimeOf(record, 1);
      return true;
    case kPidfd: {
      // An errno of the kernel's where the sender has none, or is gone.
      int fd = ValueOf<int>(record);
      return fd >= 0 && out->pidfd.Add(fd);
    }
    default:
      return false;
  }
}

bool ReadIpRecord(const ControlRecord& record, ReceivedControl* out) {
  switch (record.type) {
    case IP_PKTINFO: {
      auto info = ValueOf<in_pktinfo>(record);
      out->packet.family = AF_INET;
      out->packet.interface_index = static_cast<uint32_t>(info.ipi_ifindex);
      memcpy(out->packet.address, &info.ipi_addr, sizeof(info.ipi_addr));
      memcpy(out->packet.local, &info.ipi_spec_dst, sizeof(info.ipi_spec_dst));
      return true;
    }
    case IP_TTL:
      out->ttl = NumberOf(record);
      return true;
    case IP_TOS:
      out->tos = NumberOf(record);
      return true;
    default:
      return false;
  }
}

}  // namespace

bool ReadRecord(const ControlRecord& record, ReceivedControl* out) {
  if (record.level == SOL_SOCKET) return ReadSocketRecord(record, out);
  if (record.level == IPPROTO_IP) return ReadIpRecord(record, out);
  if (record.level == IPPROTO_UDP && record.type == kUdpGro) {
    out->segment_bytes = NumberOf(record);
    return true;
  }
  return false;
}

int AppendCredentials(const Credentials& credentials, ControlBytes* out) {
  ucred sender{credentials.pid, credentials.uid, credentials.gid};
  out->Append(SOL_SOCKET, SCM_CREDENTIALS, sender);
  return 0;
}

int AppendPacketInfo(const PacketInfo& packet, ControlBytes* out) {
  in_pktinfo info{};
  info.ipi_ifindex = static_cast<int>(packet.interface_index);
  memcpy(&info.ipi_spec_dst, packet.local, sizeof(info.ipi_spec_dst));
  out->Append(IPPROTO_IP, IP_PKTINFO, info);
  return 0;
}

int AppendTtl(int ttl, ControlBytes* out) {
  out->Append(IPPROTO_IP, IP_TTL, ttl);
  return 0;
}

int AppendTos(int tos, ControlBytes* out) {
  out->Append(IPPROTO_IP, IP_TOS, tos);
  return 0;
}

int AppendSegmentBytes(int bytes, ControlBytes* out) {
  out->Append(IPPROTO_UDP, kUdpSegment, static_cast<uint16_t>(bytes));
  return 0;
}

}  // namespace rawloop
