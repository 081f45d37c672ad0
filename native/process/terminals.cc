// The JavaScript side of raw terminals: class RawTerminal, which one stream
// has, and what all share. See raw_terminals.h.
#include <napi.h>

#include <cerrno>
#include <climits>

#include "core/args.h"
#include "core/module.h"
#include "core/tagged_wrap.h"
#include "process/raw_terminals.h"

namespace rawloop {
namespace {

// new RawTerminal(): wants nothing until `enter`.
class RawTerminalObject : public TaggedWrap<RawTerminalObject> {
 public:
  using Self = RawTerminalObject;
  static constexpr napi_type_tag kTypeTag = {0x51d8a3c2e7094f6b,
                                             0x9b2e60f4c81a7d35};

  static Napi::Function Define(Napi::Env env) {
    return DefineClass(env, "RawTerminal",
                       {InstanceMethod("enter", &Self::Enter),
                        InstanceMethod("leave", &Self::Leave)});
  }

  explicit RawTerminalObject(const Napi::CallbackInfo& info)
      : TaggedWrap(info), env_(info.Env()) {
    // A Worker that is ending wraps nothing: what it made raw would stay so.
    ending_ = Value().IsEmpty();
  }

  // Deno ends an environment by the finalizers first and the hooks after them.
  ~RawTerminalObject() override { LeaveOnce(); }

 private:
  // enter(fd): 0 or -errno.
  Napi::Value Enter(const Napi::CallbackInfo& info) {
    double fd;
    if (!ReadInteger(env_, info[0], "fd", 0, INT_MAX, &fd)) return {};
    if (place_ >= 0 || ending_) return Number(-EALREADY);
    const int place = EnterRawMode(static_cast<int>(fd));
    if (place < 0) return Number(place);
    place_ = place;
    napi_add_env_cleanup_hook(env_, OnEnvironmentEnd, this);
    return Number(0);
  }

  // leave(): idempotent.
  void Leave(const Napi::CallbackInfo&) { LeaveOnce(); }

  Napi::Value Number(int value) { return Napi::Number::New(env_, value); }

  static void OnEnvironmentEnd(void* data) {
    static_cast<Self*>(data)->GiveUp();
  }

  void LeaveOnce() {
    if (place_ < 0) return;
    napi_remove_env_cleanup_hook(env_, OnEnvironmentEnd, this);
    GiveUp();
  }

  void GiveUp() {
    if (place_ < 0) return;
    LeaveRawMode(place_);
    place_ = -1;
  }

  Napi::Env env_;
  bool ending_;
  int place_ = -1;
};

// renewRawModes(): the process was stopped and goes on.
napi_value Renew(napi_env, napi_callback_info) {
  RenewRawModes();
  return nullptr;
}

// guardTerminals(): somebody watched a signal, and does no more.
napi_value GuardOnceMore(napi_env, napi_callback_info) {
  GuardAgain();
  return nullptr;
}

void RegisterTerminals(napi_env env, napi_value exports) {
  const Function functions[] = {{"renewRawModes", Guarded<Renew>},
                                {"guardTerminals", Guarded<GuardOnceMore>}};
  Export(env, exports, functions);
  Define(env, exports, "RawTerminal", RawTerminalObject::Define(env));
}
RAWLOOP_MODULE(RegisterTerminals);

}  // namespace
}  // namespace rawloop
