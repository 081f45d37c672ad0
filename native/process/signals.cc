// The JavaScript side of signals: class SignalPort. See signals.h.
#include "process/signals.h"

#include <napi.h>

#include <cerrno>
#include <csignal>
#include <memory>
#include <string_view>
#include <utility>

#include "core/args.h"
#include "core/module.h"
#include "os/realtime.h"
#include "process/port_wrap.h"
#include "process/signal_table.h"

namespace rawloop {
namespace {

// new SignalPort(): watches nothing until it is opened.
class SignalPortObject : public PortWrap<SignalPortObject, SignalPort> {
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

  explicit SignalPortObject(const Napi::CallbackInfo& info) : PortWrap(info) {}

  // The tables have no place for those that FreeBSD counts beyond its NSIG.
  static int Refusal(int signal) {
    return signal < NSIG ? CheckSignal(signal) : -EINVAL;
  }

 private:
  // open('libuv' | 'handler'): the descriptor to watch, or -errno; null when
  // this host has no libuv.
  Napi::Value Open(const Napi::CallbackInfo& info) {
    char text[8];
    size_t text_bytes = 0;
    napi_get_value_string_utf8(env(), info[0], text, sizeof(text), &text_bytes);
    const std::string_view kind(text, text_bytes);
    if (kind != "libuv" && kind != "handler") {
      ThrowType(env(), "kind", "'libuv' or 'handler'");
      return {};
    }
    if (!MayOpen()) return Number(-EALREADY);
    int error;
    auto open = kind == "libuv" ? OpenLibuvSignals : OpenHandlerSignals;
    std::unique_ptr<SignalPort> port(open(&error));
    if (port != nullptr) return Opened(std::move(port));
    return error == 0 ? env().Null() : Number(error);
  }

  // renew(signal): puts back what somebody replaced who calls on to nobody. 0
  // or -errno.
  Napi::Value Renew(const Napi::CallbackInfo& info) {
    int signal;
    if (!ReadSignal(info, &signal)) return {};
    return Number(Watches(signal) ? port()->Renew(signal) : 0);
  }

  // take(numbers): fills a Uint8Array with the next signals that came, in
  // order; how many.
  Napi::Value Take(const Napi::CallbackInfo& info) {
    Span out;
    if (!ReadSpan(env(), info[0], &out)) {
      ThrowType(env(), "numbers", "a Uint8Array");
      return {};
    }
    const size_t count =
        port() == nullptr ? 0 : port()->Take(out.data, out.size);
    return Number(static_cast<int>(count));
  }
};

// checkSignal(signal): 0, or -EINVAL when it cannot be watched.
napi_value CheckSignalNumber(napi_env env, napi_callback_info info) {
  Args args(env, info);
  int signal;
  if (!args.Integer(0, "signal", &signal, 1, kSignalEnd - 1)) return nullptr;
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
