// The JavaScript side of a host attachment: class HostLoop, and the turn.
#include "host/host_loop.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <napi.h>

#include <cerrno>
#include <string_view>
#include <utility>

#include "core/args.h"
#include "core/module.h"
#include "core/tagged_wrap.h"

namespace rawloop {

namespace {

// Its stand-in for libuv has no loop to run.
bool InDeno() { return dlsym(RTLD_DEFAULT, "uv_run") == nullptr; }

// Deno is to end after an error that nobody listens to; until it does, every
// call fails with null.
bool IsEnding(napi_env env, napi_value error) {
  napi_valuetype type;
  return InDeno() && napi_typeof(env, error, &type) == napi_ok &&
         type == napi_null;
}

// False when the environment is ending: it takes no error, and calls nothing.
bool TellHost(napi_env env, napi_value error) {
  return !IsEnding(env, error) && napi_fatal_exception(env, error) == napi_ok;
}

}  // namespace

Turn::Turn(napi_env env, napi_value function) : env_(env) {
  napi_value name;
  napi_create_string_utf8(env, "rawloop", NAPI_AUTO_LENGTH, &name);
  // Deno makes nothing of it, and aborts when it is destroyed at the end of a
  // Worker.
  if (!InDeno()) napi_async_init(env, nullptr, name, &context_);
  napi_create_reference(env, function, 1, &function_);
}

Turn::~Turn() {
  napi_delete_reference(env_, function_);
  if (context_ != nullptr) napi_async_destroy(env_, context_);
}

void Turn::Run(bool due) {
  napi_handle_scope scope;
  if (napi_open_handle_scope(env_, &scope) != napi_ok) return;
  napi_value receiver;
  napi_value function;
  napi_value argument;
  napi_get_global(env_, &receiver);
  napi_get_boolean(env_, due, &argument);
  napi_get_reference_value(env_, function_, &function);
  napi_value ignored;  // Deno writes a result even where none is asked for.
  napi_status status = napi_make_callback(env_, context_, receiver, function, 1,
                                          &argument, &ignored);
  // The turn tells the host of what callbacks throw; what comes out of it is an
  // error of the turn's own. An environment that ends (a Worker's terminate or
  // process.exit) reports an exception too, but has none, or cannot take it.
  bool pending = false;
  napi_value error = nullptr;
  if (status == napi_pending_exception &&
      napi_is_exception_pending(env_, &pending) == napi_ok && pending &&
      napi_get_and_clear_last_exception(env_, &error) == napi_ok) {
    TellHost(env_, error);
  }
  napi_close_handle_scope(env_, scope);
}

namespace {

// new HostLoop(fd, turn, 'libuv' | 'waiter')
class HostLoop : public TaggedWrap<HostLoop> {
 public:
  static constexpr napi_type_tag kTypeTag = {0x51e8d90c7b2f4a63,
                                             0xb7043fce185a92d6};

  static Napi::Function Define(Napi::Env env) {
    return DefineClass(env, "HostLoop",
                       {InstanceMethod("arm", &HostLoop::Arm),
                        InstanceMethod("ref", &HostLoop::Ref),
                        InstanceMethod("unref", &HostLoop::Unref),
                        InstanceMethod("hold", &HostLoop::Hold),
                        InstanceMethod("letGo", &HostLoop::LetGo),
                        InstanceMethod("rest", &HostLoop::Rest),
                        InstanceMethod("goOn", &HostLoop::GoOn),
                        InstanceMethod("close", &HostLoop::Close)});
  }

  explicit HostLoop(const Napi::CallbackInfo& info) : TaggedWrap(info) {
    Napi::Env env = info.Env();
    if (Value().IsEmpty()) return;  // a Worker that is ending wraps nothing
    double fd;
    if (!ReadInteger(env, info[0], "fd", 0, INT32_MAX, &fd)) return;
    char kind[8];
    size_t kind_bytes = 0;
    napi_get_value_string_utf8(env, info[2], kind, sizeof(kind), &kind_bytes);
    if (!info[1].IsFunction()) {
      ThrowType(env, "turn", "a function");
      return;
    }
    const std::string_view named(kind, kind_bytes);
    if (named != "libuv" && named != "waiter") {
      ThrowType(env, "kind", "'libuv' or 'waiter'");
      return;
    }
    auto attach = named == "libuv" ? AttachToLibuv : AttachWithWaiter;
    int error = 0;
    UniqueFd own(fcntl(static_cast<int>(fd), F_DUPFD_CLOEXEC, 0));
    if (own.ok()) {
      host_ = attach(env, std::move(own), info[1], &error);
    } else {
      error = -errno;
    }
    if (host_ != nullptr) host_->holder = &host_;
    // The constructor cannot return -errno: the caller reads it here.
    rawloop::Define(env, Value(), "error", Int(env, error));
  }

  // Not closed by JavaScript: the loop that owned it was collected.
  void Finalize(Napi::BasicEnv) override { CloseOnce(); }

 private:
  void Arm(const Napi::CallbackInfo& info) {
    double timeout_ms;
    if (ReadInteger(info.Env(), info[0], "timeout", -1, kMaxSafeInteger,
                    &timeout_ms) &&
        host_ != nullptr) {
      host_->Arm(static_cast<int64_t>(timeout_ms));
    }
  }
  void Ref(const Napi::CallbackInfo&) {
    if (host_ != nullptr) host_->SetRef(true);
  }
  void Unref(const Napi::CallbackInfo&) {
    if (host_ != nullptr) host_->SetRef(false);
  }
  Napi::Value Hold(const Napi::CallbackInfo& info) {
    return Napi::Boolean::New(info.Env(), host_ != nullptr && host_->Hold());
  }
  void LetGo(const Napi::CallbackInfo&) {
    if (host_ != nullptr) host_->LetGo();
  }
  void Rest(const Napi::CallbackInfo&) {
    if (host_ != nullptr) host_->Rest();
  }
  void GoOn(const Napi::CallbackInfo&) {
    if (host_ != nullptr) host_->GoOn();
  }
  void Close(const Napi::CallbackInfo&) { CloseOnce(); }
  void CloseOnce() {
    HostAttachment* host = host_;
    host_ = nullptr;
    if (host == nullptr) return;
    host->holder = nullptr;
    host->Close();
  }

  HostAttachment* host_ = nullptr;
};

// hostDescriptor(): readable when the host's own loop has something to do; or
// -errno. Borrowed.
napi_value GetHostDescriptor(napi_env env, napi_callback_info) {
  return Int(env, HostDescriptor(env));
}

// hostAlive(): 1 when something referenced keeps the host's own loop going, 0
// when nothing does, or -ENOSYS.
napi_value GetHostAlive(napi_env env, napi_callback_info) {
  return Int(env, HostAlive(env));
}

// uncaughtException(error): tells the host, as if a callback of its own had
// thrown. False when this environment is ending.
napi_value UncaughtException(napi_env env, napi_callback_info info) {
  Args args(env, info);
  napi_value told;
  napi_get_boolean(env, TellHost(env, args.at(0)), &told);
  return told;
}

void RegisterHostLoop(napi_env env, napi_value exports) {
  const Function functions[] = {
      {"hostDescriptor", Guarded<GetHostDescriptor>},
      {"hostAlive", Guarded<GetHostAlive>},
      {"uncaughtException", Guarded<UncaughtException>}};
  Export(env, exports, functions);
  Define(env, exports, "HostLoop", HostLoop::Define(env));
}
RAWLOOP_MODULE(RegisterHostLoop);

}  // namespace
}  // namespace rawloop
