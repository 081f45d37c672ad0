// The ThreadServer class that JavaScript sees, and its end with the
// environment: process.exit and Worker.terminate run no JavaScript, so a hook
// stops what is still started. (Node runs the finalizer as well then; other
// hosts do not promise it.) See napi_add_env_cleanup_hook in Node's Node-API
// reference.
#include <limits.h>
#include <napi.h>
#include <unistd.h>

#include <algorithm>
#include <limits>
#include <memory>
#include <new>

#include "calls/address.h"
#include "core/args.h"
#include "core/module.h"
#include "core/tagged_wrap.h"
#include "thread_server/thread_server.h"

namespace rawloop {
namespace {

class ThreadServerObject : public TaggedWrap<ThreadServerObject> {
 public:
  static constexpr napi_type_tag kTypeTag = {0x8d4f16f0a5b74c3e,
                                             0x9b0e6c1d72f3a845};

  static void Register(Napi::Env env, Napi::Object exports);

  explicit ThreadServerObject(const Napi::CallbackInfo& info);
  ~ThreadServerObject() override;

 private:
  Napi::Value Start(const Napi::CallbackInfo& info);
  Napi::Value Stop(const Napi::CallbackInfo& info);
  Napi::Value Stats(const Napi::CallbackInfo& info);
  Napi::Value TakeErrors(const Napi::CallbackInfo& info);
  Napi::Value GetAddress(const Napi::CallbackInfo& info);
  Napi::Value GetDoorbell(const Napi::CallbackInfo& info);

  void StopNow();
  static void StopWithEnvironment(void* object);

  // Null only when the constructor threw.
  std::unique_ptr<ThreadServer> server_;
};

// The smallest stack that the system lets a thread have: a figure of this
// machine, since the processor's register state counts in it.
double MinStackBytes() {
  return static_cast<double>(
      std::max<long>(PTHREAD_STACK_MIN, sysconf(_SC_THREAD_STACK_MIN)));
}

// { errno (negative), syscall, peer? }
Napi::Object WriteFailure(Napi::Env env, const Failure& failure) {
  Napi::Object object = Napi::Object::New(env);
  Define(env, object, "errno", Int(env, -failure.error));
  Define(env, object, "syscall", Napi::String::New(env, failure.call));
  if (failure.has_peer) {
    Define(env, object, "peer",
           WriteAddress(env, failure.peer.get(), failure.peer.size));
  }
  return object;
}

// new ThreadServer(stackBytes)
ThreadServerObject::ThreadServerObject(const Napi::CallbackInfo& info)
    : TaggedWrap<ThreadServerObject>(info) {
  double stack_bytes;
  if (!ReadInteger(info.Env(), info[0], "stackBytes", MinStackBytes(),
                   kMaxSafeInteger, &stack_bytes)) {
    return;
  }
  server_.reset(new (std::nothrow)
                    ThreadServer(static_cast<size_t>(stack_bytes)));
  if (!server_) ThrowNoMemory(info.Env());
}

// For a started server only if nobody holds it any more: no loop, no owner.
ThreadServerObject::~ThreadServerObject() {
  if (server_) StopNow();
}

// start(address, backlog): null, or { errno, syscall } of the call that failed.
Napi::Value ThreadServerObject::Start(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  double backlog;
  if (!ReadInteger(env, info[1], "backlog", 0, std::numeric_limits<int>::max(),
                   &backlog)) {
    return {};
  }
  Failure failure;
  Address address;
  int error = ReadAddress(env, info[0], &address);
  if (error > 0) return {};
  if (error < 0) {
    failure.error = -error;
    failure.call = "bind";
  } else {
    failure = server_->Start(address, static_cast<int>(backlog));
  }
  if (failure.error != 0) return WriteFailure(env, failure);
  napi_add_env_cleanup_hook(env, StopWithEnvironment, this);
  return env.Null();
}

// stop(): every thread has ended when it returns.
Napi::Value ThreadServerObject::Stop(const Napi::CallbackInfo& info) {
  StopNow();
  return info.Env().Undefined();
}

void ThreadServerObject::StopNow() {
  if (!server_->started()) return;
  server_->Stop();
  napi_remove_env_cleanup_hook(Env(), StopWithEnvironment, this);
}

void ThreadServerObject::StopWithEnvironment(void* object) {
  static_cast<ThreadServerObject*>(object)->server_->Stop();
}

// { threads, connections, bytes, active, errors }
Napi::Value ThreadServerObject::Stats(const Napi::CallbackInfo& info) {
  ThreadServer::Figures figures = server_->figures();
  Napi::Env env = info.Env();
  Napi::Object object = Napi::Object::New(env);
  auto set = [&](const char* name, uint64_t figure) {
    Define(env, object, name,
           Napi::Number::New(env, static_cast<double>(figure)));
  };
  set("threads", figures.clients.threads);
  set("connections", figures.connections);
  set("bytes", figures.clients.bytes);
  set("active", figures.clients.threads);
  set("errors", figures.errors);
  return object;
}

// takeErrors(): what failed since the last call, the oldest first.
Napi::Value ThreadServerObject::TakeErrors(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  std::vector<Failure> failures;
  try {
    failures = server_->TakeFailures();
  } catch (const std::bad_alloc&) {
    ThrowNoMemory(env);
    return {};
  }
  Napi::Array array = Napi::Array::New(env, failures.size());
  for (uint32_t i = 0; i < failures.size(); i++) {
    DefineElement(env, array, i, WriteFailure(env, failures[i]));
  }
  return array;
}

// address: where it listens, null when not started.
Napi::Value ThreadServerObject::GetAddress(const Napi::CallbackInfo& info) {
  Napi::Env env = info.Env();
  const Address* address = server_->address();
  if (address == nullptr) return env.Null();
  return {env, WriteAddress(env, address->get(), address->size)};
}

// doorbell: readable while takeErrors() has some; -1 when not started. It
// stays the server's, which closes it in stop().
Napi::Value ThreadServerObject::GetDoorbell(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), server_->doorbell());
}

void ThreadServerObject::Register(Napi::Env env, Napi::Object exports) {
  using Self = ThreadServerObject;
  Napi::Function constructor = DefineClass(
      env, "ThreadServer",
      {
          StaticValue("minStackBytes", Napi::Number::New(env, MinStackBytes()),
                      napi_enumerable),
          InstanceMethod<&Self::Start>("start"),
          InstanceMethod<&Self::Stop>("stop"),
          InstanceMethod<&Self::Stats>("stats"),
          InstanceMethod<&Self::TakeErrors>("takeErrors"),
          InstanceAccessor<&Self::GetAddress>("address"),
          InstanceAccessor<&Self::GetDoorbell>("doorbell"),
      });
  Define(env, exports, "ThreadServer", constructor);
}

void RegisterThreadServer(napi_env env, napi_value exports) {
  ThreadServerObject::Register(env, Napi::Object(env, exports));
}
RAWLOOP_MODULE(RegisterThreadServer);

}  // namespace
}  // namespace rawloop
