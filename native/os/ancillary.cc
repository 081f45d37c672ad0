// macOS has the names of RFC 3542 for those who ask.
#define __APPLE_USE_RFC_3542 1  // NOLINT(bugprone-reserved-identifier)

#include "os/ancillary.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <new>
#include <utility>

#include "os/ancillary_system.h"

namespace rawloop {

int ReceivedFds::Take(size_t index) { return std::exchange(fds_[index], -1); }

bool ReceivedFds::Add(int fd) {
  if (count_ == kMaxPassedFds) return false;
  fds_[count_++] = fd;
  return true;
}

void ReceivedFds::Clear() {
  for (size_t i = 0; i < count_; i++) {
    if (fds_[i] >= 0) close(fds_[i]);
  }
  count_ = 0;
}

void ReceivedControl::Clear() {
  static_cast<ControlValues&>(*this) = ControlValues();
  fds.Clear();
  pidfd.Clear();
  timestamp_ns = -1;
  is_truncated = false;
  others.clear();
}

void ControlBytes::Append(int level, int type, const void* data, size_t size) {
  size_t start = bytes_.size();
  // Zeros, the padding with them: the kernel and the peer see no old memory.
  bytes_.resize(start + CMSG_SPACE(size));
  cmsghdr header{};
  header.cmsg_len = static_cast<decltype(header.cmsg_len)>(CMSG_LEN(size));
  header.cmsg_level = level;
  header.cmsg_type = type;
  memcpy(bytes_.data() + start, &header, sizeof(header));
  if (size > 0) memcpy(bytes_.data() + start + CMSG_LEN(0), data, size);
}

void ControlBytes::Attach(msghdr* message) {
  message->msg_control = bytes_.empty() ? nullptr : bytes_.data();
  message->msg_controllen =
      static_cast<decltype(message->msg_controllen)>(bytes_.size());
}

size_t ControlRoom(size_t max_fds) {
  size_t fds = std::max(max_fds, kFewestFds);
  // Each of the others takes 32 bytes of data at most; FreeBSD's credentials
  // and interface take more. There are at most eight of them.
  constexpr size_t kOthers = 8 * CMSG_SPACE(32) + CMSG_SPACE(128);
  return kOthers + (fds > 0 ? CMSG_SPACE(fds * sizeof(int)) : 0);
}

int NumberOf(const ControlRecord& record) {
  return record.size < sizeof(int) ? ValueOf<uint8_t>(record)
                                   : ValueOf<int>(record);
}

namespace {

void SetCloseOnExec(int fd) {
  if (kReceiveFlags == 0) fcntl(fd, F_SETFD, FD_CLOEXEC);
}

void ReadFds(const ControlRecord& record, size_t max_fds,
             ReceivedControl* out) {
  for (size_t i = 0; i < record.size / sizeof(int); i++) {
    int fd;
    memcpy(&fd, record.data + i * sizeof(fd), sizeof(fd));
    SetCloseOnExec(fd);
    if (out->fds.size() < max_fds && out->fds.Add(fd)) continue;
    close(fd);
    out->is_truncated = true;
  }
}

bool ReadIpv6(const ControlRecord& record, ReceivedControl* out) {
  switch (record.type) {
    case IPV6_PKTINFO: {
      auto info = ValueOf<in6_pktinfo>(record);
      PacketInfo& packet = out->packet;
      packet.family = AF_INET6;
      packet.interface_index = info.ipi6_ifindex;
      memcpy(packet.address, &info.ipi6_addr, sizeof(info.ipi6_addr));
      // Nobody may answer in a group's name.
      if (!IN6_IS_ADDR_MULTICAST(&info.ipi6_addr)) {
        memcpy(packet.local, &info.ipi6_addr, sizeof(info.ipi6_addr));
      }
      return true;
    }
    case IPV6_HOPLIMIT:
      out->ttl = NumberOf(record);
      return true;
    case IPV6_TCLASS:
      out->tos = NumberOf(record);
      return true;
    default:
      return false;
  }
}

void AppendIpv6PacketInfo(const PacketInfo& packet, ControlBytes* out) {
  in6_pktinfo info{};
  info.ipi6_ifindex = packet.interface_index;
  memcpy(&info.ipi6_addr, packet.local, sizeof(info.ipi6_addr));
  out->Append(IPPROTO_IPV6, IPV6_PKTINFO, info);
}

int AppendNumber(int family, int type_v6, int value, ControlBytes* out,
                 int (*append_v4)(int, ControlBytes*)) {
  if (family == AF_INET) return append_v4(value, out);
  if (family != AF_INET6) return -EOPNOTSUPP;
  out->Append(IPPROTO_IPV6, type_v6, value);
  return 0;
}

const uint8_t* DataOf(const cmsghdr* header) {
  return reinterpret_cast<const uint8_t*>(header) + CMSG_LEN(0);
}

// How much of the control memory there is from `at` on.
size_t RestFrom(const msghdr& message, const void* at) {
  const auto* start = static_cast<const uint8_t*>(message.msg_control);
  size_t before = static_cast<const uint8_t*>(at) - start;
  size_t all = message.msg_controllen;
  return before < all ? all - before : 0;
}

// The bytes of a record that are there: BSD kernels cut the memory, but not
// the length that the record says of itself.
size_t SizeOf(const msghdr& message, const cmsghdr* header) {
  if (header->cmsg_len < CMSG_LEN(0)) return 0;
  return std::min<size_t>(header->cmsg_len - CMSG_LEN(0),
                          RestFrom(message, DataOf(header)));
}

// Not a throw: descriptors may follow.
void AddOther(const ControlRecord& record, ReceivedControl* out) noexcept {
  try {
    out->others.push_back(record);
  } catch (const std::bad_alloc&) {
    out->is_truncated = true;
  }
}

// The record behind `header`; null: it was the last that is whole. Not
// CMSG_NXTHDR: musl's compares numbers of which one has a sign.
const cmsghdr* NextHeader(const msghdr& message, const cmsghdr* header) {
  if (header->cmsg_len < CMSG_LEN(0)) return nullptr;
  size_t step = CMSG_SPACE(header->cmsg_len - CMSG_LEN(0));
  size_t rest = RestFrom(message, header);
  if (rest < sizeof(*header) || step > rest - sizeof(*header)) return nullptr;
  return reinterpret_cast<const cmsghdr*>(
      reinterpret_cast<const uint8_t*>(header) + step);
}

}  // namespace

void ParseControl(const msghdr& message, size_t max_fds,
                  ReceivedControl* out) noexcept {
  out->is_truncated = (message.msg_flags & MSG_CTRUNC) != 0;
  for (const cmsghdr* header = CMSG_FIRSTHDR(&message); header != nullptr;
       header = NextHeader(message, header)) {
    ControlRecord record{header->cmsg_level, header->cmsg_type, DataOf(header),
                         SizeOf(message, header)};
    if (record.level == SOL_SOCKET && record.type == SCM_RIGHTS) {
      ReadFds(record, max_fds, out);
      continue;
    }
    bool is_known = record.level == IPPROTO_IPV6 ? ReadIpv6(record, out)
                                                 : ReadRecord(record, out);
    if (!is_known) AddOther(record, out);
  }
}

int BuildControl(const ControlToSend& what, ControlBytes* out) {
  out->Clear();
  int error = 0;
  if (what.fd_count > 0) {
    out->Append(SOL_SOCKET, SCM_RIGHTS, what.fds,
                what.fd_count * sizeof(*what.fds));
  }
  if (what.credentials) error = AppendCredentials(*what.credentials, out);
  if (what.packet.family == AF_INET6) AppendIpv6PacketInfo(what.packet, out);
  if (error == 0 && what.packet.family == AF_INET) {
    error = AppendPacketInfo(what.packet, out);
  }
  if (error == 0 && what.ttl >= 0) {
    error = AppendNumber(what.family, IPV6_HOPLIMIT, what.ttl, out, AppendTtl);
  }
  if (error == 0 && what.tos >= 0) {
    error = AppendNumber(what.family, IPV6_TCLASS, what.tos, out, AppendTos);
  }
  if (error == 0 && what.segment_bytes > 0) {
    error = AppendSegmentBytes(what.segment_bytes, out);
  }
  for (const ControlRecord& record : what.others) {
    out->Append(record.level, record.type, record.data, record.size);
  }
  return error;
}

}  // namespace rawloop
