#include "calls/message_arguments.h"

#include <netinet/in.h>

#include "calls/buffers.h"
#include "calls/fields.h"
#include "core/args.h"

namespace rawloop {
namespace {

constexpr int kThrown = 1;
constexpr double kMaxControlBytes = 65536;

bool ReadBufferField(napi_env env, napi_value message,
                     std::vector<napi_value>* out) {
  napi_value value;
  bool has;
  return ReadField(env, message, "buffers", &value, &has) &&
         ReadElements(env, value, "buffers", kMaxBuffers, out);
}

// The family that a packet to `address` is of: one to an IPv4 address in the
// form of IPv6 is IPv4's.
int PacketFamily(const Address& address) {
  int family = address.get()->sa_family;
  if (family != AF_INET6) return family;
  const auto* v6 = reinterpret_cast<const sockaddr_in6*>(address.get());
  return IN6_IS_ADDR_V4MAPPED(&v6->sin6_addr) ? AF_INET : AF_INET6;
}

// That of the peer, or of the socket itself.
int PacketFamilyOf(int fd) {
  Address address;
  if (getpeername(fd, address.get(), &address.size) == 0) {
    return PacketFamily(address);
  }
  address.size = sizeof(address.storage);
  if (getsockname(fd, address.get(), &address.size) == 0) {
    return PacketFamily(address);
  }
  return AF_UNSPEC;
}

void SetParts(std::vector<iovec>* parts, msghdr* out) {
  out->msg_iov = parts->data();
  out->msg_iovlen = static_cast<decltype(out->msg_iovlen)>(parts->size());
}

}  // namespace

int MessageToSend::Read(napi_env env, napi_value value) {
  napi_value field;
  bool has;
  if (!IsObject(env, value, "message") ||
      !ReadBufferField(env, value, &buffers_) ||
      !ReadField(env, value, "address", &field, &has_address_)) {
    return kThrown;
  }
  int address_error = has_address_ ? ReadAddress(env, field, &address_) : 0;
  if (address_error > 0) return address_error;
  if (!ReadField(env, value, "ancillary", &field, &has)) return kThrown;
  int error = has ? ancillary_.Read(env, field) : 0;
  return error != 0 ? error : address_error;
}

int MessageToSend::Take(napi_env env, int fd) {
  if (!TakeMemory(env, buffers_, &parts_)) return kThrown;
  int family = AF_UNSPEC;
  if (ancillary_.AsksForFamily()) {
    family = has_address_ ? PacketFamily(address_) : PacketFamilyOf(fd);
  }
  ControlToSend control;
  int error = ancillary_.Take(env, family, &control);
  return error != 0 ? error : BuildControl(control, &control_);
}

msghdr MessageToSend::Header() {
  msghdr header{};
  if (has_address_) {
    header.msg_name = address_.get();
    header.msg_namelen = address_.size;
  }
  SetParts(&parts_, &header);
  control_.Attach(&header);
  return header;
}

bool MessageRoom::Read(napi_env env, napi_value value) {
  double max_fds = 0;
  double control_bytes = 0;
  if (!IsObject(env, value, "message") ||
      !ReadIntegerField(env, value, "maxFds", "message.maxFds", 0,
                        kMaxPassedFds, &max_fds) ||
      !ReadIntegerField(env, value, "controlBytes", "message.controlBytes", 0,
                        kMaxControlBytes, &control_bytes) ||
      !ReadBufferField(env, value, &buffers_)) {
    return false;
  }
  max_fds_ = static_cast<size_t>(max_fds);
  control_bytes_ = static_cast<size_t>(control_bytes);
  return true;
}

bool MessageRoom::Take(napi_env env) {
  control_.resize(ControlRoom(max_fds_) + control_bytes_);
  return TakeMemory(env, buffers_, &parts_);
}

msghdr MessageRoom::Header() {
  msghdr header{};
  header.msg_name = address_.get();
  header.msg_namelen = sizeof(address_.storage);
  SetParts(&parts_, &header);
  header.msg_control = control_.data();
  header.msg_controllen =
      static_cast<decltype(header.msg_controllen)>(control_.size());
  return header;
}

}  // namespace rawloop
