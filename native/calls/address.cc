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

#include "calls/fields.h"
#include "core/args.h"

namespace rawloop {
namespace {

constexpr int kThrown = 1;
// Traffic class and flow label: 28 bits.
constexpr double kMaxFlowInfo = 0x0fffffff;

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

// What an address has beside its text. 0: not told.
struct Ip {
  std::string host;
  uint16_t port = 0;
  uint32_t scope = 0;
  uint32_t flow = 0;
};

// False with an exception pending.
bool ReadIpFields(napi_env env, napi_value value, int family, Ip* out) {
  napi_value property;
  if (!Get(env, value, "address", &property)) return false;
  if (!ReadString(env, property, &out->host)) {
    ThrowType(env, "address.address", "a string");
    return false;
  }
  if (!Get(env, value, "port", &property)) return false;
  double port;
  if (!ReadInteger(env, property, "address.port", 0, 65535, &port)) {
    return false;
  }
  out->port = static_cast<uint16_t>(port);
  if (family != AF_INET6) return true;
  double scope = 0;
  double flow = 0;
  if (!ReadIntegerField(env, value, "scopeId", "address.scopeId", 0, UINT32_MAX,
                        &scope) ||
      !ReadIntegerField(env, value, "flowInfo", "address.flowInfo", 0,
                        kMaxFlowInfo, &flow)) {
    return false;
  }
  out->scope = static_cast<uint32_t>(scope);
  out->flow = static_cast<uint32_t>(flow);
  return true;
}

int MakeIp(int family, Ip ip, Address* out) {
  if (ip.host.find('\0') != std::string::npos) return -EINVAL;
  if (family == AF_INET) {
    auto* v4 = reinterpret_cast<sockaddr_in*>(&out->storage);
    v4->sin_family = AF_INET;
    v4->sin_port = htons(ip.port);
    out->size = sizeof(*v4);
    return inet_pton(AF_INET, ip.host.c_str(), &v4->sin_addr) == 1 ? 0
                                                                   : -EINVAL;
  }
  auto* v6 = reinterpret_cast<sockaddr_in6*>(&out->storage);
  v6->sin6_family = AF_INET6;
  v6->sin6_port = htons(ip.port);
  v6->sin6_flowinfo = htonl(ip.flow);
  out->size = sizeof(*v6);
  if (!ReadScope(&ip.host, &v6->sin6_scope_id)) return -EINVAL;
  if (ip.scope != 0) {
    // The text names one as well: it has to be the same.
    bool is_told = v6->sin6_scope_id != 0;
    if (is_told && v6->sin6_scope_id != ip.scope) return -EINVAL;
    v6->sin6_scope_id = ip.scope;
  }
  return inet_pton(AF_INET6, ip.host.c_str(), &v6->sin6_addr) == 1 ? 0
                                                                   : -EINVAL;
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
  if (family == AF_UNIX) {
    napi_value property;
    if (!Get(env, value, "path", &property)) return kThrown;
    return ReadUnix(env, property, out);
  }
  Ip ip;
  if (!ReadIpFields(env, value, family, &ip)) return kThrown;
  return MakeIp(family, std::move(ip), out);
}

}  // namespace rawloop
