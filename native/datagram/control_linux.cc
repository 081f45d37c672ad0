// Linux: see the header. The kernel's numbers stand beside names that headers
// of the C library may lack.
#include "datagram/control.h"

#include <linux/errqueue.h>
#include <netinet/in.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace rawloop {
namespace {

constexpr int kSolUdp = IPPROTO_UDP;
constexpr int kUdpSegment = 103;
constexpr int kUdpGro = 104;
constexpr int64_t kNsPerSecond = 1000000000;

template <typename T>
T Value(const cmsghdr* header) {
  T value{};
  size_t size = header->cmsg_len - CMSG_LEN(0);
  memcpy(&value, CMSG_DATA(header), std::min(size, sizeof(T)));
  return value;
}

// Of an option that is a byte with one kernel and an int with another.
int32_t Number(const cmsghdr* header) {
  bool byte = header->cmsg_len == CMSG_LEN(1);
  return byte ? Value<uint8_t>(header) : Value<int32_t>(header);
}

void TakeDescriptors(const cmsghdr* header, Ancillary* out,
                     DescriptorSpace* space, bool* cut) {
  const uint8_t* from = CMSG_DATA(header);
  size_t count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
  if (out->descriptors == 0) {
    out->first_descriptor = static_cast<int32_t>(space->used);
  }
  for (size_t i = 0; i < count; i++) {
    int fd;
    memcpy(&fd, from + i * sizeof(int), sizeof(int));
    if (space->used < space->size) {
      space->data[space->used++] = fd;
      out->descriptors++;
    } else {
      close(fd);
      *cut = true;
    }
  }
  if (out->descriptors > 0) out->known |= kKnowsDescriptors;
}

void ReadSocket(const cmsghdr* header, Ancillary* out, DescriptorSpace* space,
                bool* cut) {
  switch (header->cmsg_type) {
    case SCM_RIGHTS:
      TakeDescriptors(header, out, space, cut);
      return;
    case SCM_CREDENTIALS: {
      auto credentials = Value<ucred>(header);
      out->known |= kKnowsCredentials;
      out->pid = credentials.pid;
      out->uid = static_cast<int32_t>(credentials.uid);
      out->gid = static_cast<int32_t>(credentials.gid);
      return;
    }
    case SCM_TIMESTAMPNS: {
      auto time = Value<timespec>(header);
      out->known |= kKnowsTimestamp;
      out->timestamp_ns = time.tv_sec * kNsPerSecond + time.tv_nsec;
      return;
    }
    case SCM_TIMESTAMP: {
      auto time = Value<timeval>(header);
      out->known |= kKnowsTimestamp;
      out->timestamp_ns = time.tv_sec * kNsPerSecond + time.tv_usec * 1000;
      return;
    }
    default:
      return;
  }
}

void ReadIp(const cmsghdr* header, Ancillary* out) {
  switch (header->cmsg_type) {
    case IP_TTL:
      out->known |= kKnowsTtl;
      out->ttl = Number(header);
      return;
    case IP_TOS:
      out->known |= kKnowsTos;
      out->tos = Number(header);
      return;
    case IP_PKTINFO: {
      auto info = Value<in_pktinfo>(header);
      out->known |= kKnowsLocal;
      out->interface = info.ipi_ifindex;
      out->local_family = 4;
      memcpy(out->local, &info.ipi_addr, sizeof(info.ipi_addr));
      return;
    }
    default:
      return;
  }
}

void ReadIpv6(const cmsghdr* header, Ancillary* out) {
  switch (header->cmsg_type) {
    case IPV6_HOPLIMIT:
      out->known |= kKnowsTtl;
      out->ttl = Number(header);
      return;
    case IPV6_TCLASS:
      out->known |= kKnowsTos;
      out->tos = Number(header);
      return;
    case IPV6_PKTINFO: {
      auto info = Value<in6_pktinfo>(header);
      out->known |= kKnowsLocal;
      out->interface = static_cast<int32_t>(info.ipi6_ifindex);
      out->local_family = 6;
      memcpy(out->local, &info.ipi6_addr, sizeof(info.ipi6_addr));
      return;
    }
    default:
      return;
  }
}

// Control messages one behind the other, as long as there is room.
class Writer {
 public:
  Writer(uint8_t* buffer, size_t size) : at_(buffer), room_(size) {}

  void Add(int level, int type, const void* data, size_t size) {
    size_t space = CMSG_SPACE(size);
    if (failed_ || space > room_) {
      failed_ = true;
      return;
    }
    memset(at_, 0, space);
    auto* header = reinterpret_cast<cmsghdr*>(at_);
    header->cmsg_level = level;
    header->cmsg_type = type;
    header->cmsg_len = CMSG_LEN(size);
    memcpy(CMSG_DATA(header), data, size);
    at_ += space;
    room_ -= space;
    used_ += space;
  }

