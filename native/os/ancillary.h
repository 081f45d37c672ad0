// What goes beside the bytes of a message: descriptors, credentials, the way a
// packet took. Between a msghdr's control memory and plain structs; no
// JavaScript here. The walk through the records, descriptors and IPv6 are the
// same everywhere (ancillary.cc); the rest is ancillary_system.h's.
//
//   Receiving: memory of ControlRoom(n) bytes as msg_control, kReceiveFlags
//   with the flags, then ParseControl, whatever the call was for: descriptors
//   are open from then on.
//   Sending: BuildControl, Attach, sendmsg.
//
// See cmsg(3), unix(7), ip(7), ipv6(7), RFC 3542.
#ifndef RAWLOOP_OS_ANCILLARY_H_
#define RAWLOOP_OS_ANCILLARY_H_

#include <sys/socket.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace rawloop {

// Linux takes no more in one message; the same number for all systems.
constexpr size_t kMaxPassedFds = 253;

// Added to the flags of each recvmsg(2): MSG_CMSG_CLOEXEC. 0 where there is
// none, and ParseControl sets it afterwards.
extern const int kReceiveFlags;

struct Credentials {
  int32_t pid = 0;
  uint32_t uid = 0;
  uint32_t gid = 0;
};

// Where a packet came to; or where it is to leave from. The first 4 bytes of
// the addresses for IPv4. All zero: any, the kernel chooses.
struct PacketInfo {
  int family = AF_UNSPEC;  // AF_INET or AF_INET6; AF_UNSPEC: none was told
  uint32_t interface_index = 0;
  uint8_t address[16] = {};  // what the packet says; not used when it is sent
  uint8_t local[16] = {};    // our own, for answers: not a group's
};

// One that has no place of its own in the structs. `data` is borrowed.
struct ControlRecord {
  int level = 0;
  int type = 0;
  const uint8_t* data = nullptr;
  size_t size = 0;
};

// What is the same in both directions.
struct ControlValues {
  std::optional<Credentials> credentials;
  PacketInfo packet;
  int ttl = -1;           // or the hop limit; -1: not told
  int tos = -1;           // or the traffic class; its lowest two bits are ECN's
  int segment_bytes = 0;  // of UDP_SEGMENT and UDP_GRO; 0: not told
};

// Descriptors that came: closed with this, but for those that were taken.
class ReceivedFds {
 public:
  ReceivedFds() = default;
  ReceivedFds(const ReceivedFds&) = delete;
  ReceivedFds& operator=(const ReceivedFds&) = delete;
  ~ReceivedFds() { Clear(); }

  size_t size() const { return count_; }
  // Number `index`, which is the caller's from now on; -1: it was taken before.
  int Take(size_t index);
  // False: there is no room, and `fd` is the caller's still.
  bool Add(int fd);
  // Closes what was not taken.
  void Clear();

 private:
  size_t count_ = 0;
  int fds_[kMaxPassedFds];
};

struct ReceivedControl : ControlValues {
  ReceivedFds fds;
  ReceivedFds pidfd;          // of SCM_PIDFD: none or one
  int64_t timestamp_ns = -1;  // since 1970, by the kernel; -1: not told
  // Records or descriptors did not fit, and are lost.
  bool is_truncated = false;
  // Point into the control memory.
  std::vector<ControlRecord> others;

  void Clear();
};

struct ControlToSend : ControlValues {
  int family = AF_UNSPEC;  // AF_INET or AF_INET6: of which `ttl` and `tos` are
  const int* fds = nullptr;
  size_t fd_count = 0;
  std::vector<ControlRecord> others;
};

// The control memory of a message that is sent. Used again, it allocates no
// more than the largest needed.
class ControlBytes {
 public:
  void Clear() { bytes_.clear(); }
  void Append(int level, int type, const void* data, size_t size);
  template <typename T>
  void Append(int level, int type, const T& value) {
    Append(level, type, &value, sizeof(value));
  }
  // `message` borrows the memory until the next change.
  void Attach(msghdr* message);

 private:
  std::vector<uint8_t> bytes_;
};

// How much control memory takes up to `max_fds` descriptors and one of each
// record that is asked for by a socket option and has a place in the struct.
// More where a system loses the descriptors that do not fit.
size_t ControlRoom(size_t max_fds);

// Reads what recvmsg(2) put into `message`. Descriptors beyond `max_fds` are
// closed, and the control counts as truncated: nothing leaks. `out` is empty
// before.
void ParseControl(const msghdr& message, size_t max_fds,
                  ReceivedControl* out) noexcept;

// 0, or -EOPNOTSUPP: `what` holds something that this system cannot tell the
// kernel for one message.
int BuildControl(const ControlToSend& what, ControlBytes* out);

}  // namespace rawloop

#endif  // RAWLOOP_OS_ANCILLARY_H_
