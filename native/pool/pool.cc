#include "pool/pool.h"

#include <algorithm>
#include <cerrno>
#include <new>

#include "core/module.h"

// libc's list of exit handlers, each with an argument, which std::atexit lacks.
// The last parameter ties the handler to this copy of the addon.
extern "C" int __cxa_atexit(void (*handler)(void*), void* argument, void* dso);
extern "C" void* __dso_handle;

namespace rawloop {

namespace {

constexpr double kMinStackBytes = 64 * 1024;
constexpr double kMaxStackBytes = 4503599627370496;  // 2^52

// The threads must be gone before the code they run, the memory of OpenSSL and
// the descriptors go. Three ways lead there:
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

Pool* Pool::From(const Args& args) {
  void* data = nullptr;
  if (!HasTag(args.env(), args.self(), kTypeTag) ||
      napi_unwrap(args.env(), args.self(), &data) != napi_ok) {
    return nullptr;
  }
  return static_cast<Pool*>(data);
}

void Pool::AddMethod(Methods* methods, const char* name, napi_callback call) {
  napi_property_descriptor descriptor = {};
  descriptor.utf8name = name;
  descriptor.method = call;
  descriptor.attributes = napi_default_method;
  methods->push_back(Napi::ClassPropertyDescriptor<Pool>(descriptor));
}

napi_value Pool::Submit(napi_env env, std::unique_ptr<Job> job) {
  Job* request = job.get();
  if (free_ids_.empty()) {
    // Room for every id there is: to give one back never takes memory.
    if (free_ids_.capacity() <= requests_.size()) {
      free_ids_.reserve(2 * (requests_.size() + 1));
    }
    requests_.push_back(nullptr);
    free_ids_.push_back(static_cast<uint32_t>(requests_.size() - 1));
  }
  request->id_ = free_ids_.back();
  const int result = threads_->Submit(std::move(job));
  if (result < 0) return Int(env, result);
  requests_[free_ids_.back()] = request;
  free_ids_.pop_back();
  return Int(env, static_cast<int32_t>(request->id_));
}

napi_value Pool::Open(napi_env env, napi_callback_info info) {
  Args args(env, info);
  Pool* pool = From(args);
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

napi_value Pool::Cancel(napi_env env, napi_callback_info info) {
  Args args(env, info);
  Pool* pool = From(args);
  uint32_t id;
  if (pool == nullptr || !args.Integer(0, "id", &id)) return nullptr;
  Job* job = id < pool->requests_.size() ? pool->requests_[id] : nullptr;
  const bool cancelled = job != nullptr && pool->threads_->Cancel(job);
  if (cancelled) {
    pool->requests_[id] = nullptr;
    pool->free_ids_.push_back(id);
  }
  napi_value result;
  napi_get_boolean(env, cancelled, &result);
  return result;
}

// Ids stay taken while JavaScript works on the batch: a request made meanwhile
// must not get the id of one whose row is still to be read.
void Pool::ReleaseBatch() {
  free_ids_.insert(free_ids_.end(), batch_ids_.begin(), batch_ids_.end());
  batch_ids_.clear();
  batch_.clear();
}

size_t Pool::FillBatch(const Span& rows) {
  using Ms = std::chrono::duration<double, std::milli>;
  const size_t max = std::min(rows.size / Row::kBytes, requests_.size());
  // Before the jobs are taken: what is taken must reach its request.
  batch_ids_.reserve(max);
  batch_.reserve(max);
  JobList taken;
  threads_->Take(max, &taken);
  const auto now = Job::Clock::now();
  for (size_t i = 0; !taken.empty(); i++) {
    std::unique_ptr<Job> job = taken.PopFront();
    Row row(rows.data + i * Row::kBytes);
    row.Number(Row::kIdCell, job->id_);
    row.Number(Row::kStatusCell, job->status());
    row.Number(Row::kQueuedCell, Ms(job->began_at_ - job->queued_at_).count());
    row.Number(Row::kRunCell, Ms(job->done_at_ - job->began_at_).count());
    row.Number(Row::kDoneCell, Ms(now - job->done_at_).count());
    job->Fill(row);
    requests_[job->id_] = nullptr;
    batch_ids_.push_back(job->id_);
    if (job->Bytes().size == 0) job.reset();
    batch_.push_back(std::move(job));
  }
  return batch_.size();
}

napi_value Pool::TakeCompletions(napi_env env, napi_callback_info info) {
  Args args(env, info);
  Pool* pool = From(args);
  Span rows;
  if (pool == nullptr || !args.Memory(0, &rows, "buffer")) return nullptr;
  if (rows.size < Row::kBytes) {
    ThrowRange(env, "buffer", "long enough for one completion");
    return nullptr;
  }
  pool->ReleaseBatch();
  return Int(env, static_cast<int32_t>(pool->FillBatch(rows)));
}

napi_value Pool::TakeBytes(napi_env env, napi_callback_info info) {
  Args args(env, info);
  Pool* pool = From(args);
  if (pool == nullptr) return nullptr;
  uint32_t row;
  double offset;
  Span target;
  if (!args.Integer(0, "row", &row) ||
      !ReadInteger(env, args.at(2), "offset", 0, kMaxSafeInteger, &offset) ||
      !args.Memory(1, &target, "target")) {
    return nullptr;
  }
  if (row >= pool->batch_.size() || pool->batch_[row] == nullptr) {
    ThrowRange(env, "row", "a completion of this batch with bytes to copy");
    return nullptr;
  }
  const Span bytes = pool->batch_[row]->Bytes();
  if (offset + static_cast<double>(bytes.size) >
      static_cast<double>(target.size)) {
    ThrowRange(env, "target", "long enough for the bytes, and not detached");
    return nullptr;
  }
  memcpy(target.data + static_cast<size_t>(offset), bytes.data, bytes.size);
  napi_value result;
  napi_create_double(env, static_cast<double>(bytes.size), &result);
  pool->batch_[row].reset();
  return result;
}

napi_value Pool::Resize(napi_env env, napi_callback_info info) {
  Args args(env, info);
  Pool* pool = From(args);
  size_t size;
  if (pool == nullptr ||
      !args.Integer(0, "size", &size, 1, ThreadPool::kMaxThreads)) {
    return nullptr;
  }
  pool->threads_->Resize(size);
  return Undefined(env);
}

napi_value Pool::Stats(napi_env env, napi_callback_info info) {
  Args args(env, info);
  Pool* pool = From(args);
  if (pool == nullptr) return nullptr;
  const PoolStats stats = pool->threads_->Stats();
  napi_value result;
  napi_create_object(env, &result);
  auto set = [&](const char* name, double value) {
    Define(env, result, name, Napi::Number::New(env, value));
  };
  set("size", static_cast<double>(stats.size));
  set("threads", static_cast<double>(stats.threads));
  set("idle", static_cast<double>(stats.idle));
  set("queued", static_cast<double>(stats.queued));
  set("running", static_cast<double>(stats.running));
  set("finished", static_cast<double>(stats.finished));
  set("completed", static_cast<double>(stats.completed));
  set("wakeups", static_cast<double>(stats.wakeups));
  set("startErrno", -stats.start_error);
  return result;
}

napi_value Pool::Close(napi_env env, napi_callback_info info) {
  Args args(env, info);
  Pool* pool = From(args);
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

void Pool::AppendMethods(Methods* methods) {
  AddMethod(methods, "open", Guarded<Open>);
  AddMethod(methods, "cancel", Guarded<Cancel>);
  AddMethod(methods, "takeCompletions", Guarded<TakeCompletions>);
  AddMethod(methods, "takeBytes", Guarded<TakeBytes>);
  AddMethod(methods, "resize", Guarded<Resize>);
  AddMethod(methods, "stats", Guarded<Stats>);
  AddMethod(methods, "close", Guarded<Close>);
}

namespace {

void RegisterPool(napi_env env, napi_value exports) {
  Pool::Methods methods;
  Pool::AppendMethods(&methods);
  AppendFsMethods(&methods);
  AppendCryptoMethods(&methods);
  napi_value constructor = Pool::DefineClass(env, "Pool", methods);
  Define(env, exports, "Pool", constructor);
}
RAWLOOP_MODULE(RegisterPool);

}  // namespace
}  // namespace rawloop
