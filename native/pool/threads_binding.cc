#include "pool/threads_binding.h"

#include <cerrno>
#include <cstring>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#include "core/args.h"
#include "core/module.h"
#include "core/numbers.h"
#include "os/processors.h"
#include "pool/sharing.h"

namespace rawloop {

namespace {

constexpr double kMinStackBytes = 64 * 1024;
constexpr double kMaxStackBytes = 4503599627370496;  // 2^52
// A timeout that pthread_cond_timedwait(3) adds to the clock: a year.
constexpr double kMaxIdleMs = 365.0 * 24 * 3600 * 1000;

// An Int32Array of numbers of processors; nothing when it is left out.
bool ReadProcessors(napi_env env, napi_value value, std::vector<int>* out) {
  napi_valuetype type;
  napi_typeof(env, value, &type);
  if (type == napi_undefined) return true;
  Span memory;
  if (!ReadSpan(env, value, &memory)) {
    ThrowType(env, "processors", "an Int32Array");
    return false;
  }
  out->resize(memory.size / sizeof(int32_t));
  if (!out->empty()) {
    memcpy(out->data(), memory.data, out->size() * sizeof(int32_t));
  }
  for (int processor : *out) {
    if (processor >= 0 && processor < kMaxProcessors) continue;
    ThrowRange(env, "processors", "numbers from 0 to 1023");
    return false;
  }
  return true;
}

// The name of a lane: 1 to 32 bytes.
bool ReadName(napi_env env, napi_value value, std::string* out) {
  char text[34];
  size_t length = 0;
  if (napi_get_value_string_utf8(env, value, text, sizeof(text), &length) !=
      napi_ok) {
    ThrowType(env, "name", "a string");
    return false;
  }
  if (length == 0 || length > 32) {
    ThrowRange(env, "name", "of 1 to 32 bytes");
    return false;
  }
  out->assign(text, length);
  return true;
}

// On a thread of its own, whose processors nobody minds.
napi_value CheckProcessors(napi_env env, napi_callback_info info) {
  Args args(env, info);
  std::vector<int> processors;
  if (!ReadProcessors(env, args.at(0), &processors)) return nullptr;
  int result = 0;
  try {
    std::thread([&] { result = RunOnProcessors(processors); }).join();
  } catch (const std::system_error& error) {
    result = -error.code().value();
  }
  return Int(env, result);
}

}  // namespace

Threads* Threads::From(napi_env env, napi_value value) {
  return FromTagged<Threads>(env, value, "threads", "a Threads");
}

Threads::Threads(const Napi::CallbackInfo& info)
    : TaggedWrap<Threads>(info), env_(info.Env()) {
  double size;
  double stack_bytes;
  double idle_ms;
  double max_queued;
  PoolOptions options;
  if (info.Length() == 1) {
    Adopt(info[0]);
    return;
  }
  if (!ReadInteger(env_, info[0], "size", 1, ThreadPool::kMaxThreads, &size) ||
      !ReadInteger(env_, info[1], "stackBytes", kMinStackBytes, kMaxStackBytes,
                   &stack_bytes) ||
      !ReadInteger(env_, info[2], "idleMs", -1, kMaxIdleMs, &idle_ms) ||
      !ReadInteger(env_, info[3], "maxQueued", 1, kMaxSafeInteger,
                   &max_queued)) {
    return;
  }
  try {
    if (!ReadProcessors(env_, info[4], &options.processors)) return;
    options.size = static_cast<size_t>(size);
    options.stack_bytes = static_cast<size_t>(stack_bytes);
    options.idle = std::chrono::milliseconds(static_cast<int64_t>(idle_ms));
    options.max_queued = static_cast<size_t>(max_queued);
    Begin(std::move(options));
  } catch (const std::bad_alloc&) {
    ThrowNoMemory(env_);
  }
}

void Threads::Adopt(napi_value value) {
  double number;
  if (!ReadInteger(env_, value, "number", 0, kMaxSafeInteger, &number)) return;
  pool_ = SharedThreads(static_cast<uint64_t>(number));
  if (pool_ != nullptr) return;
  Throw(env_, napi_create_error, "ERR_POOL_CLOSED",
        "the pool is gone: its owner closed it, or has ended");
}

napi_value Threads::AddLane(napi_env env, napi_callback_info info) {
  Args args(env, info);
  Threads* threads = From(env, args.self());
  LaneOptions lane;
  if (threads == nullptr || !ReadName(env, args.at(0), &lane.name) ||
      !args.Integer(1, "limit", &lane.limit, 1, ThreadPool::kMaxThreads) ||
      !args.Integer(3, "priority", &lane.priority, 1, kMaxSafeInteger) ||
      !args.Integer(4, "maxQueued", &lane.max_queued, 1, kMaxSafeInteger)) {
    return nullptr;
  }
  if (napi_get_value_bool(env, args.at(2), &lane.halves) != napi_ok) {
    ThrowType(env, "halves", "a boolean");
    return nullptr;
  }
  return Int(env, threads->pool_->AddLane(lane));
}

napi_value Threads::Share(napi_env env, napi_callback_info info) {
  Args args(env, info);
  Threads* threads = From(env, args.self());
  if (threads == nullptr) return nullptr;
  return Int(env, static_cast<int32_t>(ShareThreads(threads->pool_)));
}

napi_value Threads::Resize(napi_env env, napi_callback_info info) {
  Args args(env, info);
  Threads* threads = From(env, args.self());
  size_t size;
  if (threads == nullptr ||
      !args.Integer(0, "size", &size, 1, ThreadPool::kMaxThreads)) {
    return nullptr;
  }
  threads->pool_->Resize(size);
  return Undefined(env);
}

napi_value Threads::Stats(napi_env env, napi_callback_info info) {
  Args args(env, info);
  Threads* threads = From(env, args.self());
  if (threads == nullptr) return nullptr;
  const PoolStats stats = threads->pool_->Stats();
  const auto number = [](auto value) { return static_cast<double>(value); };
  napi_value result =
      Numbers(env, {{"size", number(stats.size)},
                    {"maxQueued", number(stats.max_queued)},
                    {"threads", number(stats.threads)},
                    {"idle", number(stats.idle)},
                    {"queued", number(stats.queued)},
                    {"running", number(stats.running)},
                    {"completed", number(stats.completed)},
                    {"startErrno", number(-stats.start_error)}});
  napi_value lanes;
  napi_create_array_with_length(env, stats.lanes.size(), &lanes);
  for (size_t i = 0; i < stats.lanes.size(); i++) {
    const LaneStats& lane = stats.lanes[i];
    napi_value numbers = Numbers(env, {{"limit", number(lane.limit)},
                                       {"priority", number(lane.priority)},
                                       {"maxQueued", number(lane.max_queued)},
                                       {"queued", number(lane.queued)},
                                       {"running", number(lane.running)},
                                       {"completed", number(lane.completed)}});
    napi_value name;
    napi_create_string_utf8(env, lane.name.data(), lane.name.size(), &name);
    rawloop::Define(env, numbers, "name", name);
    DefineElement(env, lanes, static_cast<uint32_t>(i), numbers);
  }
  rawloop::Define(env, result, "lanes", lanes);
  return result;
}

napi_value Threads::Define(napi_env env) {
  constexpr Function kMethods[] = {{"addLane", Guarded<AddLane>},
                                   {"share", Guarded<Share>},
                                   {"resize", Guarded<Resize>},
                                   {"stats", Guarded<Stats>},
                                   {"close", Guarded<Close>}};
  return DefineTagged<Threads>(env, "Threads", kMethods);
}

namespace {

void RegisterThreads(napi_env env, napi_value exports) {
  constexpr Function kFunctions[] = {
      {"checkProcessors", Guarded<CheckProcessors>}};
  Export(env, exports, kFunctions);
  Define(env, exports, "Threads", Threads::Define(env));
}
RAWLOOP_MODULE(RegisterThreads);

}  // namespace
}  // namespace rawloop
