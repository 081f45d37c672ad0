#include "calls/address.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/un.h>

#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <string>

#include "core/args.h"

namespace rawloop {
namespace {

constexpr int kThrown = 1;

// Names that begin with a NUL and are no files are Linux's alone; elsewhere
// such bytes are what a socket without a name has.
#if defined(__linux__)
constexpr bool kHasAbstractNames = true;
#else
constexpr bool kHasAbstractNames = false;
#endif

// The UTF-8 bytes of a string, embedded NULs included.
bool ReadString(napi_env env, napi_value value, std::string* out) {
  size_t length = 0;
  if (napi_get_value_string_utf8(env, value, nullptr, 0, &length) != napi_ok) {
    return false;
  }
  out->resize(length + 1);
  napi_get_value_string_utf8(env, value, out->data(), length + 1, &length);
  out->resize(length);
  return true;
}

// False with an exception pending when a getter threw.
bool Get(napi_env env, napi_value object, const char* name, napi_value* out) {
  return napi_get_named_property(env, object, name, out) == napi_ok;
}

int ReadUnix(napi_env env, napi_value path_value, Address* out) {
  std::string path;
  Span bytes;
  if (!ReadString(env, path_value, &path)) {
    if (!ReadSpan(env, path_value, &bytes)) {
      ThrowType(env, "address.path", "a string or bytes");
      return kThrown;
    }
    if (!IsAttached(env, path_value, bytes, "address.path")) return kThrown;
    path.assign(reinterpret_cast<char*>(bytes.data), bytes.size);
  }
  auto* unix_address = reinterpret_cast<sockaddr_un*>(&out->storage);
  bool abstract = kHasAbstractNames && !path.empty() && path[0] == '\0';
  // A path needs its closing NUL, an abstract name does not.
  size_t room = sizeof(unix_address->sun_path) - (abstract ? 0 : 1);
  if (path.size() > room) return -ENAMETOOLONG;
  if (!abstract && path.find('\0') != std::string::npos) return -EINVAL;
  unix_address->sun_family = AF_UNIX;
  memcpy(unix_address->sun_path, path.data(), path.size());
  size_t used = path.size() + (abstract || path.empty() ? 0 : 1);
  out->size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + used);
  return 0;
}

// `fe80::1%eth0`: an interface name or number behind the address.
bool ReadScope(std::string* host, uint32_t* scope) {
  size_t percent = host->find('%');
  if (percent == std::string::npos) return true;
  std::string zone = host->substr(percent + 1);
  host->resize(percent);
  *scope = if_nametoindex(zone.c_str());
  if (*scope != 0) return true;
  char* end = nullptr;
  unsigned long number = strtoul(zone.c_str(), &end, 10);
  *scope = static_cast<uint32_t>(number);
  return !zone.empty() && *end == '\0' && number <= UINT32_MAX;
}

int ReadIp(int family, std::string host, uint16_t port, Address* out) {
  if (host.find('\0') != std::string::npos) return -EINVAL;
  if (family == AF_INET) {
    auto* v4 = reinterpret_cast<sockaddr_in*>(&out->storage);
    v4->sin_family = AF_INET;
    v4->sin_port = htons(port);
    out->size = sizeof(*v4);
    return inet_pton(AF_INET, host.c_str(), &v4->sin_addr) == 1 ? 0 : -EINVAL;
  }
  auto* v6 = reinterpret_cast<sockaddr_in6*>(&out->storage);
  v6->sin6_family = AF_INET6;
  v6->sin6_port = htons(port);
  out->size = sizeof(*v6);
  if (!ReadScope(&host, &v6->sin6_scope_id)) return -EINVAL;
  return inet_pton(AF_INET6, host.c_str(), &v6->sin6_addr) == 1 ? 0 : -EINVAL;
}

// 'ipv4' | 'ipv6' | 'unix' in any case, or the AF_* number.
int ReadFamily(napi_env env, napi_value value) {
  double number;
  if (napi_get_value_double(env, value, &number) == napi_ok) {
    for (int family : {AF_INET, AF_INET6, AF_UNIX}) {
      if (number == family) return family;
    }
    return -1;
  }
  std::string name;
  if (!ReadString(env, value, &name)) return -1;
  if (strcasecmp(name.c_str(), "ipv4") == 0) return AF_INET;
  if (strcasecmp(name.c_str(), "ipv6") == 0) return AF_INET6;
  if (strcasecmp(name.c_str(), "unix") == 0) return AF_UNIX;
  return -1;
}

}  // namespace

int ReadAddress(napi_env env, napi_value value, Address* out) {
  Span bytes;
  if (ReadSpan(env, value, &bytes)) {
    if (!IsAttached(env, value, bytes, "address")) return kThrown;
    if (bytes.size < sizeof(sa_family_t) || bytes.size > sizeof(out->storage)) {
      ThrowRange(env, "address", "a sockaddr of 2 to 128 bytes");
      return kThrown;
    }
    memcpy(&out->storage, bytes.data, bytes.size);
    out->size = static_cast<socklen_t>(bytes.size);
    return 0;
  }
  napi_valuetype type;
  napi_typeof(env, value, &type);
  if (type != napi_object) {
    ThrowType(env, "address", "an address object or the bytes of a sockaddr");
    return kThrown;
  }
  napi_value family_value;
  if (!Get(env, value, "family", &family_value)) return kThrown;
  int family = ReadFamily(env, family_value);
  if (family < 0) {
    ThrowType(env, "address.family", "'ipv4', 'ipv6' or 'unix'");
    return kThrown;
  }
  napi_value property;
  if (family == AF_UNIX) {
    if (!Get(env, value, "path", &property)) return kThrown;
    return ReadUnix(env, property, out);
  }
  if (!Get(env, value, "address", &property)) return kThrown;
  std::string host;
  if (!ReadString(env, property, &host)) {
    ThrowType(env, "address.address", "a string");
    return kThrown;
  }
  if (!Get(env, value, "port", &property)) return kThrown;
  double port;
  if (!ReadInteger(env, property, "address.port", 0, 65535, &port)) {
    return kThrown;
  }
  return ReadIp(family, std::move(host), static_cast<uint16_t>(port), out);
}

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
  char text[INET6_ADDRSTRLEN + 1];
  if (family == AF_INET && size >= sizeof(sockaddr_in)) {
    const auto* v4 = reinterpret_cast<const sockaddr_in*>(address);
    inet_ntop(AF_INET, &v4->sin_addr, text, sizeof(text));
    return WriteIp(env, "ipv4", text, v4->sin_port);
  }
  if (family == AF_INET6 && size >= sizeof(sockaddr_in6)) {
    const auto* v6 = reinterpret_cast<const sockaddr_in6*>(address);
    inet_ntop(AF_INET6, &v6->sin6_addr, text, sizeof(text));
    std::string host = text;
    char zone[IF_NAMESIZE];
    if (v6->sin6_scope_id != 0 &&
        if_indextoname(v6->sin6_scope_id, zone) != nullptr) {
      host = host + "%" + zone;
    }
    return WriteIp(env, "ipv6", host, v6->sin6_port);
  }
  return WriteBytes(env, address, size);
}

}  // namespace rawloop
