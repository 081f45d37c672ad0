// Socket addresses between JavaScript and sockaddr: `{ family, address, port }`
// for IP, IPv6 with `scopeId` and `flowInfo`; `{ family: 'unix', path }` (a
// leading NUL: the abstract namespace); raw sockaddr bytes for any other
// family. See ip(7), ipv6(7), unix(7).
#ifndef RAWLOOP_CALLS_ADDRESS_H_
#define RAWLOOP_CALLS_ADDRESS_H_

#include <node_api.h>
#include <sys/socket.h>

namespace rawloop {

// Names that begin with a NUL and are no files are Linux's alone; elsewhere
// such bytes are what a socket without a name has.
#if defined(__linux__)
constexpr bool kHasAbstractNames = true;
#else
constexpr bool kHasAbstractNames = false;
#endif

struct Address {
  sockaddr_storage storage{};
  socklen_t size = sizeof(sockaddr_storage);

  sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }
  const sockaddr* get() const {
    return reinterpret_cast<const sockaddr*>(&storage);
  }
};

// 0 and `*out`, or a negative errno that the caller returns (EINVAL: not an
// address of that family; ENAMETOOLONG: a path that does not fit). A wrong type
// or range throws and gives 1.
int ReadAddress(napi_env env, napi_value value, Address* out);

// The JavaScript form of an address that the kernel gave.
napi_value WriteAddress(napi_env env, const sockaddr* address, socklen_t size);

}  // namespace rawloop

#endif  // RAWLOOP_CALLS_ADDRESS_H_
