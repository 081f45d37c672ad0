// kqueue and kevent: one to one. struct kevent has another layout on each
// system (FreeBSD's is twice as long, NetBSD's flags are wider); JavaScript
// sees one, which is macOS's: a record of 32 bytes. Both 64-bit members are
// exact. See kqueue(2).
#include <sys/types.h>
// After sys/types.h, which NetBSD's and OpenBSD's needs.
#include <fcntl.h>
#include <sys/event.h>
#include <sys/time.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <vector>

#include "core/args.h"
#include "core/environment.h"
#include "core/module.h"

namespace rawloop {
namespace {

static_assert(sizeof(kevent::udata) == sizeof(uint64_t) &&
                  sizeof(kevent::data) == sizeof(int64_t),
              "udata and data are 64 bits wide: 32-bit systems are not served");

constexpr size_t kMaxRecords = 65536;

// lib/raw/kevents.ts has the same layout.
struct Record {
  uint64_t ident;
  int16_t filter;
  uint16_t flags;
  uint32_t fflags;
  int64_t data;
  uint64_t udata;
};
static_assert(sizeof(Record) == 32, "no padding");

// kqueue(): descriptor or -errno. It is not inherited by fork(2), but exec(2)
// alone would keep it.
napi_value Kqueue(napi_env env, napi_callback_info) {
  int fd = kqueue();
  if (fd < 0) return Int(env, -errno);
  if (fcntl(fd, F_SETFD, FD_CLOEXEC) < 0) {
    int error = errno;
    close(fd);
    return Int(env, -error);
  }
  return Opened(env, fd);
}

struct kevent FromRecord(const uint8_t* bytes) {
  Record record;
  memcpy(&record, bytes, sizeof(record));
  struct kevent event {};
  event.ident = static_cast<decltype(event.ident)>(record.ident);
  event.filter = record.filter;
  event.flags = record.flags;
  event.fflags = record.fflags;
  event.data = static_cast<decltype(event.data)>(record.data);
  memcpy(&event.udata, &record.udata, sizeof(record.udata));
  return event;
}

void ToRecord(const struct kevent& event, uint8_t* bytes) {
  Record record{
      static_cast<uint64_t>(event.ident), static_cast<int16_t>(event.filter),
      static_cast<uint16_t>(event.flags), static_cast<uint32_t>(event.fflags),
      static_cast<int64_t>(event.data),   0};
  memcpy(&record.udata, &event.udata, sizeof(record.udata));
  memcpy(bytes, &record, sizeof(record));
}

// Memory of whole records, or nothing when the argument was left out.
bool ReadRecords(const Args& args, size_t index, const char* name, Span* out) {
  if (!args.Has(index)) return true;
  if (!args.Memory(index, out, name) ||
      !IsAttached(args.env(), args.at(index), *out, name)) {
    return false;
  }
  if (out->size % sizeof(Record) == 0 &&
      out->size <= kMaxRecords * sizeof(Record)) {
    return true;
  }
  ThrowRange(args.env(), name, "at most 65,536 whole records of 32 bytes");
  return false;
}

// kevent(kq, changes, events, timeout): how many records of `events` were
// filled, or -errno (-EINTR too: the caller knows its deadline, and the changes
// have been made). Timeout in nanoseconds, -1 or left out: for ever.
napi_value Kevent(napi_env env, napi_callback_info info) {
  Args args(env, info);
  int kq;
  double timeout_ns = -1;
  Span changes;
  Span events;
  if (!args.Descriptor(0, &kq, "kq") ||
      (args.Has(3) && !ReadInteger(env, args.at(3), "timeout", -1,
                                   kMaxSafeInteger, &timeout_ns)) ||
      !ReadRecords(args, 1, "changes", &changes) ||
      !ReadRecords(args, 2, "events", &events)) {
    return nullptr;
  }
  size_t change_count = changes.size / sizeof(Record);
  size_t event_count = events.size / sizeof(Record);
  std::vector<struct kevent> wanted(change_count);
  std::vector<struct kevent> found(event_count);
  for (size_t i = 0; i < change_count; i++) {
    wanted[i] = FromRecord(changes.data + i * sizeof(Record));
  }
  auto total_ns = static_cast<int64_t>(timeout_ns);
  timespec timeout{};
  timeout.tv_sec = static_cast<time_t>(total_ns / 1000000000);
  timeout.tv_nsec = static_cast<long>(total_ns % 1000000000);
  int count =
      kevent(kq, wanted.data(), static_cast<int>(change_count), found.data(),
             static_cast<int>(event_count), total_ns < 0 ? nullptr : &timeout);
  if (count < 0) return Int(env, -errno);
  for (int i = 0; i < count; i++) {
    ToRecord(found[i], events.data + i * sizeof(Record));
  }
  return Int(env, count);
}

void RegisterKqueue(napi_env env, napi_value exports) {
  const Function functions[] = {{"kqueue", Guarded<Kqueue>},
                                {"kevent", Guarded<Kevent>}};
  Export(env, exports, functions);
}
RAWLOOP_MODULE(RegisterKqueue);

}  // namespace
}  // namespace rawloop
