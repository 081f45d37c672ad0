// Preloaded into each process of the fuzzer, behind the sanitizer's library.
//
// It fences off the network: what is no loopback address is unreachable,
// whatever a generated address says. And it looks at the memory of system calls
// that the addon makes by syscall(2), which sanitizers do not know: with
// AddressSanitizer each byte that the kernel may touch has to be the program's.
// And no call waits for a lock: the one who holds it is this thread, by another
// descriptor, so that it would wait for ever. See dlsym(3), fcntl(2), flock(2),
// syscall(2).
#include <arpa/inet.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdarg>
#include <cstdint>
#include <cstdlib>
#include <cstring>

extern "C" __attribute__((weak)) void* __asan_region_is_poisoned(void* from,
                                                                 size_t size);

namespace {

template <typename F>
F* Next(const char* name) {
  return reinterpret_cast<F*>(dlsym(RTLD_NEXT, name));
}

// A network namespace of our own has a loopback that is down.
__attribute__((constructor)) void RaiseLoopback() {
  if (getenv("RAWLOOP_FUZZ_NAMESPACE") == nullptr) return;
  int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  ifreq request{};
  strcpy(request.ifr_name, "lo");
  request.ifr_flags = IFF_UP | IFF_RUNNING;
  ioctl(fd, SIOCSIFFLAGS, &request);
  close(fd);
}

bool IsAllowed(const sockaddr* address, socklen_t size) {
  if (address == nullptr || size < sizeof(sa_family_t)) return true;
  sockaddr_storage copy{};
  memcpy(&copy, address, size < sizeof(copy) ? size : sizeof(copy));
  if (copy.ss_family == AF_INET || copy.ss_family == AF_UNSPEC) {
    uint32_t host =
        ntohl(reinterpret_cast<sockaddr_in*>(&copy)->sin_addr.s_addr);
    return host == INADDR_ANY || host >> 24 == 127 ||
           copy.ss_family == AF_UNSPEC;
  }
  if (copy.ss_family != AF_INET6) return true;
  const in6_addr& host = reinterpret_cast<sockaddr_in6*>(&copy)->sin6_addr;
  return IN6_IS_ADDR_UNSPECIFIED(&host) || IN6_IS_ADDR_LOOPBACK(&host) ||
         IN6_IS_ADDR_LINKLOCAL(&host) ||
         (IN6_IS_ADDR_V4MAPPED(&host) &&
          (host.s6_addr[12] == 127 || host.s6_addr[12] == 0));
}

bool IsMessageAllowed(const msghdr& message) {
  return IsAllowed(static_cast<const sockaddr*>(message.msg_name),
                   message.msg_namelen);
}

// AddressSanitizer reports the access, with the stack of who asked for it.
void Look(long address, long size) {
  if (__asan_region_is_poisoned == nullptr || address == 0 || size <= 0) return;
  void* bad = __asan_region_is_poisoned(reinterpret_cast<void*>(address),
                                        static_cast<size_t>(size));
  if (bad != nullptr) {
    [[maybe_unused]] char byte = *static_cast<volatile char*>(bad);
  }
}

}  // namespace

extern "C" {

long syscall(long number, ...) noexcept {
  va_list list;
  va_start(list, number);
  long a[6];
  for (long& argument : a) argument = va_arg(list, long);
  va_end(list);
  constexpr long kEventBytes = 12;
  if (number == SYS_recvfrom || number == SYS_sendto) Look(a[1], a[2]);
  if (number == SYS_epoll_pwait || number == 441)
    Look(a[1], a[2] * kEventBytes);
  static auto next = Next<long(long, ...)>("syscall");
  return next(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}

int connect(int fd, const sockaddr* address, socklen_t size) {
  if (!IsAllowed(address, size)) {
    errno = ENETUNREACH;
    return -1;
  }
  static auto next = Next<int(int, const sockaddr*, socklen_t)>("connect");
  return next(fd, address, size);
}

ssize_t sendto(int fd, const void* data, size_t bytes, int flags,
               const sockaddr* address, socklen_t size) {
  if (!IsAllowed(address, size)) {
    errno = ENETUNREACH;
    return -1;
  }
  static auto next =
      Next<ssize_t(int, const void*, size_t, int, const sockaddr*, socklen_t)>(
          "sendto");
  return next(fd, data, bytes, flags, address, size);
}

ssize_t sendmsg(int fd, const msghdr* message, int flags) {
  if (!IsMessageAllowed(*message)) {
    errno = ENETUNREACH;
    return -1;
  }
  static auto next = Next<ssize_t(int, const msghdr*, int)>("sendmsg");
  return next(fd, message, flags);
}

int sendmmsg(int fd, mmsghdr* messages, unsigned count, int flags) {
  for (unsigned i = 0; i < count; i++) {
    if (IsMessageAllowed(messages[i].msg_hdr)) continue;
    errno = ENETUNREACH;
    return -1;
  }
  static auto next = Next<int(int, mmsghdr*, unsigned, int)>("sendmmsg");
  return next(fd, messages, count, flags);
}

int flock(int fd, int operation) {
  static auto next = Next<int(int, int)>("flock");
  return next(fd, operation | LOCK_NB);
}

// The addon's name for fcntl(2), whose argument is an int or an address.
int fcntl64(int fd, int command, ...) {
  va_list list;
  va_start(list, command);
  void* argument = va_arg(list, void*);
  va_end(list);
  if (command == F_SETLKW) command = F_SETLK;
  if (command == F_OFD_SETLKW) command = F_OFD_SETLK;
  static auto next = Next<int(int, int, ...)>("fcntl64");
  return next(fd, command, argument);
}
}
