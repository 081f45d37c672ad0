// What the classes of signals have in common: a port, opened once, with a
// descriptor to watch, that ends with its object or its environment, and the
// signals that it watches.
#ifndef RAWLOOP_PROCESS_PORT_WRAP_H_
#define RAWLOOP_PROCESS_PORT_WRAP_H_

#include <napi.h>

#include <cerrno>
#include <memory>
#include <utility>

#include "core/args.h"
#include "core/tagged_wrap.h"
#include "os/realtime.h"

namespace rawloop {

// `T` is the class, with a public `static int Refusal(int signal)`, 0 or -errno
// of a signal that it does not watch. `Port` has fd(), Watch and Unwatch.
template <typename T, typename Port>
class PortWrap : public TaggedWrap<T> {
 protected:
  explicit PortWrap(const Napi::CallbackInfo& info)
      : TaggedWrap<T>(info), env_(info.Env()) {
    // A Worker that is ending wraps nothing: what it opened would stay.
    ending_ = this->Value().IsEmpty();
  }

  // Deno ends an environment by the finalizers first and the hooks after them.
  ~PortWrap() override { CloseOnce(); }

  bool MayOpen() const { return port_ == nullptr && !ending_; }

  // The descriptor to watch.
  Napi::Value Opened(std::unique_ptr<Port> port) {
    port_ = std::move(port);
    napi_add_env_cleanup_hook(env_, OnEnvironmentEnd, this);
    return Number(port_->fd());
  }

  // watch(signal): 0 or -errno.
  Napi::Value Watch(const Napi::CallbackInfo& info) {
    int signal;
    if (!ReadSignal(info, &signal)) return {};
    if (port_ == nullptr) return Number(-EBADF);
    int error = T::Refusal(signal);
    if (error != 0) return Number(error);
    if (watched_[signal]) return Number(-EEXIST);
    error = port_->Watch(signal);
    watched_[signal] = error == 0;
    return Number(error);
  }

  // unwatch(signal): 0, or -ENOENT.
  Napi::Value Unwatch(const Napi::CallbackInfo& info) {
    int signal;
    if (!ReadSignal(info, &signal)) return {};
    if (!Watches(signal)) return Number(-ENOENT);
    watched_[signal] = false;
    port_->Unwatch(signal);
    return Number(0);
  }

  void Close(const Napi::CallbackInfo&) { CloseOnce(); }

  bool ReadSignal(const Napi::CallbackInfo& info, int* signal) {
    double number;
    if (!ReadInteger(env_, info[0], "signal", 1, kSignalEnd - 1, &number)) {
      return false;
    }
    *signal = static_cast<int>(number);
    return true;
  }

  bool Watches(int signal) const {
    return port_ != nullptr && watched_[signal];
  }

  Napi::Value Number(int value) { return Napi::Number::New(env_, value); }

  Napi::Env env() const { return env_; }
  Port* port() const { return port_.get(); }

 private:
  static void OnEnvironmentEnd(void* data) {
    static_cast<PortWrap*>(data)->port_.reset();
  }

  void CloseOnce() {
    if (port_ == nullptr) return;
    napi_remove_env_cleanup_hook(env_, OnEnvironmentEnd, this);
    port_.reset();
  }

  Napi::Env env_;
  bool ending_ = false;
  std::unique_ptr<Port> port_;
  bool watched_[kSignalEnd] = {};
};

}  // namespace rawloop

#endif  // RAWLOOP_PROCESS_PORT_WRAP_H_
