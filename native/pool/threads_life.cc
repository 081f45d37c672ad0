// How the threads of a pool begin and end. Where they can they are gone before
// the code that they run, the memory of OpenSSL and the descriptors go;
// ending.cc says what becomes of those that cannot.
#include <memory>
#include <utility>

#include "pool/threads_binding.h"

// libc's list of exit handlers, each with an argument, which std::atexit lacks.
// The last parameter ties the handler to this copy of the addon.
extern "C" int __cxa_atexit(void (*handler)(void*), void* argument, void* dso);
extern "C" void* __dso_handle;

namespace rawloop {

namespace {

// Three ways lead to the end:
//  - close(), or the collection of the object, when no job runs;
//  - the environment ends (a Worker that is terminated, the main thread at its
//    natural end): Node calls the cleanup hook;
//  - process.exit() on the main thread: Node calls exit(3) without the hook,
//    after it has waited for its own pool, for as long as that takes.
void OnProcessExit(void* argument) {
  auto* watched = static_cast<std::weak_ptr<ThreadPool>*>(argument);
  if (auto threads = watched->lock()) ThreadPool::End(threads);
  delete watched;
}

}  // namespace

// What the cleanup hook is given. Either side may go first: the object is
// collected while a job runs, or the environment ends before that.
struct Threads::Cleanup {
  std::shared_ptr<ThreadPool> pool;
  Threads* threads;
};

void Threads::OnEnvironmentEnd(void* argument) {
  std::unique_ptr<Cleanup> cleanup(static_cast<Cleanup*>(argument));
  ThreadPool::End(cleanup->pool);
  if (cleanup->threads != nullptr) cleanup->threads->cleanup_ = nullptr;
}

void Threads::Begin(PoolOptions options) {
  auto pool = std::make_shared<ThreadPool>(std::move(options));
  std::unique_ptr<Cleanup> cleanup(new Cleanup{pool, this});
  auto watched = std::make_unique<std::weak_ptr<ThreadPool>>(pool);
  pool_ = std::move(pool);
  owns_ = true;
  cleanup_ = cleanup.release();
  napi_add_env_cleanup_hook(env_, OnEnvironmentEnd, cleanup_);
  __cxa_atexit(OnProcessExit, watched.release(), &__dso_handle);
}

Threads::~Threads() {
  if (pool_ != nullptr && owns_) Shutdown();
  if (cleanup_ != nullptr) cleanup_->threads = nullptr;
}

// Does not wait for running jobs: the loop's thread must not stand still for
// them. Then the collection of the object tries once more, and if even then
// something runs the hooks join it.
void Threads::Shutdown() {
  pool_->Stop();
  if (cleanup_ == nullptr || !pool_->Idle()) return;
  pool_->Join();
  napi_remove_env_cleanup_hook(env_, OnEnvironmentEnd, cleanup_);
  delete cleanup_;
  cleanup_ = nullptr;
}

napi_value Threads::Close(napi_env env, napi_callback_info info) {
  Args args(env, info);
  Threads* threads = From(env, args.self());
  if (threads == nullptr) return nullptr;
  if (threads->owns_) threads->Shutdown();
  return Undefined(env);
}

}  // namespace rawloop
