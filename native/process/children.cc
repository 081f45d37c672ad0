// The JavaScript side of children: class Children, those of one loop. It knows
// which of them are not waited for yet, so that none is left as a zombie,
// however the loop comes to its end: what it is collected or torn down with
// goes to a Reaper.
#include <sys/types.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <memory>
#include <new>
#include <unordered_set>
#include <utility>

#include "core/args.h"
#include "core/environment.h"
#include "core/module.h"
#include "core/tagged_wrap.h"
#include "process/child_stack.h"
#include "process/child_status.h"
#include "process/reaper.h"
#include "process/spawn_arguments.h"
#include "process/spawn_child.h"

namespace rawloop {
namespace {

// What `spawn` writes at the head of the words: a pidfd or -1, what failed.
struct SpawnResult {
  int32_t pidfd;
  int32_t step;
};

// What `take` writes, all doubles; see lib/spawn/status.ts.
struct StatusNumbers {
  double code, signal, core_dumped;
  double user_ms, system_ms, max_rss;
  double minor_faults, major_faults, blocks_read, blocks_written;
  double voluntary_switches, involuntary_switches;
};

double InMs(const timeval& time) {
  return static_cast<double>(time.tv_sec) * 1e3 +
         static_cast<double>(time.tv_usec) / 1e3;
}

StatusNumbers NumbersOf(const ChildStatus& status) {
  const rusage& usage = status.usage;
  auto number = [](auto value) { return static_cast<double>(value); };
  return {number(status.code),        number(status.signal),
          number(status.core_dumped), InMs(usage.ru_utime),
          InMs(usage.ru_stime),       number(usage.ru_maxrss),
          number(usage.ru_minflt),    number(usage.ru_majflt),
          number(usage.ru_inblock),   number(usage.ru_oublock),
          number(usage.ru_nvcsw),     number(usage.ru_nivcsw)};
}

// new Children()
class Children : public TaggedWrap<Children> {
 public:
  static constexpr napi_type_tag kTypeTag = {0x2f9b64c1d07e4a35,
                                             0x93d0a8f15c7b62e4};

  static Napi::Function Define(Napi::Env env) {
    return DefineClass(env, "Children",
                       {InstanceMethod("spawn", &Children::Spawn),
                        InstanceMethod("take", &Children::Take),
                        InstanceMethod("leave", &Children::Leave)});
  }

  explicit Children(const Napi::CallbackInfo& info)
      : TaggedWrap(info),
        env_(info.Env()),
        reaper_(std::make_shared<Reaper>()) {}

  ~Children() override {
    for (const pid_t pid : pids_) reaper_->Take(pid);
  }

 private:
  // spawn(words, strings): the pid, or -errno. The first two words are told: a
  // pidfd that the caller owns, or -1; what failed, see SpawnStep.
  Napi::Value Spawn(const Napi::CallbackInfo& info) {
    Span words;
    if (!ReadMemory(info[0], "words", &words)) return {};
    try {
      SpawnArguments arguments;
      if (!arguments.Read(env_, words, info[1])) return {};
      SpawnResult told{-1, kStepNone};
      const int pid = Start(arguments.plan(), &told);
      memcpy(words.data, &told, sizeof(told));
      return Napi::Number::New(env_, pid);
    } catch (const std::bad_alloc&) {
      ThrowNoMemory(env_);
      return {};
    }
  }

  int Start(const SpawnPlan& plan, SpawnResult* told) {
    // A place for the pid first: a child that is there must not be forgotten.
    const auto place = pids_.insert(0).first;
    SpawnFailure failure;
    int pidfd;
    const int pid = StartChild(plan, &stack_, &pidfd, &failure);
    told->step = failure.step;
    auto node = pids_.extract(place);
    if (pid < 0) return pid;
    node.value() = pid;
    pids_.insert(std::move(node));
    if (pidfd < 0) return pid;
    told->pidfd = Environment::Get(env_)->owned.Opened(pidfd);
    if (told->pidfd < 0) told->pidfd = -1;
    return pid;
  }

  // take(pid, pidfd, status): 1: it has ended, and `status`, 12 doubles, is
  // filled; 0: it has not; -ECHILD: it has, and nobody knows how. Once only.
  Napi::Value Take(const Napi::CallbackInfo& info) {
    pid_t pid;
    double pidfd;
    Span span;
    if (!ReadPid(info, &pid) ||
        !ReadInteger(env_, info[1], "pidfd", -1, INT32_MAX, &pidfd) ||
        !ReadMemory(info[2], "status", &span)) {
      return {};
    }
    if (span.size < sizeof(StatusNumbers)) {
      ThrowRange(env_, "status", "12 doubles");
      return {};
    }
    int result = -ECHILD;
    const auto found = pids_.find(pid);
    if (found != pids_.end()) {
      ChildStatus status{};
      result = TakeStatus(pid, static_cast<int>(pidfd), &status);
      if (result == 1) {
        const StatusNumbers numbers = NumbersOf(status);
        memcpy(span.data, &numbers, sizeof(numbers));
      }
      if (result != 0) pids_.erase(found);
    }
    return Napi::Number::New(env_, result);
  }

  // leave(pid): it is waited for by a thread from here on; without a pid, all.
  Napi::Value Leave(const Napi::CallbackInfo& info) {
    if (info.Length() == 0) {
      for (const pid_t pid : pids_) reaper_->Take(pid);
      pids_.clear();
      return env_.Undefined();
    }
    pid_t pid;
    if (!ReadPid(info, &pid)) return {};
    if (pids_.erase(pid) > 0) reaper_->Take(pid);
    return env_.Undefined();
  }

  bool ReadPid(const Napi::CallbackInfo& info, pid_t* out) {
    double number;
    if (!ReadInteger(env_, info[0], "pid", 1, INT32_MAX, &number)) return false;
    *out = static_cast<pid_t>(number);
    return true;
  }

  bool ReadMemory(napi_value value, const char* name, Span* out) {
    if (!ReadSpan(env_, value, out)) {
      ThrowType(env_, name, "an ArrayBuffer, a typed array or a DataView");
      return false;
    }
    return IsAttached(env_, value, *out, name);
  }

  const Napi::Env env_;
  const std::shared_ptr<Reaper> reaper_;
  ChildStack stack_;
  std::unordered_set<pid_t> pids_;
};

void RegisterChildren(napi_env env, napi_value exports) {
  Define(env, exports, "Children", Children::Define(env));
}
RAWLOOP_MODULE(RegisterChildren);

}  // namespace
}  // namespace rawloop
