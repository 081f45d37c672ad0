// How a Pool begins and ends: its threads must be gone before the code they
// run, the memory of OpenSSL and the descriptors go.
#include <memory>
#include <new>

#include "pool/binding.h"

// libc's list of exit handlers, each with an argument, which std::atexit lacks.
// The last parameter ties the handler to this copy of the addon.
extern "C" int __cxa_atexit(void (*handler)(void*), void* argument, void* dso);
extern "C" void* __dso_handle;

namespace rawloop {

namespace {

constexpr double kMinStackBytes = 64 * 1024;
constexpr double kMaxStackBytes = 4503599627370496;  // 2^52

// Three ways lead there:
//  - close(), or the collection of the object, when no job runs;
//  - the environment ends (a Worker that is terminated, the main thread at its
//    natural end): Node calls the cleanup hook;
//  - process.exit() on the main thread: Node calls exit(3) without the hook,
//    after it has waited for its own pool in the same way.
void EndThreads(ThreadPool* threads) {
  threads->Stop();
  threads->Join();
}

void OnProcessExit(void* argument) {
  auto* watched = static_cast<std::weak_ptr<ThreadPool>*>(argument);
  if (auto threads = watched->lock()) EndThreads(threads.get());
  delete watched;
}

}  // namespace

// What the cleanup hook is given. Either side may go first: the object is
// collected while a job runs, or the environment ends before that.
struct Pool::Cleanup {
  std::shared_ptr<ThreadPool> threads;
  Pool* pool;
};

void Pool::OnEnvironmentEnd(void* argument) {
  std::unique_ptr<Cleanup> cleanup(static_cast<Cleanup*>(argument));
  EndThreads(cleanup->threads.get());
  if (cleanup->pool != nullptr) cleanup->pool->cleanup_ = nullptr;
}

Pool::Pool(const Napi::CallbackInfo& info)
    : TaggedWrap<Pool>(info), env_(info.Env()) {
  double size;
  double stack_bytes;
  if (!ReadInteger(env_, info[0], "size", 1, ThreadPool::kMaxThreads, &size) ||
      !ReadInteger(env_, info[1], "stackBytes", kMinStackBytes, kMaxStackBytes,
                   &stack_bytes)) {
    return;
  }
  try {
    threads_ = std::make_shared<ThreadPool>(static_cast<size_t>(size),
                                            static_cast<size_t>(stack_bytes));
  } catch (const std::bad_alloc&) {
    ThrowNoMemory(env_);
  }
}

Pool::~Pool() {
  if (threads_ != nullptr) Shutdown();
  if (cleanup_ != nullptr) cleanup_->pool = nullptr;
}

napi_value Pool::Open(napi_env env, napi_callback_info info) {
  Args args(env, info);
  Pool* pool = From(env, args.self());
  if (pool == nullptr) return nullptr;
  bool pipe = false;
  if (napi_get_value_bool(env, args.at(0), &pipe) != napi_ok) {
    ThrowType(env, "pipe", "a boolean");
    return nullptr;
  }
  std::unique_ptr<Cleanup> cleanup(new Cleanup{pool->threads_, pool});
  auto watched = std::make_unique<std::weak_ptr<ThreadPool>>(pool->threads_);
  const int fd = pool->threads_->Open(pipe);
  if (fd < 0) return Int(env, fd);
  pool->cleanup_ = cleanup.release();
  napi_add_env_cleanup_hook(env, OnEnvironmentEnd, pool->cleanup_);
  __cxa_atexit(OnProcessExit, watched.release(), &__dso_handle);
  return Int(env, fd);
}

napi_value Pool::Close(napi_env env, napi_callback_info info) {
  Args args(env, info);
  Pool* pool = From(env, args.self());
  if (pool == nullptr) return nullptr;
  pool->Shutdown();
  return Undefined(env);
}

// Does not wait for running jobs: the loop's thread must not stand still for
// them. Then the collection of the object tries once more, and if even then
// something runs the hooks join it.
void Pool::Shutdown() {
  threads_->Stop();
  // Stop() deleted what was queued; no id may lead to it any more.
  requests_.assign(requests_.size(), nullptr);
  if (cleanup_ == nullptr || !threads_->Idle()) return;
  threads_->Join();
  napi_remove_env_cleanup_hook(env_, OnEnvironmentEnd, cleanup_);
  delete cleanup_;
  cleanup_ = nullptr;
}

}  // namespace rawloop
