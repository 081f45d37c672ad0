#include "calls/ancillary_arguments.h"

#include <arpa/inet.h>

#include <cerrno>
#include <string>

#include "calls/buffers.h"
#include "calls/fields.h"
#include "calls/socket_option_lists.h"
#include "core/args.h"

namespace rawloop {
namespace {

constexpr int kThrown = 1;
constexpr double kMaxUint32 = UINT32_MAX;
constexpr double kMaxInt32 = INT32_MAX;
constexpr uint32_t kMaxRecords = 64;
// More than any kernel takes for one message.
constexpr size_t kMaxRecordBytes = 65536;

bool ReadFds(napi_env env, napi_value value, std::vector<int>* out) {
  constexpr const char* kName = "ancillary.fds";
  std::vector<napi_value> values;
  if (!ReadElements(env, value, kName, kMaxPassedFds, &values)) return false;
  for (napi_value element : values) {
    double fd;
    if (!ReadInteger(env, element, kName, 0, kMaxInt32, &fd)) return false;
    out->push_back(static_cast<int>(fd));
  }
  return true;
}

// A field that has to be there.
bool ReadMember(napi_env env, napi_value object, const char* name,
                const char* shown, double min, double max, double* out) {
  napi_value value;
  bool has;
  return ReadField(env, object, name, &value, &has) &&
         ReadInteger(env, value, shown, min, max, out);
}

bool ReadCredentials(napi_env env, napi_value value, Credentials* out) {
  double pid;
  double uid;
  double gid;
  if (!IsObject(env, value, "ancillary.credentials") ||
      !ReadMember(env, value, "pid", "credentials.pid", 0, kMaxInt32, &pid) ||
      !ReadMember(env, value, "uid", "credentials.uid", 0, kMaxUint32, &uid) ||
      !ReadMember(env, value, "gid", "credentials.gid", 0, kMaxUint32, &gid)) {
    return false;
  }
  *out = {static_cast<int32_t>(pid), static_cast<uint32_t>(uid),
          static_cast<uint32_t>(gid)};
  return true;
}

// The text says which family it is of.
int MakeLocal(const std::string& text, PacketInfo* out) {
  if (text.find('\0') != std::string::npos) return -EINVAL;
  for (int family : {AF_INET, AF_INET6}) {
    if (inet_pton(family, text.c_str(), out->local) == 1) {
      out->family = family;
      return 0;
    }
  }
  return -EINVAL;
}

int ReadPacket(napi_env env, napi_value value, PacketInfo* out) {
  double interface_index = 0;
  napi_value local;
  bool has_local;
  if (!IsObject(env, value, "ancillary.pktinfo") ||
      !ReadIntegerField(env, value, "interface", "pktinfo.interface", 0,
                        kMaxInt32, &interface_index) ||
      !ReadField(env, value, "local", &local, &has_local)) {
    return kThrown;
  }
  out->interface_index = static_cast<uint32_t>(interface_index);
  if (!has_local) return 0;
  std::string text;
  if (!ReadString(env, local, &text)) {
    ThrowType(env, "pktinfo.local", "a string");
    return kThrown;
  }
  return MakeLocal(text, out);
}

bool ReadRecord(napi_env env, napi_value value,
                AncillaryArguments::Record* out) {
  double level;
  double type;
  bool has;
  if (!IsObject(env, value, "ancillary.raw") ||
      !ReadMember(env, value, "level", "raw.level", INT32_MIN, kMaxInt32,
                  &level) ||
      !ReadMember(env, value, "type", "raw.type", INT32_MIN, kMaxInt32,
                  &type) ||
      !ReadField(env, value, "data", &out->data, &has)) {
    return false;
  }
  out->level = static_cast<int>(level);
  out->type = static_cast<int>(type);
  return true;
}

bool ReadRecords(napi_env env, napi_value value,
                 std::vector<AncillaryArguments::Record>* out) {
  std::vector<napi_value> values;
  if (!ReadElements(env, value, "ancillary.raw", kMaxRecords, &values)) {
    return false;
  }
  for (napi_value element : values) {
    AncillaryArguments::Record record{};
    if (!ReadRecord(env, element, &record)) return false;
    out->push_back(record);
  }
  return true;
}

bool ReadNumber(napi_env env, napi_value object, const char* name,
                const char* shown, double min, double max, int* out) {
  double number = *out;
  if (!ReadIntegerField(env, object, name, shown, min, max, &number)) {
    return false;
  }
  *out = static_cast<int>(number);
  return true;
}

}  // namespace

int AncillaryArguments::Read(napi_env env, napi_value value) {
  napi_value field;
  bool has;
  if (!IsObject(env, value, "ancillary") ||
      !ReadNumber(env, value, "ttl", "ancillary.ttl", 0, 255, &values.ttl) ||
      !ReadNumber(env, value, "tos", "ancillary.tos", 0, 255, &values.tos) ||
      !ReadNumber(env, value, "segmentBytes", "ancillary.segmentBytes", 1,
                  65535, &values.segment_bytes) ||
      !ReadField(env, value, "fds", &field, &has) ||
      (has && !ReadFds(env, field, &fds)) ||
      !ReadField(env, value, "credentials", &field, &has) ||
      (has && !ReadCredentials(env, field, &values.credentials.emplace())) ||
      !ReadField(env, value, "pktinfo", &field, &has_packet)) {
    return kThrown;
  }
  int error = has_packet ? ReadPacket(env, field, &values.packet) : 0;
  if (error > 0) return error;
  if (!ReadField(env, value, "raw", &field, &has) ||
      (has && !ReadRecords(env, field, &records))) {
    return kThrown;
  }
  return error;
}

bool AncillaryArguments::AsksForFamily() const {
  bool is_packet_of_any = has_packet && values.packet.family == AF_UNSPEC;
  return is_packet_of_any || values.ttl >= 0 || values.tos >= 0;
}

int AncillaryArguments::Take(napi_env env, int family,
                             ControlToSend* out) const {
  static_cast<ControlValues&>(*out) = values;
  out->family = family;
  if (has_packet && values.packet.family == AF_UNSPEC) {
    if (family != AF_INET && family != AF_INET6) return -EOPNOTSUPP;
    out->packet.family = family;
  }
  out->fds = fds.data();
  out->fd_count = fds.size();
  for (const Record& record : records) {
    Span span;
    if (!ReadSpan(env, record.data, &span)) {
      ThrowType(env, "raw.data", "bytes");
      return kThrown;
    }
    if (!IsAttached(env, record.data, span, "raw.data")) return kThrown;
    if (span.size > kMaxRecordBytes) {
      ThrowRange(env, "raw.data", "at most 65536 bytes");
      return kThrown;
    }
    if (!MaySendRecord(record.level)) return -EINVAL;
    out->others.push_back({record.level, record.type, span.data, span.size});
  }
  return 0;
}

}  // namespace rawloop
