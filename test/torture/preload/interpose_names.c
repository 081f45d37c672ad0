// The wrappers of look-ups by the C library, whose failures are numbers of
// their own: an EAI_*, or EAI_SYSTEM with an errno. In the table of calls.mjs
// an EAI_* is below 0.
#define _GNU_SOURCE
#include <netdb.h>
#include <sys/socket.h>

#include "wrap.h"

static int FailureOf(int error) {
  if (error < 0) return error;
  errno = error;
  return EAI_SYSTEM;
}

int getaddrinfo(const char* node, const char* service,
                const struct addrinfo* hints, struct addrinfo** found) {
  NEXT(getaddrinfo)
  int error = Strike(kCall_getaddrinfo, CALLER, -1);
  if (error != 0) return FailureOf(error);
  return next(node, service, hints, found);
}

int getnameinfo(const struct sockaddr* address, socklen_t size, char* host,
                socklen_t host_size, char* service, socklen_t service_size,
                int flags) {
  NEXT(getnameinfo)
  int error = Strike(kCall_getnameinfo, CALLER, -1);
  if (error != 0) return FailureOf(error);
  return next(address, size, host, host_size, service, service_size, flags);
}
