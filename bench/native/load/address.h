// Where a server is: an IPv4 loopback address and a port, or the path of a Unix
// socket. Nothing else can be asked for, so that no load leaves this machine.
// See ip(7), unix(7).
#ifndef RAWLOOP_BENCH_LOAD_ADDRESS_H_
#define RAWLOOP_BENCH_LOAD_ADDRESS_H_

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <cstdint>
#include <cstring>

namespace load {

class Address {
 public:
  Address() : any_{} {
    any_.ip.sin_family = AF_INET;
    any_.ip.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  }

  // False when it is no IPv4 loopback address.
  bool SetLoopbackHost(const char* text) {
    return inet_pton(AF_INET, text, &any_.ip.sin_addr) == 1 &&
           (ntohl(any_.ip.sin_addr.s_addr) >> 24) == 127;
  }

  void SetPort(uint16_t port) { any_.ip.sin_port = htons(port); }

  // False when it is too long.
  bool SetPath(const char* path) {
    if (std::strlen(path) >= sizeof(any_.local.sun_path)) return false;
    any_ = {};
    any_.local.sun_family = AF_UNIX;
    std::strcpy(any_.local.sun_path, path);
    return true;
  }

  sa_family_t family() const { return any_.head.sa_family; }
  uint16_t port() const { return ntohs(any_.ip.sin_port); }
  const sockaddr* get() const { return &any_.head; }
  socklen_t size() const {
    return family() == AF_UNIX ? sizeof(any_.local) : sizeof(any_.ip);
  }

 private:
  union Any {
    sockaddr_un local;  // the largest: all of it is zero at first
    sockaddr_in ip;
    sockaddr head;
  };

  Any any_;
};

}  // namespace load

#endif  // RAWLOOP_BENCH_LOAD_ADDRESS_H_
