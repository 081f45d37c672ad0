// Ancillary data of FreeBSD. See ancillary_system.h for the contract; ip(4),
// unix(4), getsockopt(2).
#include <net/if.h>
#include <net/if_dl.h>
#include <netinet/in.h>
#include <sys/time.h>
#include <sys/types.h>

#include <cerrno>

#include "os/ancillary_system.h"

namespace rawloop {

const int kReceiveFlags = MSG_CMSG_CLOEXEC;
// Older kernels leave open what does not fit. Control memory of a sender is one
// cluster of 2048 bytes.
const size_t kFewestFds = 512;

namespace {

bool ReadSocketRecord(const ControlRecord& record, ReceivedControl* out) {
  switch (record.type) {
    case SCM_CREDS: {
      auto sender = ValueOf<cmsgcred>(record);
      out->credentials =
          Credentials{sender.cmcred_pid, sender.cmcred_uid, sender.cmcred_gid};
      return true;
    }
    case SCM_TIMESTAMP: {
      auto time = ValueOf<timeval>(record);
      out->timestamp_ns =
          int64_t{time.tv_sec} * 1000000000 + int64_t{time.tv_usec} * 1000;
      return true;
    }
    case SCM_REALTIME: {
      auto time = ValueOf<timespec>(record);
      out->timestamp_ns = int64_t{time.tv_sec} * 1000000000 + time.tv_nsec;
      return true;
    }
    default:
      return false;
  }
}

bool ReadIpRecord(const ControlRecord& record, ReceivedControl* out) {
  switch (record.type) {
    // Address and interface are two records.
    case IP_RECVDSTADDR: {
      auto to = ValueOf<in_addr>(record);
      out->packet.family = AF_INET;
      memcpy(out->packet.address, &to, sizeof(to));
      uint32_t number = ntohl(to.s_addr);
      if (!IN_MULTICAST(number) && number != INADDR_BROADCAST) {
        memcpy(out->packet.local, &to, sizeof(to));
      }
      return true;
    }
    case IP_RECVIF:
      out->packet.interface_index = ValueOf<sockaddr_dl>(record).sdl_index;
      return true;
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
  if (record.level == SOL_SOCKET) return ReadSocketRecord(record, out);
  return record.level == IPPROTO_IP && ReadIpRecord(record, out);
}

// The kernel fills in who sends: nobody can name another.
int AppendCredentials(const Credentials&, ControlBytes* out) {
  out->Append(SOL_SOCKET, SCM_CREDS, cmsgcred{});
  return 0;
}

int AppendPacketInfo(const PacketInfo& packet, ControlBytes* out) {
  if (packet.interface_index != 0) return -EOPNOTSUPP;
  in_addr from;
  memcpy(&from, packet.local, sizeof(from));
  out->Append(IPPROTO_IP, IP_SENDSRCADDR, from);
  return 0;
}

int AppendTtl(int, ControlBytes*) { return -EOPNOTSUPP; }

int AppendTos(int tos, ControlBytes* out) {
  out->Append(IPPROTO_IP, IP_TOS, static_cast<uint8_t>(tos));
  return 0;
}

int AppendSegmentBytes(int, ControlBytes*) { return -EOPNOTSUPP; }

}  // namespace rawloop
