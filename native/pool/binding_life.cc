// How a loop's side of a pool begins and ends. Whoever's the threads are, its
// jobs have run when its environment is gone, but for those that would hold it
// up for ever (ending.cc).
#include <cerrno>
#include <memory>
#include <new>

#include "pool/binding.h"
#include "pool/threads_binding.h"

namespace rawloop {

// What the cleanup hook is given. Either side may go first: the object is
// collected while a job runs, or the environment ends before that.
struct Pool::Cleanup {
  std::shared_ptr<ThreadPool> threads;
  std::shared_ptr<Completions> home;
  Pool* pool;
};

void Pool::OnEnvironmentEnd(void* argument) {
  std::unique_ptr<Cleanup> cleanup(static_cast<Cleanup*>(argument));
  cleanup->threads->Leave(cleanup->home);
  cleanup->home->Close();
  cleanup->threads->Settle(cleanup->home);
  if (cleanup->pool == nullptr) return;
  cleanup->pool->cleanup_ = nullptr;
  cleanup->pool->open_ = false;
}

Pool::Pool(const Napi::CallbackInfo& info)
    : TaggedWrap<Pool>(info), env_(info.Env()) {
  const Threads* threads = Threads::From(env_, info[0]);
  if (threads == nullptr) return;
  try {
    home_ = std::make_shared<Completions>();
    threads_ = threads->pool();
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
  std::unique_ptr<Cleanup> cleanup(
      new Cleanup{pool->threads_, pool->home_, pool});
  const int fd = pool->home_->Open(pipe);
  if (fd < 0) return Int(env, fd);
  pool->open_ = true;
  pool->cleanup_ = cleanup.release();
  napi_add_env_cleanup_hook(env, OnEnvironmentEnd, pool->cleanup_);
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
// them. If one runs even when the environment ends, the hook waits for it, for
// a while.
void Pool::Shutdown() {
  open_ = false;
  threads_->Leave(home_);
  home_->Close();
  // What was queued is deleted; no id may lead to it any more.
  requests_.assign(requests_.size(), nullptr);
  if (cleanup_ == nullptr || home_->expected() > 0) return;
  napi_remove_env_cleanup_hook(env_, OnEnvironmentEnd, cleanup_);
  delete cleanup_;
  cleanup_ = nullptr;
}

}  // namespace rawloop
