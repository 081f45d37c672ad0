// One crossing from JavaScript for each iteration of a loop: it sends what
// callbacks have gathered, waits, and reads what is ready. All that it is to do
// and all that it did stands in words of memory that both sides keep, so that a
// call passes no argument and looks nothing up that cannot have changed.
// lib/loop/batch.ts is its other half; layout.h has the words.
#include <time.h>

#include <algorithm>
#include <cerrno>
#include <memory>

#include "core/args.h"
#include "core/environment.h"
#include "core/module.h"
#include "datagram/send.h"
#include "poll/wait.h"
#include "stream/batch.h"
#include "stream/kept_memory.h"
#include "stream/layout.h"
#include "stream/relay.h"

namespace rawloop {
namespace {

// The poller's own records, which are no handle's: lib/poller/common.ts.
constexpr uint32_t kOwnSlot = UINT32_MAX;
constexpr uint32_t kWakerGeneration = 0x1fffff;

double NowNs() {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<double>(now.tv_sec) * 1e9 +
         static_cast<double>(now.tv_nsec);
}

// Also of what is no number, or none that fits.
int64_t TimeoutOf(double timeout_ns) {
  constexpr double kMaxTimeoutNs = 4e18;
  if (!(timeout_ns >= 0)) return -1;
  return static_cast<int64_t>(std::min(timeout_ns, kMaxTimeoutNs));
}

class Crossing {
 public:
  // Two functions know it.
  int functions = 2;

  bool Init(napi_env env, napi_value words, uint32_t capacity) {
    capacity_ = capacity;
    owned_ = &Environment::Get(env)->owned;
    if (!words_.Keep(env, words, "words", alignof(Control))) return false;
    if (words_.size() >= Size()) return true;
    ThrowRange(env, "words", "room for the control words and each record");
    return false;
  }

  bool Keep(napi_env env, uint32_t kind, napi_value value) {
    size_t alignment = kind == kArrivals ? alignof(Arrival)
                       : kind == kFlows  ? alignof(Flow)
                                         : alignof(int32_t);
    return kept_[kind].Keep(env, value, "memory", alignment);
  }

  void Drop(napi_env env) {
    words_.Drop(env);
    for (KeptMemory& memory : kept_) memory.Drop(env);
  }

  // How many records are ready, or -errno.
  int32_t Cross(napi_env env) {
    words_.Refresh(env);
    if (words_.size() < Size()) return -EFAULT;
    for (KeptMemory& memory : kept_) memory.Refresh(env);
    auto* control = words_.as<Control>();
    control->own = 0;
    control->unsent = 0;
    control->refused = 0;
    if (control->sends != 0) control->unsent = Send(control);
    if (control->datagrams != 0) control->refused = SendDatagrams(control);
    if (control->unsent != 0 || control->refused != 0) {
      return control->unsent < 0 || control->refused < 0 ? -EFAULT : 0;
    }
    auto* ready = reinterpret_cast<ReadyRecord*>(control + 1);
    if (control->backend != kNoWait) {
      int32_t count = WaitIn(control, ready);
      if (count < 0) return count;
      control->count = TakeOwn(ready, count, &control->own);
      control->filled = 0;
    }
    return Read(control, ready);
  }

 private:
  size_t Size() const {
    return sizeof(Control) +
           capacity_ * (sizeof(ReadyRecord) + sizeof(ReadResult)) +
           kMaxPassed * sizeof(int32_t);
  }

  template <typename T>
  Table<T> TableOf(Kept kind) const {
    const KeptMemory& memory = kept_[kind];
    return {memory.as<T>(), memory.size() / sizeof(T)};
  }

  Span SpanOf(Kept kind) const {
    return {kept_[kind].as<uint8_t>(), kept_[kind].size()};
  }

  int32_t Send(Control* control) {
    Table<SendRecord> records = TableOf<SendRecord>(kRecords);
    auto count = static_cast<uint32_t>(control->sends);
    control->sends = 0;
    if (count > records.size) return -1;
    return SendAll({records.data, count}, TableOf<Slot>(kSlots), SpanOf(kOut));
  }

  int32_t SendDatagrams(Control* control) {
    Table<Departure> departures = TableOf<Departure>(kDepartures);
    auto count = static_cast<uint32_t>(control->datagrams);
    control->datagrams = 0;
    if (count > departures.size) return -1;
    return SendDepartures({departures.data, count}, TableOf<Peer>(kPeers),
                          TableOf<Slot>(kSlots), SpanOf(kDatagramOut));
  }

  int32_t WaitIn(Control* control, ReadyRecord* ready) const {
    int64_t timeout_ns = TimeoutOf(control->timeout_ns);
    bool timed = control->timed != 0 || timeout_ns > 0;
    double begin_ns = timed ? NowNs() : 0;
    Wait wait{control->poller, ready, static_cast<int>(capacity_), timeout_ns,
              static_cast<uint32_t>(control->registered)};
    int32_t count = 0;
    if (control->spin_us > 0 && timeout_ns != 0) {
      count = Spin(*control, &wait);
    }
    if (count == 0) count = WaitOnce(*control, wait);
    if (!timed) return count;
    double took_ns = NowNs() - begin_ns;
    control->waited_ns += took_ns;
    if (timeout_ns > 0) {
      control->timeout_ns = std::max(0.0, control->timeout_ns - took_ns);
    }
    return count;
  }

  static int32_t WaitOnce(const Control& control, const Wait& wait) {
    return control.backend == kEpoll ? EpollWaitFor(wait) : KqueueWaitFor(wait);
  }

