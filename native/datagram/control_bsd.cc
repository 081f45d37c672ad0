// macOS and the BSDs: see the header. There is no queue of errors, no GSO and
// no GRO, and descriptors are the only thing that goes beside a Unix datagram.
#define __APPLE_USE_RFC_3542
#include "datagram/control.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

namespace rawloop {
namespace {

template <typename T>
T Value(const cmsghdr* header) {
  T value{};
  size_t size = header->cmsg_len - CMSG_LEN(0);
  memcpy(&value, CMSG_DATA(header), std::min(size, sizeof(T)));
  return value;
}

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
      // macOS has no flag of recvmsg(2) for it.
      fcntl(fd, F_SETFD, FD_CLOEXEC);
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
  if (header->cmsg_type == SCM_RIGHTS) {
    TakeDescriptors(header, out, space, cut);
  } else if (header->cmsg_type == SCM_TIMESTAMP) {
    auto time = Value<timeval>(header);
    out->known |= kKnowsTimestamp;
    out->timestamp_ns = time.tv_sec * INT64_C(1000000000) +
                        static_cast<int64_t>(time.tv_usec) * 1000;
  }
}

// Two ways to say where a datagram came to: macOS has Linux's, FreeBSD that of
// its own. Each has one of the two.
#if defined(IP_PKTINFO)
constexpr int kLocalType = IP_PKTINFO;
using Local = in_pktinfo;
in_addr AddressOf(const Local& local) { return local.ipi_addr; }
int32_t InterfaceOf(const Local& local) {
  return static_cast<int32_t>(local.ipi_ifindex);
}
constexpr int kSourceType = IP_PKTINFO;
Local SourceOf(const Ancillary& from) {
  Local local{};
  local.ipi_ifindex = static_cast<unsigned>(from.interface);
  memcpy(&local.ipi_spec_dst, from.local, sizeof(local.ipi_spec_dst));
  return local;
}
#else
constexpr int kLocalType = IP_RECVDSTADDR;
using Local = in_addr;
in_addr AddressOf(const Local& local) { return local; }
int32_t InterfaceOf(const Local& /*local*/) { return 0; }
constexpr int kSourceType = IP_SENDSRCADDR;
Local SourceOf(const Ancillary& from) {
  Local local{};
  memcpy(&local, from.local, sizeof(local));
  return local;
}
#endif

void ReadIp(const cmsghdr* header, Ancillary* out) {
  if (header->cmsg_type == IP_RECVTTL) {
    out->known |= kKnowsTtl;
    out->ttl = Number(header);
  } else if (header->cmsg_type == IP_RECVTOS) {
    out->known |= kKnowsTos;
    out->tos = Number(header);
  } else if (header->cmsg_type == kLocalType) {
    auto local = Value<Local>(header);
    in_addr address = AddressOf(local);
    out->known |= kKnowsLocal;
    out->interface = InterfaceOf(local);
    out->local_family = 4;
    memcpy(out->local, &address, sizeof(address));
  }
}

void ReadIpv6(const cmsghdr* header, Ancillary* out) {
  if (header->cmsg_type == IPV6_HOPLIMIT) {
    out->known |= kKnowsTtl;
    out->ttl = Number(header);
  } else if (header->cmsg_type == IPV6_TCLASS) {
    out->known |= kKnowsTos;
    out->tos = Number(header);
  } else if (header->cmsg_type == IPV6_PKTINFO) {
    auto info = Value<in6_pktinfo>(header);
    out->known |= kKnowsLocal;
    out->interface = static_cast<int32_t>(info.ipi6_ifindex);
    out->local_family = 6;
    memcpy(out->local, &info.ipi6_addr, sizeof(info.ipi6_addr));
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
    header->cmsg_len = static_cast<socklen_t>(CMSG_LEN(size));
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

}  // namespace

void ReadControl(const msghdr& message, Ancillary* out, DescriptorSpace* space,
                 bool* cut) {
  auto* whole = const_cast<msghdr*>(&message);
  for (cmsghdr* header = CMSG_FIRSTHDR(whole); header != nullptr;
       header = CMSG_NXTHDR(whole, header)) {
    if (header->cmsg_level == SOL_SOCKET) {
      ReadSocket(header, out, space, cut);
    } else if (header->cmsg_level == IPPROTO_IP) {
      ReadIp(header, out);
    } else if (header->cmsg_level == IPPROTO_IPV6) {
      ReadIpv6(header, out);
    }
  }
}

size_t WriteControl(const Ancillary& from, const int32_t* descriptors,
                    uint8_t* buffer, size_t size) {
  Writer out(buffer, size);
  bool v6 = from.local_family == 6;
  if ((from.known & kKnowsLocal) != 0 && v6) {
    in6_pktinfo info{};
    info.ipi6_ifindex = static_cast<unsigned>(from.interface);
    memcpy(&info.ipi6_addr, from.local, sizeof(info.ipi6_addr));
    out.Add(IPPROTO_IPV6, IPV6_PKTINFO, &info, sizeof(info));
  } else if ((from.known & kKnowsLocal) != 0) {
    Local local = SourceOf(from);
    out.Add(IPPROTO_IP, kSourceType, &local, sizeof(local));
  }
  if ((from.known & kKnowsTtl) != 0) {
    out.Add(v6 ? IPPROTO_IPV6 : IPPROTO_IP, v6 ? IPV6_HOPLIMIT : IP_TTL,
            &from.ttl, sizeof(from.ttl));
  }
  if ((from.known & kKnowsTos) != 0) {
    out.Add(v6 ? IPPROTO_IPV6 : IPPROTO_IP, v6 ? IPV6_TCLASS : IP_TOS,
            &from.tos, sizeof(from.tos));
  }
  if ((from.known & kKnowsDescriptors) != 0) {
    out.Add(SOL_SOCKET, SCM_RIGHTS, descriptors,
            static_cast<size_t>(from.descriptors) * sizeof(int32_t));
  }
  return out.used();
}

int TakeError(int /*fd*/, Arrival* /*out*/) { return -1; }

}  // namespace rawloop
