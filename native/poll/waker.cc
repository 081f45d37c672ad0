// The shared half of a waker: one word of memory that every thread which may
// wake looks at before it writes. It counts the writers at work, so that the
// descriptor is closed, and its number used again, only when none is left. What
// must hold although a Worker may be terminated at any time is done here, as
// native code is not interrupted. See lib/poller/waker.ts.
#include "poll/waker.h"

#include <napi.h>
#include <sched.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <utility>

#include "core/args.h"
#include "core/module.h"
#include "core/retried.h"
#include "core/tagged_wrap.h"

namespace rawloop {
namespace {

constexpr int32_t kClosed = 1;
constexpr int32_t kWriter = 2;
constexpr std::chrono::milliseconds kLongestWrite(500);

// wake(fd, state): adds to the waker behind `fd`, unless `state` says that it
// is closed; true when it was open.
napi_value Wake(napi_env env, napi_callback_info info) {
  Args args(env, info);
  int fd;
  WakerWriter writer;
  if (!args.Descriptor(0, &fd) || !writer.Enter(env, args.at(1))) {
    return nullptr;
  }
  writer.Write(fd);
  napi_value result;
  napi_get_boolean(env, writer.open(), &result);
  return result;
}

// new WakerGuard(state): retires a waker when it is told to, and at the latest
// when its environment ends, which closes its descriptors next.
class WakerGuard : public TaggedWrap<WakerGuard> {
 public:
  static constexpr napi_type_tag kTypeTag = {0x2f96c4a1d8074be5,
                                             0x94b35e0f6a7dc218};

  static Napi::Function Define(Napi::Env env) {
    return DefineClass(env, "WakerGuard",
                       {InstanceMethod("retire", &WakerGuard::Retire)});
  }

  explicit WakerGuard(const Napi::CallbackInfo& info)
      : TaggedWrap(info), env_(info.Env()) {
    if (Value().IsEmpty()) return;  // a Worker that is ending wraps nothing
    if (!ReadWord(env_, info[0], "state", &word_)) return;
    state_ = Napi::Persistent(info[0].As<Napi::Object>());
    napi_add_env_cleanup_hook(env_, OnEnvironmentEnd, this);
    // Other threads may hold the waker when nobody here does.
    Ref();
  }

  // Deno ends an environment by the finalizers first and the hooks after them.
  ~WakerGuard() override {
    if (word_ == nullptr) return;
    napi_remove_env_cleanup_hook(env_, OnEnvironmentEnd, this);
    RetireWord();
  }

 private:
  // retire(): true when nobody writes to the descriptor any more. False when
  // the word says that somebody does, for longer than a write can take: then
  // the descriptor is better left open than given out again.
  Napi::Value Retire(const Napi::CallbackInfo& info) {
    bool free = true;
    if (word_ != nullptr) {
      napi_remove_env_cleanup_hook(env_, OnEnvironmentEnd, this);
      free = RetireWord();
      state_.Reset();
      Unref();
    }
    return Napi::Boolean::New(info.Env(), free);
  }

  static void OnEnvironmentEnd(void* data) {
    static_cast<WakerGuard*>(data)->RetireWord();
  }

  // Whether nobody writes any more. A writer is at work for as long as a write
  // takes that does not block; but the word is in JavaScript's reach, and what
  // was written there by others must not hold up a close for ever.
  bool RetireWord() {
    int32_t* word = std::exchange(word_, nullptr);
    __atomic_fetch_or(word, kClosed, __ATOMIC_SEQ_CST);
    auto is_free = [word] {
      return __atomic_load_n(word, __ATOMIC_SEQ_CST) == kClosed;
    };
    const auto end = std::chrono::steady_clock::now() + kLongestWrite;
    while (!is_free()) {
      if (std::chrono::steady_clock::now() >= end) return false;
      sched_yield();
    }
    return true;
  }

  napi_env env_;
  int32_t* word_ = nullptr;
  Napi::ObjectReference state_;  // keeps `word_` alive
};

}  // namespace

bool ReadWord(napi_env env, napi_value value, const char* name, int32_t** out) {
  Span state;
  if (!ReadSpan(env, value, &state) || state.size < sizeof(int32_t) ||
      reinterpret_cast<uintptr_t>(state.data) % alignof(int32_t) != 0) {
    ThrowType(env, name, "an Int32Array of one word");
    return false;
  }
  *out = reinterpret_cast<int32_t*>(state.data);
  return true;
}

bool WakerWriter::Enter(napi_env env, napi_value state) {
  int32_t* word;
  if (!ReadWord(env, state, "state", &word)) return false;
  Enter(word);
  return true;
}

void WakerWriter::Enter(int32_t* word) {
  word_ = word;
  open_ = (__atomic_fetch_add(word_, kWriter, __ATOMIC_SEQ_CST) & kClosed) == 0;
}

void WakerWriter::Write(int fd) const {
  if (!open_) return;
  // EAGAIN, a full pipe or counter, is as good as one more wake-up.
  uint64_t one = 1;
  Retried([&] { return write(fd, &one, sizeof(one)); });
}

WakerWriter::~WakerWriter() {
  if (word_ != nullptr) __atomic_fetch_sub(word_, kWriter, __ATOMIC_SEQ_CST);
}

namespace {

void RegisterWaker(napi_env env, napi_value exports) {
  const Function functions[] = {{"wake", Guarded<Wake>}};
  Export(env, exports, functions);
  Define(env, exports, "WakerGuard", WakerGuard::Define(env));
}
RAWLOOP_MODULE(RegisterWaker);

}  // namespace
}  // namespace rawloop