  // Asks again and again, and leaves what is left of the time.
  static int32_t Spin(const Control& control, Wait* wait) {
    double spin_ns = control.spin_us * 1e3;
    auto timeout_ns = static_cast<double>(wait->timeout_ns);
    if (timeout_ns > 0) spin_ns = std::min(spin_ns, timeout_ns);
    double begin_ns = NowNs();
    double took_ns = 0;
    int32_t count = 0;
    wait->timeout_ns = 0;
    while (count == 0 && took_ns < spin_ns) {
      count = WaitOnce(control, *wait);
      took_ns = NowNs() - begin_ns;
    }
    wait->timeout_ns =
        timeout_ns < 0
            ? -1
            : static_cast<int64_t>(std::max(0.0, timeout_ns - took_ns));
    return count;
  }

  // Takes the poller's own records out of the list; returns how many are left.
  static int32_t TakeOwn(ReadyRecord* ready, int32_t count, int32_t* own) {
    for (int32_t i = 0; i < count; i++) {
      if (ready[i].slot != kOwnSlot) continue;
      *own |= ready[i].generation == kWakerGeneration ? kWoken : kTold;
      ready[i--] = ready[--count];
    }
    return count;
  }

  int32_t Read(Control* control, ReadyRecord* ready) const {
    auto count = static_cast<uint32_t>(control->count);
    auto from = static_cast<uint32_t>(control->filled);
    if (control->reads == 0) {
      control->filled = control->count;
      return control->count;
    }
    if (count > capacity_ || from > count) return -EFAULT;
    auto* results = reinterpret_cast<ReadResult*>(ready + capacity_);
    Table<Arrival> places = TableOf<Arrival>(kArrivals);
    Arrivals arrivals{places.data, places.size, 0};
    PassedTable passed{reinterpret_cast<int32_t*>(results + capacity_), owned_};
    control->filled = static_cast<int32_t>(
        ReadAll({ready, capacity_}, from, count, TableOf<Slot>(kSlots),
                SpanOf(kSlab), &arrivals, &passed, results));
    MoveFlows({ready, capacity_}, from, static_cast<uint32_t>(control->filled),
              TableOf<Slot>(kSlots), TableOf<Flow>(kFlows),
              TableOf<Pipes>(kPipes), results);
    return control->count;
  }

  KeptMemory words_;
  KeptMemory kept_[kKinds];
  uint32_t capacity_ = 0;
  OwnedDescriptors* owned_ = nullptr;
};

Crossing* CrossingOf(napi_env env, napi_callback_info info, size_t* count,
                     napi_value* values) {
  void* data = nullptr;
  napi_get_cb_info(env, info, count, values, nullptr, &data);
  return static_cast<Crossing*>(data);
}

// cross(): see Cross.
napi_value Cross(napi_env env, napi_callback_info info) {
  size_t count = 0;
  return Int(env, CrossingOf(env, info, &count, nullptr)->Cross(env));
}

// keep(kind, memory): the slots, the slab, the records or their bytes are there
// from now on.
napi_value Keep(napi_env env, napi_callback_info info) {
  Args args(env, info);
  uint32_t kind;
  if (!args.Integer(0, "kind", &kind, 0, kKinds - 1)) return nullptr;
  size_t count = 0;
  CrossingOf(env, info, &count, nullptr)->Keep(env, kind, args.at(1));
  return nullptr;
}

void Forget(napi_env env, void* data, void* /*hint*/) {
  auto* crossing = static_cast<Crossing*>(data);
  if (--crossing->functions > 0) return;
  crossing->Drop(env);
  delete crossing;
}

bool AddFunction(napi_env env, napi_value object, const char* name,
                 napi_callback call, Crossing* crossing) {
  napi_value function;
  if (napi_create_function(env, name, NAPI_AUTO_LENGTH, call, crossing,
                           &function) != napi_ok ||
      napi_add_finalizer(env, function, crossing, Forget, nullptr, nullptr) !=
          napi_ok) {
    return false;
  }
  Define(env, object, name, function);
  return true;
}

// createCrossing(words, capacity): { cross, keep } of a new crossing. `words`
// has room for Control, for a ready record and a read result for each of
// `capacity`, 1 to 65536, and for the numbers of kMaxPassed descriptors.
napi_value CreateCrossing(napi_env env, napi_callback_info info) {
  Args args(env, info);
  uint32_t capacity;
  if (!args.Integer(1, "capacity", &capacity, 1, kMaxReady)) return nullptr;
  auto crossing = std::make_unique<Crossing>();
  if (!crossing->Init(env, args.at(0), capacity)) {
    crossing->Drop(env);
    return nullptr;
  }
  napi_value result;
  napi_create_object(env, &result);
  if (!AddFunction(env, result, "cross", Guarded<Cross>, crossing.get())) {
    crossing->Drop(env);
    return nullptr;
  }
  // The function has a part in it from here on, and frees it.
  Crossing* shared = crossing.release();
  if (!AddFunction(env, result, "keep", Guarded<Keep>, shared)) {
    shared->functions--;
    return nullptr;
  }
  return result;
}

void RegisterCrossing(napi_env env, napi_value exports) {
  const Function functions[] = {{"createCrossing", Guarded<CreateCrossing>}};
  Export(env, exports, functions);
}
RAWLOOP_MODULE(RegisterCrossing);

}  // namespace
}  // namespace rawloop
