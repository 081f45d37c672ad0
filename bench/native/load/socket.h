// The few socket calls that the load modes share, and their error texts.
// See socket(7), tcp(7), unix(7), ip(7).
#ifndef RAWLOOP_BENCH_LOAD_SOCKET_H_
#define RAWLOOP_BENCH_LOAD_SOCKET_H_

#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>

#include "address.h"

namespace load {

// Owns a descriptor and closes it.
class UniqueFd {
 public:
  UniqueFd() = default;
  explicit UniqueFd(int fd) : fd_(fd) {}
  UniqueFd(UniqueFd&& other) noexcept : fd_(other.Release()) {}
  UniqueFd& operator=(UniqueFd&& other) noexcept {
    Reset(other.Release());
    return *this;
  }
  ~UniqueFd() { Reset(); }

  int get() const { return fd_; }
  bool is_open() const { return fd_ >= 0; }

  int Release() {
    const int fd = fd_;
    fd_ = -1;
    return fd;
  }

  void Reset(int fd = -1) {
    if (fd_ >= 0) close(fd_);
    fd_ = fd;
  }

 private:
  int fd_ = -1;
};

inline std::string ErrorText(const char* what, int error) {
  return std::string(what) + ": " + std::strerror(error);
}

// A stream socket of this family, of TCP with Nagle's algorithm off; not open
// when the system refuses.
inline UniqueFd OpenStream(int family, int type_flags) {
  UniqueFd fd(socket(family, SOCK_STREAM | SOCK_CLOEXEC | type_flags, 0));
  const int on = 1;
  if (fd.is_open() && family == AF_INET) {
    setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  }
  return fd;
}

inline int ConnectTo(const UniqueFd& fd, const Address& address) {
  return connect(fd.get(), address.get(), address.size());
}

inline int Watch(const UniqueFd& epoll_fd, int operation, int fd,
                 uint32_t interest, uint32_t index) {
  epoll_event event{};
  event.events = interest;
  event.data.u32 = index;
  return epoll_ctl(epoll_fd.get(), operation, fd, &event);
}

}  // namespace load

#endif  // RAWLOOP_BENCH_LOAD_SOCKET_H_
