// The JavaScript side of signals: class SignalPort. See signals.h.
#include "process/signals.h"

#include <napi.h>

#include <cerrno>
#include <csignal>
#include <memory>
#include <string_view>

#include "core/args.h"
#include "core/module.h"
#include "core/tagged_wrap.h"
#include "process/signal_table.h"

namespace rawloop {
namespace {

// new SignalPort(): watches nothing until it is opened.
class SignalPortObject : public TaggedWrap<SignalPortObject> {
 public:
  using Self = SignalPortObject;
  static constexpr napi_type_tag kTypeTag = {0x7c30b5e91f6d4a28,
                                             0x8e52d7a0c94b13f6};

  static Napi::Function Define(Napi::Env env) {
    return DefineClass(env, "SignalPort",
                       {InstanceMethod("open", &Self::Open),
                        InstanceMethod("watch", &Self::Watch),
                        InstanceMethod("unwatch", &Self::Unwatch),
                        InstanceMethod("renew", &Self::Renew),
                        InstanceMethod("take", &Self::Take),
                        InstanceMethod("close", &Self::Close)});
  }

  explicit SignalPortObject(const Napi::CallbackInfo& info)
      : TaggedWrap(info), env_(info.Env()) {
    // A Worker that is ending wraps nothing: what it opened would stay.
    ending_ = Value().IsEmpty();
  }

  // Deno ends an environment by the finalizers first and the hooks after them.
  ~SignalPortObject() override { CloseOnce(); }

 private:
  // open('libuv' | 'handler'): the descriptor to watch, or -errno; null when
  // this host has no libuv.
  Napi::Value Open(const Napi::CallbackInfo& info) {
    char text[8];
    size_t text_bytes = 0;
    napi_get_value_string_utf8(env_, info[0], text, sizeof(text), &text_bytes);
    const std::string_view kind(text, text_bytes);
    if (kind != "libuv" && kind != "handler") {
      ThrowType(env_, "kind", "'libuv' or 'handler'");
      return {};
    }
    if (port_ != nullptr || ending_) return Number(-EALREADY);
    int error;
    auto open = kind == "libuv" ? OpenLibuvSignals : OpenHandlerSignals;
    port_.reset(open(&error));
    if (port_ == nullptr) return error == 0 ? env_.Null() : Number(error);
    napi_add_env_cleanup_hook(env_, OnEnvironmentEnd, this);
    return Number(port_->fd());
  }

  // watch(signal): 0 or -errno.
  Napi::Value Watch(const Napi::CallbackInfo& info) {
    int signal;
    if (!ReadSignal(info, &signal)) return {};
    if (port_ == nullptr) return Number(-EBADF);
    const int error = CheckSignal(signal);
    if (error != 0) return Number(error);
    return Number(watched_[signal] ? -EEXIST : WatchNew(signal));
  }

  // unwatch(signal): 0, or -ENOENT.
  Napi::Value Unwatch(const Napi::CallbackInfo& info) {
    int signal;
    if (!ReadSignal(info, &signal)) return {};
    if (port_ == nullptr || !watched_[signal]) return Number(-ENOENT);
    watched_[signal] = false;
    port_->Unwatch(signal);
    return Number(0);
  }

  // renew(signal): puts back what somebody replaced who calls on to nobody. 0
  // or -errno.
  Napi::Value Renew(const Napi::CallbackInfo& info) {
    int signal;
    if (!ReadSignal(info, &signal)) return {};
    const bool watched = port_ != nullptr && watched_[signal];
    return Number(watched ? port_->Renew(signal) : 0);
  }

  // take(numbers): fills a Uint8Array with the next signals that came, in
  // order; how many.
  Napi::Value Take(const Napi::CallbackInfo& info) {
    Span out;
    if (!ReadSpan(env_, info[0], &out)) {
      ThrowType(env_, "numbers", "a Uint8Array");
      return {};
    }
    const size_t count = port_ == nullptr ? 0 : port_->Take(out.data, out.size);
    return Number(static_cast<int>(count));
  }

  void Close(const Napi::CallbackInfo&) { CloseOnce(); }

  int WatchNew(int signal) {
    const int error = port_->Watch(signal);
    watched_[signal] = error == 0;
    return error;
  }

  bool ReadSignal(const Napi::CallbackInfo& info, int* signal) {
    double number;
    if (!ReadInteger(env_, info[0], "signal", 1, NSIG - 1, &number)) {
      return false;
    }
    *signal = static_cast<int>(number);
    return true;
  }

  Napi::Value Number(int value) { return Napi::Number::New(env_, value); }

  static void OnEnvironmentEnd(void* data) {
    static_cast<Self*>(data)->port_.reset();
  }

  void CloseOnce() {
    if (port_ == nullptr) return;
    napi_remove_env_cleanup_hook(env_, OnEnvironmentEnd, this);
    port_.reset();
  }

  Napi::Env env_;
  bool ending_;
  std::unique_ptr<SignalPort> port_;
  bool watched_[NSIG] = {};
};

// checkSignal(signal): 0, or -EINVAL when it cannot be watched.
napi_value CheckSignalNumber(napi_env env, napi_callback_info info) {
  Args args(env, info);
  int signal;
  if (!args.Integer(0, "signal", &signal, 1, NSIG - 1)) return nullptr;
  return Int(env, CheckSignal(signal));
}

void RegisterSignals(napi_env env, napi_value exports) {
  const Function functions[] = {{"checkSignal", Guarded<CheckSignalNumber>}};
  Export(env, exports, functions);
  Define(env, exports, "SignalPort", SignalPortObject::Define(env));
}
RAWLOOP_MODULE(RegisterSignals);

}  // namespace
}  // namespace rawloop
