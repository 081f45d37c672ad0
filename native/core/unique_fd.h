// A descriptor with one owner in native code, closed with it; but never a
// stranger's, should others have closed the number and opened something else.
#ifndef RAWLOOP_CORE_UNIQUE_FD_H_
#define RAWLOOP_CORE_UNIQUE_FD_H_

#include <utility>

#include "os/identity.h"

namespace rawloop {

class UniqueFd {
 public:
  UniqueFd() = default;
  // `fd` was opened just now; -1: none.
  explicit UniqueFd(int fd) { Reset(fd); }
  UniqueFd(UniqueFd&& other) noexcept { *this = std::move(other); }
  UniqueFd& operator=(UniqueFd&& other) noexcept {
    Reset();
    fd_ = std::exchange(other.fd_, -1);
    identity_ = other.identity_;
    return *this;
  }
  ~UniqueFd() { Reset(); }

  int get() const { return fd_; }
  bool ok() const { return fd_ >= 0; }
  // Whether the number still stands for what it was opened as.
  bool IsSame() const { return ok() && CheckIdentity(fd_, identity_) == 0; }
  void Reset(int fd = -1) {
    if (fd_ >= 0) CloseIdentical(fd_, identity_);
    fd_ = fd;
    if (fd >= 0) identity_ = Identify(fd);
  }

 private:
  int fd_ = -1;
  Identity identity_ = kNotOpen;
};

}  // namespace rawloop

#endif  // RAWLOOP_CORE_UNIQUE_FD_H_
