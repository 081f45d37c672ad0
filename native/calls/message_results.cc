#include "calls/message_results.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <cstring>

#include "calls/address.h"
#include "core/args.h"
#include "core/environment.h"

namespace rawloop {
namespace {

napi_value Number(napi_env env, uint32_t value) {
  napi_value result;
  napi_create_uint32(env, value, &result);
  return result;
}

// -1: not told.
napi_value NumberOrNone(napi_env env, int value) {
  return value < 0 ? Undefined(env) : Int(env, value);
}

napi_value Text(napi_env env, const char* text) {
  napi_value result;
  napi_create_string_utf8(env, text, NAPI_AUTO_LENGTH, &result);
  return result;
}

napi_value Truth(napi_env env, bool value) {
  napi_value result;
  napi_get_boolean(env, value, &result);
  return result;
}

napi_value WriteCredentials(napi_env env, const ControlValues& control) {
  if (!control.credentials) return Undefined(env);
  const Credentials& sender = *control.credentials;
  napi_value object;
  napi_create_object(env, &object);
  Define(env, object, "pid", Int(env, sender.pid));
  Define(env, object, "uid", Number(env, sender.uid));
  Define(env, object, "gid", Number(env, sender.gid));
  return object;
}

napi_value WritePacket(napi_env env, const PacketInfo& packet) {
  if (packet.family == AF_UNSPEC) return Undefined(env);
  char text[INET6_ADDRSTRLEN];
  napi_value object;
  napi_create_object(env, &object);
  Define(env, object, "family",
         Text(env, packet.family == AF_INET ? "ipv4" : "ipv6"));
  inet_ntop(packet.family, packet.address, text, sizeof(text));
  Define(env, object, "address", Text(env, text));
  inet_ntop(packet.family, packet.local, text, sizeof(text));
  Define(env, object, "local", Text(env, text));
  Define(env, object, "interface", Number(env, packet.interface_index));
  return object;
}

napi_value WriteTimestamp(napi_env env, int64_t timestamp_ns) {
  if (timestamp_ns < 0) return Undefined(env);
  napi_value result;
  napi_create_bigint_int64(env, timestamp_ns, &result);
  return result;
}

napi_value WriteBytes(napi_env env, const ControlRecord& record) {
  void* data = nullptr;
  napi_value buffer;
  napi_value result;
  napi_create_arraybuffer(env, record.size, &data, &buffer);
  if (data != nullptr && record.size > 0) {
    memcpy(data, record.data, record.size);
  }
  napi_create_typedarray(env, napi_uint8_array, record.size, buffer, 0,
                         &result);
  return result;
}

napi_value WriteRecords(napi_env env,
                        const std::vector<ControlRecord>& records) {
  napi_value array;
  napi_create_array_with_length(env, records.size(), &array);
  uint32_t index = 0;
  for (const ControlRecord& record : records) {
    napi_value object;
    napi_create_object(env, &object);
    Define(env, object, "level", Int(env, record.level));
    Define(env, object, "type", Int(env, record.type));
    Define(env, object, "data", WriteBytes(env, record));
    DefineElement(env, array, index++, object);
  }
  return array;
}

}  // namespace

napi_value WriteSender(napi_env env, const void* address, socklen_t size) {
  if (size == 0) return Undefined(env);
  // A name that did not fit is told with its whole length.
  constexpr socklen_t kRoom = sizeof(sockaddr_storage);
  return WriteAddress(env, static_cast<const sockaddr*>(address),
                      std::min(size, kRoom));
}

napi_value ReceivedMessage::Write(napi_env env) {
  napi_create_object(env, &ancillary);
  Define(env, ancillary, "credentials", WriteCredentials(env, control));
  Define(env, ancillary, "pktinfo", WritePacket(env, control.packet));
  Define(env, ancillary, "timestamp",
         WriteTimestamp(env, control.timestamp_ns));
  Define(env, ancillary, "ttl", NumberOrNone(env, control.ttl));
  Define(env, ancillary, "tos", NumberOrNone(env, control.tos));
  int segment_bytes = control.segment_bytes > 0 ? control.segment_bytes : -1;
  Define(env, ancillary, "segmentBytes", NumberOrNone(env, segment_bytes));
  Define(env, ancillary, "raw", WriteRecords(env, control.others));
  napi_value result;
  napi_create_object(env, &result);
  Define(env, result, "bytes", Int(env, static_cast<int32_t>(bytes)));
  Define(env, result, "address",
         WriteSender(env, header.msg_name, header.msg_namelen));
  // Linux tells what was asked for along with what it found.
  Define(env, result, "flags", Int(env, header.msg_flags & ~kReceiveFlags));
  Define(env, result, "ancillary", ancillary);
  return result;
}

void ReceivedMessage::GiveDescriptors(napi_env env) {
  OwnedDescriptors& owned = Environment::Get(env)->owned;
  napi_value array;
  // Fails when the environment ends: then they are closed here, not there.
  if (napi_create_array(env, &array) != napi_ok) return;
  uint32_t count = 0;
  for (size_t i = 0; i < control.fds.size(); i++) {
    int fd = owned.Opened(control.fds.Take(i));
    if (fd >= 0) {
      DefineElement(env, array, count++, Int(env, fd));
    } else {
      control.is_truncated = true;
    }
  }
  Define(env, ancillary, "fds", array);
  int pidfd = control.pidfd.size() == 0 ? -1 : control.pidfd.Take(0);
  if (pidfd >= 0) pidfd = owned.Opened(pidfd);
  Define(env, ancillary, "pidfd", NumberOrNone(env, pidfd));
  Define(env, ancillary, "truncated", Truth(env, control.is_truncated));
}

}  // namespace rawloop