  size_t used() const { return failed_ ? 0 : used_; }

 private:
  uint8_t* at_;
  size_t room_;
  size_t used_ = 0;
  bool failed_ = false;
};

void WriteLocal(const Ancillary& from, Writer* out) {
  if (from.local_family == 6) {
    in6_pktinfo info{};
    info.ipi6_ifindex = static_cast<unsigned>(from.interface);
    memcpy(&info.ipi6_addr, from.local, sizeof(info.ipi6_addr));
    out->Add(IPPROTO_IPV6, IPV6_PKTINFO, &info, sizeof(info));
    return;
  }
  in_pktinfo info{};
  info.ipi_ifindex = from.interface;
  memcpy(&info.ipi_spec_dst, from.local, sizeof(info.ipi_spec_dst));
  out->Add(IPPROTO_IP, IP_PKTINFO, &info, sizeof(info));
}

}  // namespace

void ReadControl(const msghdr& message, Ancillary* out, DescriptorSpace* space,
                 bool* cut) {
  // CMSG_NXTHDR wants a header that it may change, and changes nothing.
  auto* whole = const_cast<msghdr*>(&message);
  for (cmsghdr* header = CMSG_FIRSTHDR(whole); header != nullptr;
       header = CMSG_NXTHDR(whole, header)) {
    if (header->cmsg_level == SOL_SOCKET) {
      ReadSocket(header, out, space, cut);
    } else if (header->cmsg_level == IPPROTO_IP) {
      ReadIp(header, out);
    } else if (header->cmsg_level == IPPROTO_IPV6) {
      ReadIpv6(header, out);
    } else if (header->cmsg_level == kSolUdp && header->cmsg_type == kUdpGro) {
      out->known |= kKnowsSegment;
      out->segment_bytes = Number(header);
    }
  }
}

size_t WriteControl(const Ancillary& from, const int32_t* descriptors,
                    uint8_t* buffer, size_t size) {
  Writer out(buffer, size);
  bool v6 = from.local_family == 6;
  if ((from.known & kKnowsLocal) != 0) WriteLocal(from, &out);
  if ((from.known & kKnowsTtl) != 0) {
    out.Add(v6 ? IPPROTO_IPV6 : IPPROTO_IP, v6 ? IPV6_HOPLIMIT : IP_TTL,
            &from.ttl, sizeof(from.ttl));
  }
  if ((from.known & kKnowsTos) != 0) {
    out.Add(v6 ? IPPROTO_IPV6 : IPPROTO_IP, v6 ? IPV6_TCLASS : IP_TOS,
            &from.tos, sizeof(from.tos));
  }
  if ((from.known & kKnowsSegment) != 0) {
    auto bytes = static_cast<uint16_t>(from.segment_bytes);
    out.Add(kSolUdp, kUdpSegment, &bytes, sizeof(bytes));
  }
  if ((from.known & kKnowsDescriptors) != 0) {
    out.Add(SOL_SOCKET, SCM_RIGHTS, descriptors,
            static_cast<size_t>(from.descriptors) * sizeof(int32_t));
  }
  if ((from.known & kKnowsCredentials) != 0) {
    ucred credentials{};
    credentials.pid = from.pid;
    credentials.uid = static_cast<uid_t>(from.uid);
    credentials.gid = static_cast<gid_t>(from.gid);
    out.Add(SOL_SOCKET, SCM_CREDENTIALS, &credentials, sizeof(credentials));
  }
  return out.used();
}

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
  if (recvmsg(fd, &message, MSG_ERRQUEUE | MSG_DONTWAIT) < 0) return -1;
  out->from.size = static_cast<int32_t>(message.msg_namelen);
  for (cmsghdr* header = CMSG_FIRSTHDR(&message); header != nullptr;
       header = CMSG_NXTHDR(&message, header)) {
    bool v4 = header->cmsg_level == IPPROTO_IP &&
              header->cmsg_type == IP_RECVERR;
    bool v6 = header->cmsg_level == IPPROTO_IPV6 &&
              header->cmsg_type == IPV6_RECVERR;
    if (!v4 && !v6) continue;
    auto error = Value<sock_extended_err>(header);
    bool failure = error.ee_origin == SO_EE_ORIGIN_LOCAL ||
                   error.ee_origin == SO_EE_ORIGIN_ICMP ||
                   error.ee_origin == SO_EE_ORIGIN_ICMP6;
    if (!failure || error.ee_errno == 0) return 0;
    out->error = static_cast<int32_t>(error.ee_errno);
    return 1;
  }
  return 0;
}

}  // namespace rawloop
