// What the kernel gave for an address, as JavaScript sees it.
#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/un.h>

#include <cstddef>
#include <cstring>
#include <string>

#include "calls/address.h"
#include "core/args.h"

namespace rawloop {
namespace {

void Set(napi_env env, napi_value object, const char* name,
         const std::string& text) {
  napi_value value;
  napi_create_string_utf8(env, text.data(), text.size(), &value);
  Define(env, object, name, value);
}

napi_value WriteIp(napi_env env, const char* family, const std::string& host,
                   uint16_t port) {
  napi_value object;
  napi_create_object(env, &object);
  Set(env, object, "family", family);
  Set(env, object, "address", host);
  Define(env, object, "port", Int(env, ntohs(port)));
  return object;
}

void SetNumber(napi_env env, napi_value object, const char* name,
               uint32_t number) {
  napi_value value;
  napi_create_uint32(env, number, &value);
  Define(env, object, name, value);
}

napi_value WriteIpv6(napi_env env, const sockaddr_in6& address) {
  char text[INET6_ADDRSTRLEN];
  inet_ntop(AF_INET6, &address.sin6_addr, text, sizeof(text));
  std::string host = text;
  char zone[IF_NAMESIZE];
  uint32_t scope = address.sin6_scope_id;
  if (scope != 0 && if_indextoname(scope, zone) != nullptr) {
    host = host + "%" + zone;
  }
  napi_value object = WriteIp(env, "ipv6", host, address.sin6_port);
  // Most addresses have neither.
  if (scope != 0) SetNumber(env, object, "scopeId", scope);
  if (address.sin6_flowinfo != 0) {
    SetNumber(env, object, "flowInfo", ntohl(address.sin6_flowinfo));
  }
  return object;
}

napi_value WriteUnix(napi_env env, const sockaddr* address, socklen_t size) {
  const auto* unix_address = reinterpret_cast<const sockaddr_un*>(address);
  size_t used = size - offsetof(sockaddr_un, sun_path);
  std::string path(unix_address->sun_path, used);
  // The kernel counts a path's closing NUL or not; an abstract name has none.
  bool abstract = kHasAbstractNames && !path.empty() && path[0] == '\0';
  if (!abstract) path.resize(strlen(path.c_str()));
  napi_value object;
  napi_create_object(env, &object);
  Set(env, object, "family", "unix");
  Set(env, object, "path", path);
  return object;
}

napi_value WriteBytes(napi_env env, const sockaddr* address, socklen_t size) {
  void* data = nullptr;
  napi_value buffer;
  napi_value result;
  napi_create_arraybuffer(env, size, &data, &buffer);
  if (data != nullptr) memcpy(data, address, size);
  napi_create_typedarray(env, napi_uint8_array, size, buffer, 0, &result);
  return result;
}

}  // namespace

napi_value WriteAddress(napi_env env, const sockaddr* address, socklen_t size) {
  // A peer with no name (an unbound Unix socket) has a family and no more.
  sa_family_t family = size < sizeof(sa_family_t) ? 0 : address->sa_family;
  if (family == AF_UNIX && size >= offsetof(sockaddr_un, sun_path)) {
    return WriteUnix(env, address, size);
  }
  if (family == AF_INET && size >= sizeof(sockaddr_in)) {
    const auto* v4 = reinterpret_cast<const sockaddr_in*>(address);
    char text[INET_ADDRSTRLEN];
    inet_ntop(AF_INET, &v4->sin_addr, text, sizeof(text));
    return WriteIp(env, "ipv4", text, v4->sin_port);
  }
  if (family == AF_INET6 && size >= sizeof(sockaddr_in6)) {
    return WriteIpv6(env, *reinterpret_cast<const sockaddr_in6*>(address));
  }
  return WriteBytes(env, address, size);
}

}  // namespace rawloop
