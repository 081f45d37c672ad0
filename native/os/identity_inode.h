// Device and inode as an identity, for the files that implement identity.h.
#ifndef RAWLOOP_OS_IDENTITY_INODE_H_
#define RAWLOOP_OS_IDENTITY_INODE_H_

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>

#include "os/identity.h"

namespace rawloop {

// The three high bits of an identity; with all bits set it is kUnknown.
enum class IdentityKind : uint64_t {
  kInode = 1,
  // Linux
  kSocket = 2,
  kPolled = 3,
  kEpoll = 4,
};

constexpr int kIdentityValueBits = kIdentityBits - 3;

constexpr Identity MakeIdentity(IdentityKind kind, uint64_t value) {
  return static_cast<uint64_t>(kind) << kIdentityValueBits |
         (value & ((uint64_t{1} << kIdentityValueBits) - 1));
}

constexpr IdentityKind KindOf(Identity identity) {
  return static_cast<IdentityKind>(identity >> kIdentityValueBits);
}

// A file that was opened anew has the same: it is one file all the same.
inline Identity IdentityOf(const struct stat& status) {
  uint64_t mixed = static_cast<uint64_t>(status.st_ino) ^
                   static_cast<uint64_t>(status.st_dev) * 0x9e3779b97f4a7c15 ^
                   static_cast<uint64_t>(status.st_mode & S_IFMT) << 28;
  return MakeIdentity(IdentityKind::kInode, mixed ^ mixed >> 45);
}

inline int CloseOnce(int fd) {
  return close(fd) < 0 && errno != EINTR ? -errno : 0;
}

}  // namespace rawloop

#endif  // RAWLOOP_OS_IDENTITY_INODE_H_
