#include "pool/binding.h"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "core/module.h"
#include "core/numbers.h"
#include "pool/rows.h"

namespace rawloop {

Pool* Pool::From(napi_env env, napi_value value) {
  return FromTagged<Pool>(env, value, "pool", "a Pool");
}

napi_value Pool::Submit(napi_env env, uint32_t lane, std::unique_ptr<Job> job) {
  if (!open_) return Int(env, -EBADF);
  Job* request = job.get();
  if (free_ids_.empty()) {
    // Room for every id there is: to give one back never takes memory.
    if (free_ids_.capacity() <= requests_.size()) {
      free_ids_.reserve(2 * (requests_.size() + 1));
    }
    requests_.push_back(nullptr);
    free_ids_.push_back(static_cast<uint32_t>(requests_.size() - 1));
  }
  const uint32_t id = free_ids_.back();
  request->set_id(id);
  const int result = threads_->Submit(lane, home_, std::move(job));
  if (result == -ENXIO) {
    ThrowRange(env, "lane", "the number of a lane");
    return nullptr;
  }
  if (result < 0) return Int(env, result);
  requests_[id] = request;
  free_ids_.pop_back();
  return Int(env, static_cast<int32_t>(id));
}

napi_value Pool::Cancel(napi_env env, napi_callback_info info) {
  Args args(env, info);
  Pool* pool = From(env, args.self());
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

size_t Pool::FillBatch(const Span& memory, size_t rows) {
  const size_t max = std::min(rows, requests_.size());
  // Before the jobs are taken: what is taken must reach its request.
  batch_ids_.reserve(max);
  batch_.reserve(max);
  JobList taken;
  home_->Take(max, &taken);
  Rows filled(memory.data, rows);
  while (!taken.empty()) {
    std::unique_ptr<Job> job = taken.PopFront();
    requests_[job->id()] = nullptr;
    batch_ids_.push_back(job->id());
    if (filled.Add(*job)) job.reset();
    batch_.push_back(std::move(job));
  }
  return batch_.size();
}

napi_value Pool::TakeCompletions(napi_env env, napi_callback_info info) {
  Args args(env, info);
  Pool* pool = From(env, args.self());
  Span memory;
  uint32_t rows;
  if (pool == nullptr || !args.Integer(1, "rows", &rows, 1) ||
      !args.Memory(0, &memory, "memory")) {
    return nullptr;
  }
  if (memory.size / Rows::kBytesEach < rows) {
    ThrowRange(env, "memory", "long enough for the rows, and not detached");
    return nullptr;
  }
  pool->ReleaseBatch();
  return Int(env, static_cast<int32_t>(pool->FillBatch(memory, rows)));
}

napi_value Pool::TakeBytes(napi_env env, napi_callback_info info) {
  Args args(env, info);
  Pool* pool = From(env, args.self());
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
  const Result bytes = pool->batch_[row]->result();
  if (offset + static_cast<double>(bytes.size) >
      static_cast<double>(target.size)) {
    ThrowRange(env, "target", "long enough for the bytes, and not detached");
    return nullptr;
  }
  memcpy(target.data + static_cast<size_t>(offset), bytes.data, bytes.size);
  napi_value result;
  napi_create_double(env, static_cast<double>(bytes.size), &result);
  pool->batch_[row]->Taken();
  pool->batch_[row].reset();
  return result;
}

napi_value Pool::AwaitHalf(napi_env env, napi_callback_info info) {
  Args args(env, info);
  Pool* pool = From(env, args.self());
  if (pool == nullptr) return nullptr;
  if (pool->open_) pool->threads_->AwaitHalf(pool->home_);
  return Undefined(env);
}

napi_value Pool::Stats(napi_env env, napi_callback_info info) {
  Args args(env, info);
  Pool* pool = From(env, args.self());
  if (pool == nullptr) return nullptr;
  const auto finished = static_cast<double>(pool->home_->size());
  const auto wakeups = static_cast<double>(pool->home_->wakeups());
  return Numbers(env, {{"finished", finished}, {"wakeups", wakeups}});
}

napi_value Pool::Define(napi_env env) {
  constexpr Function kMethods[] = {
      {"open", Guarded<Open>},
      {"cancel", Guarded<Cancel>},
      {"takeCompletions", Guarded<TakeCompletions>},
      {"takeBytes", Guarded<TakeBytes>},
      {"awaitHalf", Guarded<AwaitHalf>},
      {"stats", Guarded<Stats>},
      {"close", Guarded<Close>}};
  return DefineTagged<Pool>(env, "Pool", kMethods);
}

namespace {

void RegisterPool(napi_env env, napi_value exports) {
  Define(env, exports, "Pool", Pool::Define(env));
}
RAWLOOP_MODULE(RegisterPool);

}  // namespace
}  // namespace rawloop
