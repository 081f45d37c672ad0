// Tells another thread that this environment has ended, in whichever way: its
// code is over, it called exit, threw, was terminated or had no memory left. No
// message of JavaScript's is sure to be sent then, and the host tells of it in
// its own loop only, which may stand still. See lib/workers/.
#include <napi.h>

#include <cstdint>
#include <utility>

#include "core/args.h"
#include "core/module.h"
#include "core/tagged_wrap.h"
#include "poll/waker.h"

namespace rawloop {
namespace {

// new EndNotice(fd, state, ended): sets the word `ended` to 1 and wakes the
// waker behind `fd` when this environment ends.
class EndNotice : public TaggedWrap<EndNotice> {
 public:
  static constexpr napi_type_tag kTypeTag = {0x61c8d0f2b7394ea5,
                                             0xa27f4e8b15d93c06};

  static Napi::Function Define(Napi::Env env) {
    return DefineClass(env, "EndNotice", {});
  }

  explicit EndNotice(const Napi::CallbackInfo& info) : TaggedWrap(info) {
    if (Value().IsEmpty()) return;  // a Worker that is ending wraps nothing
    env_ = info.Env();
    Args args(env_, static_cast<napi_callback_info>(info));
    int32_t* ended;
    if (!args.Descriptor(0, &fd_) ||
        !ReadWord(env_, info[1], "state", &state_word_) ||
        !ReadWord(env_, info[2], "ended", &ended)) {
      return;
    }
    state_ = Napi::Persistent(info[1].As<Napi::Object>());
    ended_ = Napi::Persistent(info[2].As<Napi::Object>());
    ended_word_ = ended;
    napi_add_env_cleanup_hook(env_, OnEnvironmentEnd, this);
    Ref();  // it lives as long as the environment
  }

  // Deno ends an environment by the finalizers first and the hooks after them.
  ~EndNotice() override {
    if (ended_word_ == nullptr) return;
    napi_remove_env_cleanup_hook(env_, OnEnvironmentEnd, this);
    Tell();
  }

 private:
  static void OnEnvironmentEnd(void* data) {
    static_cast<EndNotice*>(data)->Tell();
  }

  void Tell() {
    int32_t* ended = std::exchange(ended_word_, nullptr);
    __atomic_store_n(ended, 1, __ATOMIC_SEQ_CST);
    WakerWriter writer;
    writer.Enter(state_word_);
    writer.Write(fd_);
  }

  napi_env env_ = nullptr;
  int fd_ = -1;
  int32_t* state_word_ = nullptr;
  int32_t* ended_word_ = nullptr;
  // They keep the words in memory.
  Napi::ObjectReference state_;
  Napi::ObjectReference ended_;
};

void RegisterEndNotice(napi_env env, napi_value exports) {
  Define(env, exports, "EndNotice", EndNotice::Define(env));
}
RAWLOOP_MODULE(RegisterEndNotice);

}  // namespace
}  // namespace rawloop
