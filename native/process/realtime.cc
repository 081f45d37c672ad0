// The JavaScript side of signals with values: class RealtimePort. See
// realtime_table.h.
#include "os/realtime.h"

#include <napi.h>

#include <cerrno>
#include <csignal>
#include <memory>
#include <new>
#include <utility>

#include "core/args.h"
#include "core/module.h"
#include "core/tagged_wrap.h"
#include "process/realtime_table.h"

namespace rawloop {
namespace {

// new RealtimePort(): watches nothing until it is opened.
class RealtimePortObject : public TaggedWrap<RealtimePortObject> {
 public:
  using Self = RealtimePortObject;
  static constexpr napi_type_tag kTypeTag = {0x2f61c07be3d84a95,
                                             0xa4d79318f05c6be2};

  static Napi::Function Define(Napi::Env env) {
    return DefineClass(env, "RealtimePort",
                       {InstanceMethod("open", &Self::Open),
                        InstanceMethod("watch", &Self::Watch),
                        InstanceMethod("unwatch", &Self::Unwatch),
                        InstanceMethod("take", &Self::Take),
                        InstanceMethod("close", &Self::Close)});
  }

  explicit RealtimePortObject(const Napi::CallbackInfo& info)
      : TaggedWrap(info), env_(info.Env()) {
    // A Worker that is ending wraps nothing: what it opened would stay.
    ending_ = Value().IsEmpty();
  }

  // Deno ends an environment by the finalizers first and the hooks after them.
  ~RealtimePortObject() override { CloseOnce(); }

 private:
  // open(): the descriptor to watch, or -errno.
  Napi::Value Open(const Napi::CallbackInfo&) {
    if (port_ != nullptr || ending_) return Number(-EALREADY);
    std::unique_ptr<RealtimePort> port(new (std::nothrow) RealtimePort());
    const int error = port == nullptr ? -ENOMEM : port->Open();
    if (error != 0) return Number(error);
    port_ = std::move(port);
    napi_add_env_cleanup_hook(env_, OnEnvironmentEnd, this);
    return Number(port_->fd());
  }

  // watch(signal): 0 or -errno.
  Napi::Value Watch(const Napi::CallbackInfo& info) {
    int signal;
    if (!ReadSignal(info, &signal)) return {};
    if (port_ == nullptr) return Number(-EBADF);
    if (!IsRealtime(signal)) return Number(-EINVAL);
    if (watched_[signal]) return Number(-EEXIST);
    const int error = port_->Watch(signal);
    watched_[signal] = error == 0;
    return Number(error);
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

  // take(records): fills memory with the next that came; how many.
  Napi::Value Take(const Napi::CallbackInfo& info) {
    Span out;
    if (!ReadSpan(env_, info[0], &out)) {
      ThrowType(env_, "records", "an Int32Array");
      return {};
    }
    const size_t room = out.size / sizeof(RealtimeRecord);
    if (port_ == nullptr) return Number(0);
    auto* records = reinterpret_cast<RealtimeRecord*>(out.data);
    return Number(static_cast<int>(port_->Take(records, room)));
  }

  void Close(const Napi::CallbackInfo&) { CloseOnce(); }

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
  std::unique_ptr<RealtimePort> port_;
  bool watched_[NSIG] = {};
};

void RegisterRealtime(napi_env env, napi_value exports) {
  Define(env, exports, "RealtimePort", RealtimePortObject::Define(env));
}
RAWLOOP_MODULE(RegisterRealtime);

}  // namespace
}  // namespace rawloop
