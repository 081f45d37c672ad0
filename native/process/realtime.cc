// The JavaScript side of signals with values: class RealtimePort. See
// realtime_table.h.
#include "os/realtime.h"

#include <napi.h>

#include <cerrno>
#include <cstdint>
#include <memory>
#include <new>
#include <utility>

#include "core/args.h"
#include "core/module.h"
#include "process/port_wrap.h"
#include "process/realtime_table.h"

namespace rawloop {
namespace {

// new RealtimePort(): watches nothing until it is opened.
class RealtimePortObject : public PortWrap<RealtimePortObject, RealtimePort> {
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
      : PortWrap(info) {}

  static int Refusal(int signal) { return IsRealtime(signal) ? 0 : -EINVAL; }

 private:
  // open(): the descriptor to watch, or -errno.
  Napi::Value Open(const Napi::CallbackInfo&) {
    if (!MayOpen()) return Number(-EALREADY);
    std::unique_ptr<RealtimePort> port(new (std::nothrow) RealtimePort());
    const int error = port == nullptr ? -ENOMEM : port->Open();
    return error != 0 ? Number(error) : Opened(std::move(port));
  }

  // take(records): fills an Int32Array with the next that came; how many.
  Napi::Value Take(const Napi::CallbackInfo& info) {
    Span out;
    if (!ReadSpan(env(), info[0], &out) || !IsAligned(out)) {
      ThrowType(env(), "records", "an Int32Array");
      return {};
    }
    const size_t room = out.size / sizeof(RealtimeRecord);
    if (port() == nullptr) return Number(0);
    auto* records = reinterpret_cast<RealtimeRecord*>(out.data);
    return Number(static_cast<int>(port()->Take(records, room)));
  }

  static bool IsAligned(const Span& span) {
    return reinterpret_cast<uintptr_t>(span.data) % alignof(RealtimeRecord) ==
           0;
  }
};

void RegisterRealtime(napi_env env, napi_value exports) {
  Define(env, exports, "RealtimePort", RealtimePortObject::Define(env));
}
RAWLOOP_MODULE(RegisterRealtime);

}  // namespace
}  // namespace rawloop
