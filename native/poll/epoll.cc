// epoll_create1, epoll_ctl, epoll_wait, epoll_pwait2: one to one. A ready
// record is three 32-bit words: events, data low, data high, which on x86-64 is
// the kernel's own packed epoll_event, so nothing is copied there.
// See epoll(7).
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstring>
#include <memory>

#include "core/args.h"
#include "core/environment.h"
#include "core/module.h"
#include "poll/readiness.h"
#include "poll/wait.h"

namespace rawloop {
namespace {

// The kernel has it since 5.11, C libraries later; the number is the same on
// every architecture.
#ifndef SYS_epoll_pwait2
#define SYS_epoll_pwait2 441
#endif

// The kernel's timespec, 64 bits on every architecture.
struct KernelTimespec {
  int64_t seconds;
  int64_t nanoseconds;
};

constexpr bool kSameLayout = sizeof(epoll_event) == sizeof(ReadyRecord);
constexpr int64_t kNsPerMs = 1000000;
constexpr int64_t kNsPerSecond = 1000000000;

// Asked once: a descriptor that is none is EBADF, a call that is none ENOSYS.
bool HasPwait2() {
  static const bool has = [] {
    KernelTimespec at_once{};
    epoll_event event;
    return syscall(SYS_epoll_pwait2, -1, &event, 1, &at_once, nullptr, 0) < 0 &&
           errno != ENOSYS;
  }();
  return has;
}

// epoll_create1(flags?): descriptor or -errno.
napi_value EpollCreate1(napi_env env, napi_callback_info info) {
  Args args(env, info);
  int flags = 0;
  if (!args.OptionalInteger(0, "flags", &flags)) return nullptr;
  return Opened(env, epoll_create1(flags | EPOLL_CLOEXEC));
}

// A token: an integer to 2^53-1, or a BigInt of 64 bits.
bool ReadData(napi_env env, napi_value value, uint64_t* out) {
  bool lossless = false;
  if (napi_get_value_bigint_uint64(env, value, out, &lossless) == napi_ok) {
    if (!lossless) ThrowRange(env, "data", "an unsigned 64-bit integer");
    return lossless;
  }
  double number;
  if (!ReadInteger(env, value, "data", 0, kMaxSafeInteger, &number)) {
    return false;
  }
  *out = static_cast<uint64_t>(number);
  return true;
}

bool ReadEvents(napi_env env, napi_value value, epoll_event* out) {
  // Also as JavaScript's own operators leave it: EPOLLIN | EPOLLET is negative.
  double events;
  if (!ReadInteger(env, value, "events", INT32_MIN, UINT32_MAX, &events)) {
    return false;
  }
  out->events = static_cast<uint32_t>(static_cast<int64_t>(events));
  return true;
}

bool ReadEventObject(napi_env env, napi_value object, epoll_event* out) {
  napi_value property;
  uint64_t data = 0;
  if (napi_get_named_property(env, object, "events", &property) != napi_ok ||
      !ReadEvents(env, property, out) ||
      napi_get_named_property(env, object, "data", &property) != napi_ok) {
    return false;
  }
  napi_valuetype type;
  napi_typeof(env, property, &type);
  if (type != napi_undefined && !ReadData(env, property, &data)) return false;
  out->data.u64 = data;
  return true;
}

// epoll_ctl(epfd, op, fd, { events, data }) or, with no object to read,
// epoll_ctl(epfd, op, fd, events, data): 0 or -errno.
napi_value EpollCtl(napi_env env, napi_callback_info info) {
  Args args(env, info);
  int epfd;
  int op;
  int fd;
  epoll_event event{};
  if (!args.Descriptor(0, &epfd, "epfd") || !args.Integer(1, "op", &op) ||
      !args.Descriptor(2, &fd)) {
    return nullptr;
  }
  if (args.Has(3)) {
    napi_valuetype type;
    napi_typeof(env, args.at(3), &type);
    if (type == napi_object) {
      if (!ReadEventObject(env, args.at(3), &event)) return nullptr;
    } else {
      uint64_t data = 0;
      if (!ReadEvents(env, args.at(3), &event) ||
          (args.Has(4) && !ReadData(env, args.at(4), &data))) {
        return nullptr;
      }
      event.data.u64 = data;
    }
  } else if (op != EPOLL_CTL_DEL) {
    ThrowType(env, "event", "{ events, data }");
    return nullptr;
  }
  return Int(env, OrErrno(epoll_ctl(epfd, op, fd, &event)));
}

// epollClose(epfd, fd): takes it out of the set, and closes it if it was opened
// here. What the set knows by this number is what was added, so it is looked at
// no further. 0 or -errno.
napi_value EpollClose(napi_env env, napi_callback_info info) {
  Args args(env, info);
  int epfd;
  int fd;
  if (!args.Descriptor(0, &epfd, "epfd") || !args.Descriptor(1, &fd)) {
    return nullptr;
  }
  epoll_event event{};
  bool known = epoll_ctl(epfd, EPOLL_CTL_DEL, fd, &event) == 0;
  OwnedDescriptors& owned = Environment::Get(env)->owned;
  return Int(env, known ? owned.CloseKnown(fd) : owned.Close(fd));
}

// Calls `wait(events)` with room for `max` events and leaves the records in
// `out`. Returns the count or -errno.
template <typename Call>
int32_t WaitInto(ReadyRecord* out, int max, Call wait) {
  if constexpr (kSameLayout) {
    return OrErrno(wait(reinterpret_cast<epoll_event*>(out)));
  } else {
    constexpr int kOnStack = 256;
    epoll_event stack[kOnStack];
    std::unique_ptr<epoll_event[]> heap;
    epoll_event* events = stack;
    if (max > kOnStack) {
      heap.reset(new epoll_event[static_cast<size_t>(max)]);
      events = heap.get();
    }
    int32_t count = OrErrno(wait(events));
    for (int32_t i = 0; i < count; i++) {
      uint64_t data = events[i].data.u64;
      ReadyRecord record{events[i].events, static_cast<uint32_t>(data),
                         static_cast<uint32_t>(data >> 32)};
      memcpy(out + i, &record, sizeof(record));
    }
    return count;
  }
}

// Not by the C library, which makes a point of cancellation of it; see
// transfer.h. Every processor has this one.
int32_t WaitMs(int epfd, ReadyRecord* out, int max, int timeout_ms) {
  return WaitInto(out, max, [&](epoll_event* events) {
    return syscall(SYS_epoll_pwait, epfd, events, max, timeout_ms, nullptr, 0);
  });
}

int32_t WaitNs(int epfd, ReadyRecord* out, int max, int64_t timeout_ns) {
  KernelTimespec timeout{timeout_ns / kNsPerSecond, timeout_ns % kNsPerSecond};
  return WaitInto(out, max, [&](epoll_event* events) {
    return syscall(SYS_epoll_pwait2, epfd, events, max,
                   timeout_ns < 0 ? nullptr : &timeout, nullptr, 0);
  });
}

bool ReadRoom(const Args& args, int* epfd, int* max, ReadyRecord** out) {
  Span span;
  if (!args.Descriptor(0, epfd, "epfd") ||
      !args.Integer(2, "maxevents", max, 1, kMaxReady) ||
      !args.Memory(1, &span, "events")) {
    return false;
  }
  *out = reinterpret_cast<ReadyRecord*>(span.data);
  if (span.size >= static_cast<size_t>(*max) * sizeof(ReadyRecord)) return true;
  ThrowRange(args.env(), "events", "3 words of 32 bits for each of maxevents");
  return false;
}

// epoll_wait(epfd, events, maxevents, timeout): the count or -errno (-EINTR
// too: the caller knows its deadline). Timeout in ms, -1: for ever.
napi_value EpollWait(napi_env env, napi_callback_info info) {
  Args args(env, info);
  int epfd;
  int max;
  int timeout_ms;
  ReadyRecord* out;
  if (!args.Integer(3, "timeout", &timeout_ms, -1) ||
      !ReadRoom(args, &epfd, &max, &out)) {
    return nullptr;
  }
  return Int(env, WaitMs(epfd, out, max, timeout_ms));
}

// epoll_pwait2(epfd, events, maxevents, timeout): the same with the timeout in
// nanoseconds, -1: for ever. -ENOSYS before Linux 5.11.
napi_value EpollPwait2(napi_env env, napi_callback_info info) {
  Args args(env, info);
  int epfd;
  int max;
  double timeout_ns;
  ReadyRecord* out;
  if (!ReadInteger(env, args.at(3), "timeout", -1, kMaxSafeInteger,
                   &timeout_ns) ||
      !ReadRoom(args, &epfd, &max, &out)) {
    return nullptr;
  }
  return Int(env, WaitNs(epfd, out, max, static_cast<int64_t>(timeout_ns)));
}

}  // namespace

int32_t EpollWaitFor(const Wait& wait) {
  if (wait.timeout_ns % kNsPerMs != 0 && wait.timeout_ns > 0 && HasPwait2()) {
    return WaitNs(wait.poller, wait.out, wait.max, wait.timeout_ns);
  }
  int64_t ms = wait.timeout_ns;
  if (ms > 0) ms = std::min<int64_t>((ms + kNsPerMs - 1) / kNsPerMs, INT_MAX);
  return WaitMs(wait.poller, wait.out, wait.max, static_cast<int>(ms));
}

namespace {

void RegisterEpoll(napi_env env, napi_value exports) {
  const Function functions[] = {
      {"epoll_create1", Guarded<EpollCreate1>},
      {"epoll_ctl", Guarded<EpollCtl>},
      {"epollClose", Guarded<EpollClose>},
      {"epoll_wait", Guarded<EpollWait>},
      {"epoll_pwait2", Guarded<EpollPwait2>},
  };
  Export(env, exports, functions);
}
RAWLOOP_MODULE(RegisterEpoll);

}  // namespace
}  // namespace rawloop
